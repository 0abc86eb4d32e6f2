/** Single records: GET, POST, PATCH, DELETE by id and by external id. */
import { ApiError, notFound, statusOf, unknownType, type RowError } from '../errors';
import { idOf18 } from '../ids';
import { empty, json, jsonBody, type Reply, type Request } from '../http/message';
import type { Route } from '../http/router';
import { objectOf } from '../json';
import type { Field } from '../schema/field';
import { recordWriter } from '../soql/projection';
import { fieldOf } from '../soql/path';
import type { Table } from '../store/table';
import type { Twin } from '../twin';
import { deleteRow, insertRow, updateRow, upsertRow, type RowResult } from '../writes/row_write';

function refusal(errors: RowError[]): Reply {
  const body = errors.map(({ code, message, fields }) => ({ message, errorCode: code, fields }));
  return json(body, statusOf(errors[0]!));
}

function writable(twin: Twin, name: string): Table {
  const table = twin.org.table(name);
  if (!table.schema.writable)
    throw new ApiError(400, 'INVALID_TYPE_FOR_OPERATION', `entity type cannot be written: ${table.schema.name}`);
  return table;
}

const created = (request: Request, table: Table, { id }: RowResult, extra: object = {}): Reply =>
  json({ id, success: true, errors: [], ...extra }, 201, {
    Location: `${request.base}/sobjects/${table.schema.name}/${id}`,
  });

function create(request: Request, twin: Twin): Reply {
  const table = writable(twin, request.params.object!);
  const result = insertRow(twin.org, table, objectOf(jsonBody(request), 'the record'));
  return result.success ? created(request, table, result) : refusal(result.errors);
}

/** The row of an id in the path; throws NOT_FOUND, MALFORMED_ID or ENTITY_IS_DELETED. */
function rowOf(table: Table, id: string): number {
  const id18 = idOf18(id);
  if (id18 === null || !id18.startsWith(table.schema.keyPrefix))
    throw new ApiError(400, 'MALFORMED_ID', `malformed id ${id}`);
  const row = table.ids.decode(id18);
  if (table.isLive(row)) return row;
  if (table.exists(row)) throw new ApiError(404, 'ENTITY_IS_DELETED', 'entity is deleted');
  throw notFound('Provided external ID field does not exist or is not accessible');
}

function record(request: Request, twin: Twin, table: Table, row: number): Reply {
  const asked = request.query
    .get('fields')
    ?.split(',')
    .map((name) => name.trim());
  const names = asked ?? table.schema.fields.map((f) => f.name);
  const select = names.map((name) => ({ type: 'Field' as const, field: fieldOf(table, name).name }));
  const none = (): never => {
    throw unknownType('subquery');
  };
  const modified = new Date(Number(table.value('LastModifiedDate', row)) * 1000);
  const since = Date.parse(request.headers['if-modified-since'] ?? '');
  if (since >= modified.getTime()) return empty(304);
  const write = recordWriter(twin.org, table, select, request.base, none);
  return json(write(row), 200, { 'Last-Modified': modified.toUTCString() });
}

function read(request: Request, twin: Twin): Reply {
  const table = twin.org.table(request.params.object!);
  return record(request, twin, table, rowOf(table, request.params.id!));
}

/** If-Unmodified-Since: 412 when the row was written later. Whole seconds. */
function checkUnmodified(request: Request, table: Table, row: number): void {
  const header = request.headers['if-unmodified-since'];
  if (header === undefined) return;
  const since = Date.parse(header);
  if (Number.isNaN(since)) throw new ApiError(400, 'INVALID_HEADER', `invalid If-Unmodified-Since: ${header}`);
  if (Number(table.value('LastModifiedDate', row)) * 1000 > since) {
    throw new ApiError(412, 'PRECONDITION_FAILED', 'The resource was changed after the given date');
  }
}

function update(request: Request, twin: Twin): Reply {
  const table = writable(twin, request.params.object!);
  const body = objectOf(jsonBody(request), 'the record');
  checkUnmodified(request, table, rowOf(table, request.params.id!));
  if (Object.keys(body).some((name) => name.toLowerCase() === 'id')) {
    throw new ApiError(400, 'INVALID_FIELD', 'The Id field should not be specified in the sobject data.');
  }
  const result = updateRow(twin.org, table, request.params.id, body);
  return result.success ? empty() : refusal(result.errors);
}

function remove(request: Request, twin: Twin): Reply {
  const table = writable(twin, request.params.object!);
  rowOf(table, request.params.id!);
  const result = deleteRow(twin.org, table, request.params.id);
  return result.success ? empty() : refusal(result.errors);
}

function externalField(table: Table, name: string): Field {
  const f = table.field(name);
  if (!f || !(f.externalId || f.idLookup))
    throw notFound('Provided external ID field does not exist or is not accessible: ' + name);
  return f;
}

const urls = (request: Request, table: Table, ids: string[]): Reply =>
  json(
    ids.map((id) => `${request.base}/sobjects/${table.schema.name}/${id}`),
    300,
  );

function upsert(request: Request, twin: Twin): Reply {
  const table = writable(twin, request.params.object!);
  const f = externalField(table, request.params.field!);
  const body = objectOf(jsonBody(request), 'the record');
  const doubled = Object.keys(body).find((name) => ['id', f.name.toLowerCase()].includes(name.toLowerCase()));
  if (doubled)
    throw new ApiError(400, 'INVALID_FIELD', `The ${doubled} field should not be specified in the sobject data.`);
  const updateOnly = request.query.get('updateOnly') === 'true';
  const result = upsertRow(twin.org, table, f, request.params.value, body, updateOnly);
  if (result.ambiguous) return urls(request, table, result.ambiguous);
  if (!result.success) return refusal(result.errors);
  if (result.created) return created(request, table, result, { created: true });
  return json({ id: result.id, success: true, errors: [], created: false });
}

function byKey(
  act: (request: Request, twin: Twin, table: Table, row: number) => Reply,
): (request: Request, twin: Twin) => Reply {
  return (request, twin) => {
    const table = twin.org.table(request.params.object!);
    const rows = table.find(externalField(table, request.params.field!), request.params.value!);
    if (rows.length > 1)
      return urls(
        request,
        table,
        rows.map((row) => table.ids.encode(row)),
      );
    if (rows.length === 0) throw notFound();
    return act(request, twin, table, rows[0]!);
  };
}

const removeByKey = byKey((_request, twin, table, row) => {
  const result = deleteRow(twin.org, table, table.ids.encode(row));
  return result.success ? empty() : refusal(result.errors);
});

export const rowRoutes: Route[] = [
  { method: 'POST', pattern: 'sobjects/:object', handler: create },
  { method: 'GET', pattern: 'sobjects/:object/:id', handler: read },
  { method: 'PATCH', pattern: 'sobjects/:object/:id', handler: update },
  { method: 'DELETE', pattern: 'sobjects/:object/:id', handler: remove },
  { method: 'GET', pattern: 'sobjects/:object/:field/:value', handler: byKey(record) },
  { method: 'PATCH', pattern: 'sobjects/:object/:field/:value', handler: upsert },
  { method: 'DELETE', pattern: 'sobjects/:object/:field/:value', handler: removeByKey },
];
