/**
 * Inserts, updates, upserts and deletes of one row: the single place where clients change data. REST rows,
 * collections and bulk jobs all come through here, so they validate alike and every effect is in the ledger.
 */
import { rowError, type RowError } from '../errors';
import { idOf18 } from '../ids';
import { scalarText, type Json, type JsonObject } from '../json';
import type { Field } from '../schema/field';
import type { Org } from '../store/org';
import type { Table } from '../store/table';
import { coerce } from './coerce';
import { checkRequired, checkUnique, readValues, withDefaults } from './row_values';

export interface RowResult {
  id: string | null;
  success: boolean;
  created: boolean;
  errors: RowError[];
  /** Upsert by a key that several rows hold: their ids. Nothing was written. */
  ambiguous?: string[];
}

const refused = (errors: RowError[]): RowResult => ({ id: null, success: false, created: false, errors });
const done = (id: string, created: boolean): RowResult => ({ id, success: true, created, errors: [] });

/** Marks a row as locked by somebody else. */
export const lockedRow = (): RowResult =>
  refused([rowError('UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access to this record')]);

function keyOf(table: Table, row: number): string | null {
  const value = table.value('Ext__c', row);
  return value === null ? null : String(value);
}

export function insertRow(org: Org, table: Table, sent: JsonObject): RowResult {
  const { values, errors } = readValues(org, table, sent, true);
  const bad = errors[0]
    ? errors
    : [checkRequired(table, values, true) ?? checkUnique(table, values, -1)].filter((e) => e !== null);
  if (bad.length > 0) return refused(bad);
  const row = table.insert(withDefaults(org, table, values));
  org.onUndo(() => () => {
    table.forget(row);
  });
  const id = table.ids.encode(row);
  org.ledger.record(table.schema.name, 'inserted', id, keyOf(table, row));
  return done(id, true);
}

/** The live row of an id, or why there is none. */
function liveRow(table: Table, rawId: Json | undefined): { row: number } | { error: RowError } {
  const id = typeof rawId === 'string' ? idOf18(rawId) : null;
  if (id === null || !id.startsWith(table.schema.keyPrefix)) {
    return { error: rowError('MALFORMED_ID', `malformed id ${scalarText(rawId)}`, []) };
  }
  const row = table.ids.decode(id);
  if (table.isLive(row)) return { row };
  const wasThere = table.exists(row);
  return {
    error: wasThere
      ? rowError('ENTITY_IS_DELETED', 'entity is deleted')
      : rowError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id'),
  };
}

export function updateRow(org: Org, table: Table, rawId: Json | undefined, sent: JsonObject): RowResult {
  const found = liveRow(table, rawId);
  if ('error' in found) return refused([found.error]);
  const { values, errors } = readValues(org, table, sent, false);
  const bad = errors[0]
    ? errors
    : [checkRequired(table, values, false) ?? checkUnique(table, values, found.row)].filter((e) => e !== null);
  if (bad.length > 0) return refused(bad);
  org.onUndo(() => table.remember(found.row));
  const changed = table.update(found.row, values);
  const id = table.ids.encode(found.row);
  org.ledger.record(table.schema.name, changed ? 'updated' : 'unchangedWrites', id, keyOf(table, found.row));
  return done(id, false);
}

/** Writes the row whose external id field holds `key`, or makes one. */
export function upsertRow(
  org: Org,
  table: Table,
  f: Field,
  key: Json | undefined,
  sent: JsonObject,
  updateOnly = false,
): RowResult {
  const coerced = key === undefined ? { value: null } : coerce(f, key);
  if ('error' in coerced) return refused([coerced.error]);
  if (coerced.value === null) {
    return refused([rowError('MISSING_ARGUMENT', `${f.name} not specified`, [])]);
  }
  if (f.type === 'id') return updateRow(org, table, String(coerced.value), sent);
  const rows = table.find(f, String(coerced.value));
  if (rows.length > 1) {
    const message = `More than one record found for external id: ${String(coerced.value)}`;
    return {
      ...refused([rowError('DUPLICATE_EXTERNAL_ID', message)]),
      ambiguous: rows.map((row) => table.ids.encode(row)),
    };
  }
  if (rows.length === 1) return updateRow(org, table, table.ids.encode(rows[0]!), { ...sent, [f.name]: key ?? null });
  if (updateOnly) return refused([rowError('NOT_FOUND', 'The requested resource does not exist')]);
  return insertRow(org, table, { ...sent, [f.name]: key ?? null });
}

export function deleteRow(org: Org, table: Table, rawId: Json | undefined, hard = false): RowResult {
  const found = liveRow(table, rawId);
  if ('error' in found) return refused([found.error]);
  org.onUndo(() => table.remember(found.row));
  const key = keyOf(table, found.row);
  if (hard) table.purge(found.row);
  else table.delete(found.row);
  const id = table.ids.encode(found.row);
  org.ledger.record(table.schema.name, 'deleted', id, key);
  return done(id, false);
}
