/** Literals of SOQL: unescaping strings, and turning a literal into the stored form of a field's type. */
import type { LiteralType } from '@jetstreamapp/soql-parser-js';
import { parseDate, parseTime } from '../datetime';
import { roundDecimal } from '../decimal';
import { ApiError, malformedQuery } from '../errors';
import { idOf18 } from '../ids';
import type { Field, FieldType, Value } from '../schema/field';

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', '"': '"', "'": "'", '\\': '\\' };
/** Salesforce limits one literal in WHERE. */
const LITERAL_MAX = 4000;
const MAX_SCALE = 18;
const NUMBERS = new Set<FieldType>(['int', 'double', 'currency']);
const SPELLINGS: Partial<Record<FieldType, string>> = {
  datetime: 'dateTime',
  date: 'date',
  boolean: 'boolean',
  int: 'int',
};

/** The text between the quotes, escapes undone. LIKE keeps `\%` and `\_` for its own use. */
export function stringOf(quoted: string, forLike = false): string {
  const text = quoted.slice(1, -1).replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (whole, escape: string) => {
    if (escape.length === 5) return String.fromCharCode(parseInt(escape.slice(1), 16));
    if (escape === '%' || escape === '_') {
      if (forLike) return whole;
      throw malformedQuery(`Illegal string literal. Invalid escape sequence ${whole}`);
    }
    const plain = ESCAPES[escape];
    if (plain === undefined) throw malformedQuery(`Illegal string literal. Invalid escape sequence ${whole}`);
    return forLike && plain === '\\' ? '\\\\' : plain;
  });
  if (text.length > LITERAL_MAX) throw malformedQuery(`string literal is longer than ${LITERAL_MAX} characters`);
  return text;
}

export function wrongType(f: Field, quoted: boolean): ApiError {
  const type = SPELLINGS[f.type] ?? (NUMBERS.has(f.type) ? 'double' : 'string');
  const quotes = quoted ? 'should not be enclosed in quotes' : 'should be enclosed in quotes';
  return new ApiError(
    400,
    'INVALID_FIELD',
    `\nERROR at Row:1:Column:1\nvalue of filter criterion for field '${f.name}' must be of type ${type} and ${quotes}`,
  );
}

function idLiteral(f: Field, text: string): Value {
  if (text === '') return null;
  const id = idOf18(text);
  if (id === null) throw new ApiError(400, 'INVALID_QUERY_FILTER_OPERATOR', `${f.name}: invalid ID field: ${text}`);
  return id;
}

/** The literal in the stored form of the field. Throws INVALID_FIELD when the type does not fit. */
export function literalOf(f: Field, text: string, type: LiteralType | undefined, forLike = false): Value {
  const quoted = text.startsWith("'");
  if (type === 'NULL' || (!quoted && text.toLowerCase() === 'null')) return null;
  const refuse = (): never => {
    throw wrongType(f, quoted);
  };
  switch (f.type) {
    case 'id':
    case 'reference':
      return quoted ? idLiteral(f, stringOf(text)) : refuse();
    case 'boolean':
      return /^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : refuse();
    case 'datetime':
      return (!quoted && text.includes('T') ? parseTime(text) : null) ?? refuse();
    case 'date':
      return (!quoted && !text.includes('T') ? parseDate(text) : null) ?? refuse();
    case 'int':
    case 'double':
    case 'currency':
      return (!quoted ? roundDecimal(text.replace(/^[A-Z]{3}(?=\d)/, ''), MAX_SCALE) : null) ?? refuse();
    default: {
      const value = quoted ? stringOf(text, forLike) : refuse();
      return value === '' ? null : value;
    }
  }
}
