/**
 * sObject Collections: up to 200 records in one call, answered in the same order. A failed row names its error in
 * `statusCode`, unlike everywhere else. Runs of one type form chunks, at most ten per call.
 */
import { ApiError, rowError, type RowError } from '../errors';
import { faultOf, json, jsonBody, type Reply, type Request } from '../http/message';
import type { Route } from '../http/router';
import { idOf18 } from '../ids';
import { arrayOf, objectOf, scalarText, type Json, type JsonObject } from '../json';
import { fieldOf } from '../soql/path';
import { recordWriter } from '../soql/projection';
import type { Table } from '../store/table';
import type { Twin } from '../twin';
import { deleteRow, insertRow, lockedRow, updateRow, upsertRow, type RowResult } from '../writes/row_write';

const RECORDS_MAX = 200;
const CHUNKS_MAX = 10;
const RETRIEVE_MAX = 2000;
const ROLLED_BACK = 'Record rolled back because not all records were valid and the request was using AllOrNone header';

interface Row {
  table: Table;
  sent: JsonObject;
}

function readRows(request: Request, twin: Twin): { rows: Row[]; allOrNone: boolean } {
  const body = objectOf(jsonBody(request), 'the request');
  const records = arrayOf(body['records'], 'records').map((record) => objectOf(record, 'a record'));
  checkCount(records.length);
  const rows = records.map((sent): Row => {
    const type = objectOf(sent['attributes'], 'attributes')['type'];
    if (typeof type !== 'string') throw new ApiError(400, 'INVALID_TYPE', 'attributes.type is required');
    return { table: twin.org.table(type), sent };
  });
  const chunks = rows.filter((row, i) => row.table !== rows[i - 1]?.table).length;
  if (chunks > CHUNKS_MAX) {
    throw new ApiError(
      400,
      'INVALID_INPUT',
      `The number of chunks is ${chunks}. The maximum number of chunks is ${CHUNKS_MAX}.`,
    );
  }
  return { rows, allOrNone: body['allOrNone'] === true };
}

function checkCount(count: number): void {
  if (count === 0) throw new ApiError(400, 'INVALID_INPUT', 'records is empty');
  if (count > RECORDS_MAX) {
    throw new ApiError(
      400,
      'EXCEEDED_ID_LIMIT',
      `record limit reached. cannot submit more than ${RECORDS_MAX} records into this call`,
    );
  }
}

const errorBody = ({ code, message, fields }: RowError): object => ({ statusCode: code, message, fields });

function resultBody(result: RowResult, withCreated: boolean): object {
  if (!result.success) return { success: false, errors: result.errors.map(errorBody) };
  return { id: result.id, success: true, errors: [], ...(withCreated ? { created: result.created } : {}) };
}

/** Writes the rows one by one; ordered row locks strike every n-th. */
function writeRows<T>(
  request: Request,
  twin: Twin,
  rows: T[],
  allOrNone: boolean,
  write: (row: T) => RowResult,
  withCreated = false,
): Reply {
  const lock = faultOf(request, 'lock_row');
  const work = (row: T, i: number): RowResult => (lock && (i + 1) % lock.every === 0 ? lockedRow() : write(row));
  const results = twin.org.transaction(() => {
    const result = rows.map(work);
    return { keep: !allOrNone || result.every((one) => one.success), result };
  });
  const failed = allOrNone && results.some((one) => !one.success);
  const rolledBack = rowError('ALL_OR_NONE_OPERATION_ROLLED_BACK', ROLLED_BACK);
  const bodies = results.map((one) =>
    resultBody(failed && one.success ? { ...one, id: null, success: false, errors: [rolledBack] } : one, withCreated),
  );
  return json(bodies);
}

function create(request: Request, twin: Twin): Reply {
  const { rows, allOrNone } = readRows(request, twin);
  return writeRows(request, twin, rows, allOrNone, ({ table, sent }) => insertRow(twin.org, table, sent));
}

const idOfRow = (sent: JsonObject): Json | undefined => sent['id'] ?? sent['Id'] ?? sent['ID'];

function update(request: Request, twin: Twin): Reply {
  const { rows, allOrNone } = readRows(request, twin);
  return writeRows(request, twin, rows, allOrNone, ({ table, sent }) =>
    updateRow(twin.org, table, idOfRow(sent), sent),
  );
}

function upsert(request: Request, twin: Twin): Reply {
  const table = twin.org.table(request.params.object!);
  const f = table.field(request.params.field!);
  if (!f || !(f.externalId || f.type === 'id')) {
    throw new ApiError(
      400,
      'INVALID_FIELD',
      `Field name provided, ${request.params.field} does not match an External ID, Salesforce Id, or indexed field ` +
        `for ${table.schema.name}`,
    );
  }
  const { rows, allOrNone } = readRows(request, twin);
  const keys = rows.map(({ sent }) => keyOf(sent, f.name));
  const seen = new Map<string, number>();
  for (const key of keys) seen.set(key, (seen.get(key) ?? 0) + 1);
  const write = ({ table: own, sent }: Row): RowResult => {
    const key = keyOf(sent, f.name);
    if (own !== table) return failed('INVALID_TYPE', `record type does not match ${table.schema.name}`);
    if (idOfRow(sent) !== undefined && f.type !== 'id')
      return failed('INVALID_FIELD', 'Id should not be specified in the sobject data');
    if (key !== '' && seen.get(key)! > 1)
      return failed('DUPLICATE_VALUE', `Duplicate external id specified: ${key}`, [f.name]);
    const name = Object.keys(sent).find((one) => one.toLowerCase() === f.name.toLowerCase());
    return upsertRow(twin.org, table, f, name === undefined ? undefined : sent[name], sent);
  };
  return writeRows(request, twin, rows, allOrNone, write, true);
}

const failed = (code: string, message: string, fields: string[] = []): RowResult => ({
  id: null,
  success: false,
  created: false,
  errors: [rowError(code, message, fields)],
});

function keyOf(sent: JsonObject, field: string): string {
  const name = Object.keys(sent).find((one) => one.toLowerCase() === field.toLowerCase());
  const value = name === undefined ? null : sent[name];
  return scalarText(value).trim().toLowerCase();
}

function remove(request: Request, twin: Twin): Reply {
  const ids = (request.query.get('ids') ?? '').split(',').filter((id) => id !== '');
  checkCount(ids.length);
  const allOrNone = request.query.get('allOrNone') === 'true';
  return writeRows(request, twin, ids, allOrNone, (id) => {
    const id18 = idOf18(id);
    const found = id18 === null ? null : twin.org.locate(id18);
    if (id18 === null) return failed('MALFORMED_ID', `malformed id ${id}`);
    return found
      ? deleteRow(twin.org, found.table, id18)
      : failed('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
  });
}

function retrieveRows(request: Request, twin: Twin, ids: string[], fields: string[]): Reply {
  const table = twin.org.table(request.params.object!);
  if (ids.length > RETRIEVE_MAX)
    throw new ApiError(400, 'EXCEEDED_ID_LIMIT', `cannot retrieve more than ${RETRIEVE_MAX} records`);
  const select = fields.map((name) => ({ type: 'Field' as const, field: fieldOf(table, name).name }));
  const write = recordWriter(twin.org, table, select, request.base, () => {
    throw notSupported();
  });
  const texts = ids.map((id) => {
    const row = table.ids.decode(idOf18(id) ?? '');
    return table.isLive(row) ? write(row) : 'null';
  });
  return json(`[${texts.join(',')}]`);
}

const notSupported = (): ApiError => new ApiError(400, 'INVALID_FIELD', 'subqueries are not supported here');

function retrieve(request: Request, twin: Twin): Reply {
  const body = objectOf(jsonBody(request), 'the request');
  const texts = (list: Json | undefined, what: string): string[] => arrayOf(list, what).map(String);
  return retrieveRows(request, twin, texts(body['ids'], 'ids'), texts(body['fields'], 'fields'));
}

function retrieveFew(request: Request, twin: Twin): Reply {
  const list = (name: string): string[] => (request.query.get(name) ?? '').split(',').filter((one) => one !== '');
  return retrieveRows(request, twin, list('ids'), list('fields'));
}

export const collectionRoutes: Route[] = [
  { method: 'POST', pattern: 'composite/sobjects', handler: create },
  { method: 'PATCH', pattern: 'composite/sobjects', handler: update },
  { method: 'DELETE', pattern: 'composite/sobjects', handler: remove },
  { method: 'PATCH', pattern: 'composite/sobjects/:object/:field', handler: upsert },
  { method: 'POST', pattern: 'composite/sobjects/:object', handler: retrieve },
  { method: 'GET', pattern: 'composite/sobjects/:object', handler: retrieveFew },
];
