/** Aggregate queries: COUNT(), COUNT(f), COUNT_DISTINCT, MIN, MAX, SUM, AVG, with or without GROUP BY fields. */
import type { FieldType as SelectItem } from '@jetstreamapp/soql-parser-js';
import { roundDecimal } from '../decimal';
import { malformedQuery } from '../errors';
import type { Field, Value } from '../schema/field';
import type { Org } from '../store/org';
import type { Reader } from '../store/table';
import { resolvePath } from './path';
import { compareValues } from './predicate';
import { matchingRows, type Compiled } from './query';
import { jsonText } from './text';

const AVERAGE_SCALE = 6;

export const isAggregate = (select: SelectItem[]): boolean =>
  select.some((item) => item.type === 'FieldFunctionExpression' && item.isAggregateFn === true);

/** `SELECT COUNT() FROM T`: the answer is totalSize alone. */
export const isPlainCount = (select: SelectItem[]): boolean => {
  const [only] = select;
  return (
    select.length === 1 &&
    only?.type === 'FieldFunctionExpression' &&
    only.functionName.toUpperCase() === 'COUNT' &&
    only.parameters.length === 0
  );
};

interface Column {
  key: string;
  write: (rows: number[]) => string;
}

function sum(values: Value[]): bigint {
  const scale = 10n ** 18n;
  return values.reduce<bigint>((total, value) => {
    const [whole = '0', fraction = ''] = String(value).replace('-', '').split('.');
    const units = BigInt(whole) * scale + BigInt(fraction.padEnd(18, '0').slice(0, 18));
    return String(value).startsWith('-') ? total - units : total + units;
  }, 0n);
}

function sumText(values: Value[], divisor: bigint): string {
  const total = sum(values) / divisor;
  const digits = (total < 0n ? -total : total).toString().padStart(19, '0');
  const text = `${total < 0n ? '-' : ''}${digits.slice(0, -18)}.${digits.slice(-18)}`;
  return roundDecimal(text, AVERAGE_SCALE)!;
}

function aggregateText(name: string, f: Field, values: Value[]): string {
  switch (name) {
    case 'COUNT':
      return String(values.length);
    case 'COUNT_DISTINCT':
      return String(new Set(values).size);
    case 'MIN':
    case 'MAX': {
      const sign = name === 'MIN' ? -1 : 1;
      const best = values.reduce<Value>((a, b) => (a === null || compareValues(f, b, a) * sign > 0 ? b : a), null);
      return jsonText(f)(best);
    }
    case 'SUM':
      return values.length === 0 ? 'null' : sumText(values, 1n);
    case 'AVG':
      return values.length === 0 ? 'null' : sumText(values, BigInt(values.length));
  }
  throw malformedQuery(`unknown aggregate function ${name}`);
}

function nameOf(parameter: unknown): string {
  if (parameter === undefined) return 'Id';
  if (typeof parameter !== 'string') throw malformedQuery('the simulated org does not nest functions');
  return parameter;
}

function columnsOf(org: Org, { table, select }: Compiled, groups: string[]): Column[] {
  let unnamed = 0;
  return select.map((item): Column => {
    if (item.type === 'FieldFunctionExpression') {
      const { functionName, parameters, alias } = item;
      const { field, read } = resolvePath(org, table, nameOf(parameters[0]).split('.'));
      const present = (rows: number[]) => rows.map(read).filter((value) => value !== null);
      return {
        key: alias ?? `expr${unnamed++}`,
        write: (rows) => aggregateText(functionName.toUpperCase(), field, present(rows)),
      };
    }
    const name =
      item.type === 'Field' ? item.field : item.type === 'FieldRelationship' ? (item.rawValue ?? item.field) : '';
    if (!groups.includes(name.toLowerCase())) throw malformedQuery(`Field must be grouped or aggregated: ${name}`);
    const { field, read } = resolvePath(org, table, name.split('.'));
    return { key: field.name, write: (rows) => jsonText(field)(rows[0] === undefined ? null : read(rows[0])) };
  });
}

/** The AggregateResult records as JSON texts. */
export function aggregateRecords(org: Org, compiled: Compiled, all: boolean): string[] {
  const clauses = [compiled.parsed.groupBy ?? []].flat();
  const names = clauses.map((clause) => {
    if (!('field' in clause)) throw malformedQuery('the simulated org groups by fields only');
    return clause.field;
  });
  const columns = columnsOf(
    org,
    compiled,
    names.map((name) => name.toLowerCase()),
  );
  const readers = names.map((name): Reader => resolvePath(org, compiled.table, name.split('.')).read);
  const groups = new Map<string, number[]>();
  if (names.length === 0) groups.set('', []);
  for (const row of matchingRows({ ...compiled, limit: Infinity, offset: 0, sort: [] }, all)) {
    const key = JSON.stringify(readers.map((read) => read(row)));
    const group = names.length === 0 ? groups.get('')! : groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  const records = [...groups.values()].map((rows) => {
    const cells = columns.map(({ key, write }) => `,${JSON.stringify(key)}:${write(rows)}`);
    return `{"attributes":{"type":"AggregateResult"}${cells.join('')}}`;
  });
  return records.slice(compiled.offset, compiled.offset + Math.min(compiled.limit, records.length));
}
