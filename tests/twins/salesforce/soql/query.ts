/**
 * A SOQL statement, compiled once and run on the tables. Parsing is @jetstreamapp/soql-parser-js; checks that need
 * the schema (fields, filters, sorting, limits) are done here and answer with Salesforce's error codes.
 */
import {
  parseQuery,
  type FieldType as SelectItem,
  type OrderByClause,
  type Query,
  type Subquery,
} from '@jetstreamapp/soql-parser-js';
import { ApiError, malformedQuery } from '../errors';
import type { Org } from '../store/org';
import type { Reader, Table } from '../store/table';
import type { Field, Value } from '../schema/field';
import { boundsOf, keyedRows, namedRows, type Bounds } from './bounds';
import { conditionOf, type Comparison, type Condition } from './condition';
import { compareValues, predicateOf, type Predicate } from './predicate';
import { resolvePath } from './path';

/** Salesforce limits. */
const SOQL_LENGTH_MAX = 100_000;
export const OFFSET_MAX = 2000;
const FIELDS_ALL_ROWS_MAX = 200;
const SUBQUERIES_MAX = 20;

interface SortKey {
  field: Field;
  read: Reader;
  descending: boolean;
  nullsLast: boolean;
}

export interface Compiled {
  table: Table;
  /** What stands after SELECT, with FIELDS() spelled out. */
  select: SelectItem[];
  parsed: Query | Subquery;
  condition: Condition | null;
  predicate: Predicate | null;
  sort: SortKey[];
  limit: number;
  offset: number;
}

export function parseSoql(soql: string): Query {
  if (soql.length > SOQL_LENGTH_MAX)
    throw malformedQuery(`SOQL statements cannot be longer than ${SOQL_LENGTH_MAX} characters.`);
  try {
    return parseQuery(soql.trim());
  } catch (error) {
    const [reason = 'unexpected token'] = (error as Error).message.split('\n');
    const found = /but found: .*/.exec((error as Error).message)?.[0] ?? '';
    throw malformedQuery(`${reason} ${found}`.trim());
  }
}

export function compile(org: Org, soql: string): Compiled {
  const parsed = parseSoql(soql);
  if (!parsed.sObject) throw malformedQuery("unexpected token: 'EOF'");
  return compileParsed(org, org.table(parsed.sObject), parsed);
}

export function compileParsed(org: Org, table: Table, parsed: Query | Subquery): Compiled {
  const select = (parsed.fields ?? []).flatMap((item) => spelledOut(table, item, parsed.limit));
  if (select.length === 0) throw malformedQuery("unexpected token: 'FROM'");
  if (select.filter((item) => item.type === 'FieldSubquery').length > SUBQUERIES_MAX) {
    throw malformedQuery(`only ${SUBQUERIES_MAX} child subqueries are allowed`);
  }
  const offset = parsed.offset ?? 0;
  if (offset > OFFSET_MAX) {
    throw new ApiError(400, 'NUMBER_OUTSIDE_VALID_RANGE', `Maximum SOQL offset allowed is ${OFFSET_MAX}`);
  }
  const condition = parsed.where ? conditionOf(parsed.where) : null;
  const inner = (comparison: Comparison) => innerValues(org, comparison);
  return {
    table,
    select,
    parsed,
    condition,
    offset,
    predicate: condition ? predicateOf(org, table, condition, inner) : null,
    sort: [parsed.orderBy ?? []].flat().map((clause) => sortKey(org, table, clause)),
    limit: parsed.limit ?? Infinity,
  };
}

function spelledOut(table: Table, item: SelectItem, limit: number | undefined): SelectItem[] {
  if (item.type !== 'FieldFunctionExpression' || item.functionName.toUpperCase() !== 'FIELDS') return [item];
  const group = (item.rawValue ?? '')
    .replace(/^.*\(|\).*$/g, '')
    .trim()
    .toUpperCase();
  if (group !== 'STANDARD' && !(limit !== undefined && limit <= FIELDS_ALL_ROWS_MAX)) {
    throw malformedQuery(`The SOQL FIELDS function must have a LIMIT of at most ${FIELDS_ALL_ROWS_MAX}`);
  }
  const wanted = (f: Field) => group === 'ALL' || (group === 'CUSTOM') === f.custom;
  return table.schema.fields.filter(wanted).map((f) => ({ type: 'Field', field: f.name }));
}

function sortKey(org: Org, table: Table, clause: OrderByClause): SortKey {
  if (!('field' in clause)) throw malformedQuery('the simulated org sorts by fields only');
  const { field, read } = resolvePath(org, table, clause.field.split('.'));
  if (!field.sortable) throw malformedQuery(`field '${field.name}' can not be sorted in a query call`);
  return { field, read, descending: clause.order === 'DESC', nullsLast: clause.nulls === 'LAST' };
}

/** Values of the one column of an inner query, as in `Id IN (SELECT AccountId FROM Contact)`. */
function innerValues(org: Org, comparison: Comparison): Value[] {
  if (!('valueQuery' in comparison) || !comparison.valueQuery.sObject) return [];
  const compiled = compileParsed(org, org.table(comparison.valueQuery.sObject), comparison.valueQuery);
  const [column] = compiled.select;
  if (column?.type !== 'Field') throw malformedQuery('an inner query selects exactly one field');
  const { read } = resolvePath(org, compiled.table, [column.field]);
  return [...matchingRows(compiled, false)].map(read).filter((value) => value !== null);
}

/** Whether ORDER BY asks for the order in which StampOrder keeps the rows. */
function isKeysetOrder(sort: SortKey[]): boolean {
  const names = sort.map((key) => (key.descending ? '' : key.field.name));
  return names[0] === 'SystemModstamp' && (names.length === 1 || (names.length === 2 && names[1] === 'Id'));
}

/** The rows of the answer in order, LIMIT and OFFSET applied. `all` shows the Recycle Bin too (queryAll). */
export function matchingRows(compiled: Compiled, all: boolean): Int32Array {
  const { table, condition, predicate, sort, limit, offset } = compiled;
  const wanted = limit + offset;
  const rows: number[] = [];
  const visible = (row: number) =>
    (all ? table.exists(row) : table.isLive(row)) && (predicate === null || predicate(row));
  const named = condition && (namedRows(table, condition) ?? (all ? null : keyedRows(table, condition)));
  const bounds: Bounds | null = condition && !named ? boundsOf(table, condition) : null;
  const byStamp = bounds !== null && (bounds.from > 0 || bounds.to < Infinity);
  const inOrder = sort.length === 0 || (isKeysetOrder(sort) && !named);
  const take = (row: number): boolean => {
    if (visible(row)) rows.push(row);
    return !inOrder || rows.length < wanted;
  };
  if (named) named.every(take);
  else if (byStamp || isKeysetOrder(sort)) table.order.scan(bounds?.from ?? 0, bounds?.to ?? Infinity, take);
  else for (let row = 0; row < table.size && take(row); row++);
  const sorted = inOrder ? Int32Array.from(rows) : sortRows(rows, sort);
  return sorted.subarray(Math.min(offset, sorted.length), Math.min(wanted, sorted.length));
}

function sortRows(rows: number[], sort: SortKey[]): Int32Array {
  const keys = sort.map(({ read }) => new Map(rows.map((row) => [row, read(row)])));
  return Int32Array.from(
    rows.sort((a, b) => {
      for (let i = 0; i < sort.length; i++) {
        const { field, descending, nullsLast } = sort[i]!;
        const x = keys[i]!.get(a) ?? null;
        const y = keys[i]!.get(b) ?? null;
        if (x === y) continue;
        if (x === null || y === null) return (x === null) === nullsLast ? 1 : -1;
        const order = compareValues(field, x, y);
        if (order !== 0) return descending ? -order : order;
      }
      return a - b;
    }),
  );
}
