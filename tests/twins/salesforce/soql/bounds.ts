/**
 * Where a query must look. From the WHERE tree this file derives either a list of rows (Id or external id equals
 * something) or a range in (SystemModstamp, Id) order. The range may be too wide, never too narrow: every row is
 * still checked. It makes a keyset page cost what it returns, whatever the table's size.
 */
import type { Field } from '../schema/field';
import type { Table } from '../store/table';
import { StampOrder } from '../store/stamp_order';
import type { Comparison, Condition } from './condition';
import { literalOf } from './literal';

export interface Bounds {
  /** Range of StampOrder keys: from <= key < to. */
  from: number;
  to: number;
}

const EVERYTHING: Bounds = { from: 0, to: Infinity };

interface Simple {
  field: Field;
  operator: string;
  values: string[];
}

function simpleOf(table: Table, comparison: Comparison): Simple | null {
  if (!('field' in comparison) || !('value' in comparison)) return null;
  const f = table.field(comparison.field);
  const type = Array.isArray(comparison.literalType) ? comparison.literalType[0] : comparison.literalType;
  if (!f || type === 'DATE_LITERAL' || type === 'DATE_N_LITERAL' || type === 'NULL') return null;
  const values = Array.isArray(comparison.value) ? comparison.value : [comparison.value];
  return { field: f, operator: comparison.operator, values };
}

/** Rows named outright by `Id = / IN` or `ExternalId = / IN` among the top conditions, else null. */
export function namedRows(table: Table, condition: Condition): number[] | null {
  const tops = condition.kind === 'and' ? condition.parts : [condition];
  for (const top of tops) {
    const simple = top.kind === 'compare' ? simpleOf(table, top.comparison) : null;
    if (!simple || (simple.operator !== '=' && simple.operator !== 'IN')) continue;
    const { field: f, values } = simple;
    // The index holds live rows only, so external ids of deleted rows are left to the scan.
    if (f.type !== 'id') continue;
    const rows = values.map((text) => table.ids.decode(String(literalOf(f, text, undefined) ?? '')));
    return [...new Set(rows.filter((row) => row >= 0))].sort((a, b) => a - b);
  }
  return null;
}

/** Live rows named by an external id among the top conditions, else null; not for queryAll. */
export function keyedRows(table: Table, condition: Condition): number[] | null {
  const tops = condition.kind === 'and' ? condition.parts : [condition];
  for (const top of tops) {
    const simple = top.kind === 'compare' ? simpleOf(table, top.comparison) : null;
    if (!simple || !simple.field.externalId || (simple.operator !== '=' && simple.operator !== 'IN')) continue;
    const keys = simple.values.map((text) => literalOf(simple.field, text, undefined));
    if (keys.includes(null)) return null;
    const rows = keys.flatMap((key) => table.find(simple.field, String(key)));
    return [...new Set(rows)].sort((a, b) => a - b);
  }
  return null;
}

function stampBounds({ field: f, operator, values }: Simple): Bounds {
  const literal = values.length === 1 ? literalOf(f, values[0]!, undefined) : null;
  if (typeof literal !== 'number') return EVERYTHING;
  const at = StampOrder.key(literal, 0);
  const after = StampOrder.key(literal + 1, 0);
  switch (operator) {
    case '=':
      return { from: at, to: after };
    case '>':
      return { from: after, to: Infinity };
    case '>=':
      return { from: at, to: Infinity };
    case '<':
      return { from: 0, to: at };
    case '<=':
      return { from: 0, to: after };
  }
  return EVERYTHING;
}

/** Inside one second, `Id > x` moves the lower end past x. */
function pastId(table: Table, bounds: Bounds, parts: Condition[]): Bounds {
  if (bounds.to - bounds.from > StampOrder.key(1, 0)) return bounds;
  let { from } = bounds;
  for (const part of parts) {
    const simple = part.kind === 'compare' ? simpleOf(table, part.comparison) : null;
    if (simple?.field.type !== 'id' || simple.operator !== '>') continue;
    const row = table.ids.decode(String(literalOf(simple.field, simple.values[0]!, undefined) ?? ''));
    if (row >= 0) from = Math.max(from, bounds.from + row + 1);
  }
  return { from, to: bounds.to };
}

export function boundsOf(table: Table, condition: Condition): Bounds {
  switch (condition.kind) {
    case 'not':
      return EVERYTHING;
    case 'compare': {
      const simple = simpleOf(table, condition.comparison);
      return simple?.field.name === 'SystemModstamp' ? stampBounds(simple) : EVERYTHING;
    }
    case 'or': {
      const all = condition.parts.map((part) => boundsOf(table, part));
      return { from: Math.min(...all.map((b) => b.from)), to: Math.max(...all.map((b) => b.to)) };
    }
    case 'and': {
      const all = condition.parts.map((part) => boundsOf(table, part));
      const bounds = { from: Math.max(...all.map((b) => b.from)), to: Math.min(...all.map((b) => b.to)) };
      return pastId(table, bounds, condition.parts);
    }
  }
}
