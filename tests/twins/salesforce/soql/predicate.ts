/** Conditions as functions of a row. SOQL logic has two values: a comparison with a missing value is false. */
import { compareDecimals } from '../decimal';
import { parseTime } from '../datetime';
import { ApiError, malformedQuery } from '../errors';
import type { Field, Value } from '../schema/field';
import type { Org } from '../store/org';
import type { Reader, Table } from '../store/table';
import type { Comparison, Condition } from './condition';
import { dateRange } from './date_range';
import { literalOf } from './literal';
import { resolvePath, type Path } from './path';

export type Predicate = (row: number) => boolean;
/** Runs the inner query of `Id IN (SELECT ...)` and returns the values of its one column. */
export type SubqueryRunner = (comparison: Comparison) => Value[];

/** Order of two present values of one field: by number, by time, by text without case. */
export function compareValues(f: Field, a: Value, b: Value): number {
  switch (f.type) {
    case 'int':
    case 'double':
    case 'currency':
      return compareDecimals(String(a), String(b));
    case 'datetime':
    case 'boolean':
      return Number(a) - Number(b);
    case 'id':
    case 'reference':
    case 'date':
      return a! < b! ? -1 : a! > b! ? 1 : 0;
    default: {
      const [x, y] = [String(a).toLowerCase(), String(b).toLowerCase()];
      return x < y ? -1 : x > y ? 1 : 0;
    }
  }
}

/** A key under which equal values meet. */
function equalityKey(f: Field): (value: Value) => Value {
  const isText = !['int', 'double', 'currency', 'datetime', 'boolean', 'id', 'reference', 'date'].includes(f.type);
  return (value) => (isText && value !== null ? String(value).toLowerCase() : value);
}

function likePattern(text: string): RegExp {
  const source = text.replace(/\\([%_\\])|[%_]|[.*+?^${}()|[\]\\]/gs, (token, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped === '\\' ? '\\\\' : escaped;
    return token === '%' ? '.*' : token === '_' ? '.' : `\\${token}`;
  });
  return new RegExp(`^${source}$`, 'is');
}

const listOf = <T>(value: T | T[] | undefined): T[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

function literals(f: Field, comparison: Comparison, forLike = false): Value[] {
  if (!('value' in comparison)) return [];
  const types = listOf(comparison.literalType);
  return listOf<string>(comparison.value).map((text, i) => literalOf(f, text, types[i] ?? types[0], forLike));
}

function includes(f: Field, read: Reader, comparison: Comparison): Predicate {
  if (f.type !== 'multipicklist')
    throw new ApiError(400, 'INVALID_QUERY_FILTER_OPERATOR', `includes is not valid for ${f.name}`);
  const wanted = literals(f, comparison).map((value) => String(value).split(';'));
  return (row) => {
    const held = new Set(String(read(row) ?? '').split(';'));
    return wanted.some((all) => all.every((one) => held.has(one)));
  };
}

function inDateRange(org: Org, { field: f, read }: Path, comparison: Comparison): Predicate {
  const name = listOf<string>('value' in comparison ? comparison.value : [])[0]!.split(':')[0]!;
  const n = 'dateLiteralVariable' in comparison ? Number(listOf(comparison.dateLiteralVariable)[0]) : 0;
  const { from, to } = dateRange(name, n, org.clock.now());
  const seconds = (row: number): number | null => {
    const value = read(row);
    return value === null ? null : f.type === 'date' ? parseTime(String(value)) : Number(value);
  };
  const tests: Record<string, (s: number) => boolean> = {
    '=': (s) => s >= from && s < to,
    '!=': (s) => s < from || s >= to,
    '>': (s) => s >= to,
    '>=': (s) => s >= from,
    '<': (s) => s < from,
    '<=': (s) => s < to,
  };
  const test = tests[comparison.operator];
  if (!test) throw malformedQuery(`unexpected operator ${comparison.operator} before a date literal`);
  return (row) => {
    const value = seconds(row);
    return value !== null && test(value);
  };
}

function ordered({ field: f, read }: Path, operator: string, limit: Value): Predicate {
  if (limit === null) throw malformedQuery(`${f.name} ${operator} null is not allowed`);
  const compare = (row: number): number | null => {
    const value = read(row);
    return value === null ? null : compareValues(f, value, limit);
  };
  const tests: Record<string, (order: number) => boolean> = {
    '<': (o) => o < 0,
    '<=': (o) => o <= 0,
    '>': (o) => o > 0,
    '>=': (o) => o >= 0,
  };
  const test = tests[operator]!;
  return (row) => {
    const order = compare(row);
    return order !== null && test(order);
  };
}

function comparisonPredicate(org: Org, table: Table, comparison: Comparison, inner: SubqueryRunner): Predicate {
  if (!('field' in comparison)) throw malformedQuery('the simulated org does not support functions in WHERE');
  const path = resolvePath(org, table, comparison.field.split('.'));
  const { field: f, read } = path;
  if (!f.filterable) throw new ApiError(400, 'INVALID_FIELD', `field '${f.name}' can not be filtered in a query call`);
  const type = listOf(comparison.literalType)[0];
  if (type === 'DATE_LITERAL' || type === 'DATE_N_LITERAL') return inDateRange(org, path, comparison);
  const key = equalityKey(f);
  switch (comparison.operator) {
    case 'LIKE': {
      const pattern = likePattern(String(literals(f, comparison, true)[0] ?? ''));
      return (row) => pattern.test(String(read(row) ?? ''));
    }
    case 'INCLUDES':
      return includes(f, read, comparison);
    case 'EXCLUDES': {
      const included = includes(f, read, comparison);
      return (row) => !included(row);
    }
    case 'IN':
    case 'NOT IN': {
      const values = 'valueQuery' in comparison ? inner(comparison) : literals(f, comparison);
      const set = new Set(values.map(key));
      const wanted = comparison.operator === 'IN';
      return (row) => set.has(key(read(row))) === wanted;
    }
  }
  const literal = literals(f, comparison)[0] ?? null;
  if (comparison.operator === '=' || comparison.operator === '!=') {
    const wanted = key(literal);
    const equal = comparison.operator === '=';
    return (row) => (key(read(row)) === wanted) === equal;
  }
  return ordered(path, comparison.operator, literal);
}

export function predicateOf(org: Org, table: Table, condition: Condition, inner: SubqueryRunner): Predicate {
  switch (condition.kind) {
    case 'compare':
      return comparisonPredicate(org, table, condition.comparison, inner);
    case 'not': {
      const part = predicateOf(org, table, condition.part, inner);
      return (row) => !part(row);
    }
    case 'and':
    case 'or': {
      const parts = condition.parts.map((part) => predicateOf(org, table, part, inner));
      return condition.kind === 'and'
        ? (row) => parts.every((part) => part(row))
        : (row) => parts.some((part) => part(row));
    }
  }
}
