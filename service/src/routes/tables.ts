import { Type } from '@sinclair/typebox';
import type { FastifyRequest } from 'fastify';

import type { BookDocument, Engine, TableBody } from '../../../lib';
import { tableBytesMax, tableFault, tableKind, tableSummary } from '../../../lib';
import type { App, Context } from '../context';
import { cursorAt, placeOf } from '../cursor';
import { answeredUnchanged, atRevision, atRevisionOrNew, etagOf } from '../plugins/conditional';
import { pointerAt, Problem } from '../problem';
import { IdParams, ListOf, ListQuery, listLimitDefault } from '../schemas/list';
import * as shapes from '../schemas/table';
import { listTables } from '../tables/table_list';
import { usersOf } from '../tables/table_users';

const tags = ['tables'];
const writing = { scope: 'integrations:write' } as const;
const usersShown = 10;
const nameOf = (id: string) => ({ kind: tableKind, id, what: 'table' });

/** Tables that lookups of mappings find values in. */
export function tableRoutes(app: App, context: Context): void {
  addReading(app, context);
  addWriting(app, context);
}

function addReading(app: App, { engine }: Context): void {
  const config = { scope: 'sync:read' } as const;
  app.get(
    '/api/tables',
    {
      config,
      schema: {
        operationId: 'listTables',
        summary: 'All stored tables without their rows, by id',
        tags,
        querystring: ListQuery({}),
        response: { 200: ListOf(shapes.TableSummary) },
      },
    },
    async ({ query }) => {
      const after = placeOf('tables', 'string', query.cursor);
      const { tables, next } = await listTables(engine.book, after, query.limit ?? listLimitDefault);
      return { items: tables, next: next === undefined ? undefined : cursorAt('tables', next) };
    },
  );
  app.get(
    '/api/tables/:id',
    {
      config,
      schema: {
        operationId: 'getTable',
        summary: 'One stored table with its rows',
        tags,
        params: IdParams,
        response: { 200: shapes.Table },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const document = await engine.book.get<Partial<TableBody>>(tableKind, id);
      if (!document) throw Problem.notFound('table', id);
      if (answeredUnchanged(request, reply, document.revision)) return reply;
      return { ...tableSummary(document), rows: document.body.rows ?? {} };
    },
  );
}

function addWriting(app: App, { engine }: Context): void {
  app.put(
    '/api/tables/:id',
    {
      config: writing,
      bodyLimit: tableBytesMax,
      schema: {
        operationId: 'putTable',
        summary: 'Stores a table, or replaces it; the next run of a sync that uses it reads everything',
        tags,
        params: IdParams,
        body: shapes.TableWanted,
        response: { 200: shapes.TableSummary, 201: shapes.TableSummary },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const written = await put(engine, request, id, contentOf(request.body));
      void reply.header('etag', etagOf(written.revision));
      if (written.revision === 1) void reply.code(201).header('location', `/api/tables/${id}`);
      return tableSummary(written);
    },
  );
  app.delete(
    '/api/tables/:id',
    {
      config: writing,
      schema: {
        operationId: 'deleteTable',
        summary: 'Removes a stored table that nothing uses',
        tags,
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await remove(engine, request, request.params.id);
      return reply.code(204).send(null);
    },
  );
}

/** @throws Problem with the place of what the schema cannot say. */
function contentOf({ description, rows }: shapes.TableWanted): TableBody {
  const fault = tableFault(rows);
  if (fault) throw Problem.at(fault.key === undefined ? '/rows' : pointerAt('rows', fault.key), fault.reason);
  const body: TableBody = { ...(description !== undefined && { description }), rows };
  if (Buffer.byteLength(JSON.stringify(body)) > tableBytesMax) {
    throw Problem.at('/rows', `a table may have ${tableBytesMax} bytes at most`);
  }
  return body;
}

function put(engine: Engine, request: FastifyRequest, id: string, body: TableBody): Promise<BookDocument<TableBody>> {
  const actor = request.principal.id;
  return atRevisionOrNew<TableBody, BookDocument<TableBody>>(request, engine, nameOf(id), (before) => {
    const detail = { rows: Object.keys(body.rows).length };
    const audit = { actor, action: before ? 'table.update' : 'table.create', detail };
    return engine.book.put(tableKind, id, body, { ifRevision: before?.revision ?? 0, audit });
  });
}

async function remove(engine: Engine, request: FastifyRequest, id: string): Promise<void> {
  await atRevision<TableBody, boolean>(request, engine, nameOf(id), async ({ revision }) => {
    const { mappings, syncs } = await usersOf(engine.book, id);
    const said = [told('mappings', mappings), told('syncs', syncs)].filter((text) => text !== '');
    if (said.length > 0) throw new Problem('in-use', `${said.join('; ')}; change or remove them first`);
    const audit = { actor: request.principal.id, action: 'table.delete' };
    return engine.book.delete(tableKind, id, { ifRevision: revision, audit });
  });
}

function told(what: string, ids: string[]): string {
  return ids.length === 0 ? '' : `${what} use it: ${ids.slice(0, usersShown).join(', ')}`;
}
