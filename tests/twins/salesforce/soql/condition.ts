/**
 * The WHERE clause as a tree. The parser gives a chain of conditions with counts of parentheses; this file rebuilds
 * the nesting. As in Salesforce, AND and OR may not be mixed without parentheses.
 */
import type { ConditionWithValueQuery, WhereClause } from '@jetstreamapp/soql-parser-js';
import { malformedQuery } from '../errors';

export type Comparison = Extract<ConditionWithValueQuery, { operator: unknown }>;
export type Condition =
  | { kind: 'and' | 'or'; parts: Condition[] }
  | { kind: 'not'; part: Condition }
  | { kind: 'compare'; comparison: Comparison };

type Token = '(' | ')' | 'AND' | 'OR' | 'NOT' | Comparison;

function tokensOf(clause: WhereClause): Token[] {
  const tokens: Token[] = [];
  for (let at: WhereClause | undefined = clause; at; at = next(at)) {
    const { left } = at;
    if (left) {
      for (let n = left.openParen ?? 0; n > 0; n--) tokens.push('(');
      if ('operator' in left) tokens.push(left);
      const closed = 'closeParen' in left ? (left.closeParen ?? 0) : 0;
      for (let n = 0; n < closed; n++) tokens.push(')');
    }
    if ('operator' in at) tokens.push(at.operator);
  }
  return tokens;
}

const tokenText = (token: Token | undefined): string => (typeof token === 'object' ? token.operator : (token ?? 'EOF'));

const next = (clause: WhereClause): WhereClause | undefined => ('right' in clause ? clause.right : undefined);

export function conditionOf(clause: WhereClause): Condition {
  const tokens = tokensOf(clause);
  let position = 0;

  function unary(): Condition {
    const token = tokens[position++];
    if (token === 'NOT') return { kind: 'not', part: unary() };
    if (token === '(') {
      const inner = chain();
      if (tokens[position++] !== ')') throw malformedQuery("expecting a right parentheses, found 'EOF'");
      return inner;
    }
    if (typeof token !== 'object') throw malformedQuery(`unexpected token: '${token ?? 'EOF'}'`);
    return { kind: 'compare', comparison: token };
  }

  function chain(): Condition {
    const parts = [unary()];
    const joint = tokens[position];
    while (tokens[position] === 'AND' || tokens[position] === 'OR') {
      if (tokens[position] !== joint) throw malformedQuery(`unexpected token: '${tokenText(tokens[position])}'`);
      position++;
      parts.push(unary());
    }
    return parts.length === 1 ? parts[0]! : { kind: joint === 'AND' ? 'and' : 'or', parts };
  }

  const condition = chain();
  if (position < tokens.length) throw malformedQuery(`unexpected token: '${tokenText(tokens[position])}'`);
  return condition;
}
