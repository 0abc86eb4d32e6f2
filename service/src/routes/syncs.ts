import { Type } from '@sinclair/typebox';

import type { BookDocument, Engine } from '../../../lib';
import type { App, Context, Routes } from '../context';
import { cursorAt, placeOf } from '../cursor';
import { answeredUnchanged, atRevision, etagOf } from '../plugins/conditional';
import { listLimitDefault, ListOf, ListQuery } from '../schemas/list';
import {
  RunWishSchema,
  StartedSchema,
  StartSchema,
  StopSchema,
  SyncIdParams,
  SyncRequestSchema,
  SyncSchema,
  SyncStatusSchema,
} from '../schemas/sync';
import { stateWord, statusOf } from '../sync/status';
import { newSyncState, type SyncDocument, syncKind, type SyncState, syncStateKind } from '../sync/sync_document';

const tags = ['syncs'];
const list = 'syncs';

/** /api/sync: what is kept in step, and whether it is at work. */
export const syncRoutes: Routes = (app, context) => {
  for (const add of [start, stop, status, listAll, getOne, replace, remove, run]) add(app, context);
};

function start(app: App, { syncs }: Context): void {
  app.post(
    '/api/sync/start',
    {
      config: { scope: 'sync:run' },
      schema: {
        operationId: 'startSync',
        summary: 'Make a sync and start it, or start one that is there',
        description: 'A batch sync with a schedule waits for it; one without runs once; a realtime sync runs on.',
        tags,
        body: StartSchema,
        response: { 202: StartedSchema },
      },
    },
    async (request, reply) => {
      const started = await syncs.begin(request.body, request.principal.id);
      return reply.code(202).header('location', `/api/sync/status/${started.id}`).send(started);
    },
  );
}

function stop(app: App, { syncs }: Context): void {
  app.post(
    '/api/sync/stop',
    {
      config: { scope: 'sync:run' },
      schema: {
        operationId: 'stopSync',
        summary: 'Let the page in flight commit, then stop',
        tags,
        body: StopSchema,
        response: { 202: Type.Object({ id: Type.String() }) },
      },
    },
    async (request, reply) => {
      const { id } = request.body;
      await syncs.stop(id, request.principal.id);
      return reply.code(202).header('location', `/api/sync/status/${id}`).send({ id });
    },
  );
}

function status(app: App, { engine, syncs, now }: Context): void {
  app.get(
    '/api/sync/status/:syncId',
    {
      config: { scope: 'sync:read' },
      schema: {
        operationId: 'getSyncStatus',
        summary: 'Where a sync stands',
        tags,
        params: SyncIdParams,
        response: { 200: SyncStatusSchema },
      },
    },
    async ({ params: { syncId } }) => {
      const { sync, state } = await syncs.get(syncId);
      return statusOf(engine, syncId, sync.body, state, now());
    },
  );
}

function listAll(app: App, { engine }: Context): void {
  app.get(
    '/api/sync',
    {
      config: { scope: 'sync:read' },
      schema: {
        operationId: 'listSyncs',
        summary: 'All syncs, in the order of their ids',
        tags,
        querystring: ListQuery({}),
        response: { 200: ListOf(SyncSchema) },
      },
    },
    async ({ query: { cursor, limit = listLimitDefault } }) => {
      const after = placeOf(list, 'string', cursor);
      const { documents, next } = await engine.book.list<SyncDocument>(syncKind, {
        limit,
        ...(after !== undefined && { after }),
      });
      const items = await Promise.all(documents.map(async (sync) => viewOf(sync, await stateOf(engine, sync.id))));
      return { items, ...(next !== undefined && { next: cursorAt(list, next) }) };
    },
  );
}

function getOne(app: App, { syncs }: Context): void {
  app.get(
    '/api/sync/:syncId',
    {
      config: { scope: 'sync:read' },
      schema: {
        operationId: 'getSync',
        summary: 'What a sync is',
        tags,
        params: SyncIdParams,
        response: { 200: SyncSchema },
      },
    },
    async (request, reply) => {
      const { sync, state } = await syncs.get(request.params.syncId);
      if (answeredUnchanged(request, reply, sync.revision)) return reply;
      return viewOf(sync, state);
    },
  );
}

function replace(app: App, { engine, syncs }: Context): void {
  app.put(
    '/api/sync/:syncId',
    {
      config: { scope: 'sync:run' },
      schema: {
        operationId: 'replaceSync',
        summary: 'Change what a sync is',
        description: 'The next run goes by it. Another mapping reads everything once more.',
        tags,
        params: SyncIdParams,
        body: SyncRequestSchema,
        response: { 200: SyncSchema },
      },
    },
    async (request, reply) => {
      const at = { kind: syncKind, id: request.params.syncId, what: 'sync' };
      const sync = await atRevision<SyncDocument, BookDocument<SyncDocument>>(request, engine, at, (document) =>
        syncs.replace(document, request.body, request.principal.id),
      );
      void reply.header('etag', etagOf(sync.revision));
      return viewOf(sync, await stateOf(engine, sync.id));
    },
  );
}

function remove(app: App, { engine, syncs }: Context): void {
  app.delete(
    '/api/sync/:syncId',
    {
      config: { scope: 'sync:run' },
      schema: {
        operationId: 'deleteSync',
        summary: 'Forget a sync that is stopped, with its links, runs and rejected records',
        description: 'Neither system is touched.',
        tags,
        params: SyncIdParams,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const at = { kind: syncKind, id: request.params.syncId, what: 'sync' };
      await atRevision<SyncDocument, unknown>(request, engine, at, (document) =>
        syncs.remove(document, request.principal.id),
      );
      return reply.code(204).send(null);
    },
  );
}

function run(app: App, { syncs }: Context): void {
  app.post(
    '/api/sync/:syncId/run',
    {
      config: { scope: 'sync:run' },
      schema: {
        operationId: 'runSync',
        summary: 'Run a sync now, whatever its schedule',
        tags,
        params: SyncIdParams,
        body: RunWishSchema,
        response: { 202: Type.Object({ id: Type.String() }) },
      },
    },
    async (request, reply) => {
      const { syncId } = request.params;
      await syncs.run(syncId, request.body, request.principal.id);
      return reply.code(202).header('location', `/api/sync/status/${syncId}`).send({ id: syncId });
    },
  );
}

async function stateOf(engine: Engine, id: string): Promise<SyncState> {
  return (await engine.book.get<SyncState>(syncStateKind, id))?.body ?? newSyncState;
}

function viewOf({ id, body, revision, createdAt, updatedAt }: BookDocument<SyncDocument>, state: SyncState) {
  return { id, ...body, status: stateWord(state), version: revision, createdAt, updatedAt };
}
