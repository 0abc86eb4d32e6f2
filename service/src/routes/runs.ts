import { Type } from '@sinclair/typebox';

import type { Engine, RunSummary } from '../../../lib';
import type { App, Context, Routes } from '../context';
import { cursorAt, placeOf } from '../cursor';
import { Problem } from '../problem';
import { idPattern, listLimitDefault, ListOf, ListQuery } from '../schemas/list';
import { RunIdParams, RunSchema, type RunView } from '../schemas/run';
import { streamRun } from '../sync/run_stream';

const tags = ['runs'];
const list = 'runs';

/** /api/runs: what syncs did, and what they are doing. */
export const runRoutes: Routes = (app, context) => {
  for (const add of [listAll, getOne, follow]) add(app, context);
};

function listAll(app: App, { engine }: Context): void {
  app.get(
    '/api/runs',
    {
      config: { scope: 'sync:read' },
      schema: {
        operationId: 'listRuns',
        summary: 'Runs, newest first',
        tags,
        querystring: ListQuery({ syncId: Type.Optional(Type.String({ pattern: idPattern })) }),
        response: { 200: ListOf(RunSchema) },
      },
    },
    async ({ query: { cursor, limit = listLimitDefault, syncId = '' } }) => {
      const before = placeOf(list, 'number', cursor);
      const runs = await engine.status(syncId, limit, before);
      const last = runs.length === limit ? runs.at(-1) : undefined;
      return { items: runs.map(viewOf), ...(last && { next: cursorAt(list, last.runId) }) };
    },
  );
}

function getOne(app: App, { engine }: Context): void {
  app.get(
    '/api/runs/:runId',
    {
      config: { scope: 'sync:read' },
      schema: {
        operationId: 'getRun',
        summary: 'One run',
        tags,
        params: RunIdParams,
        response: { 200: RunSchema },
      },
    },
    async ({ params: { runId } }) => viewOf(await find(engine, runId)),
  );
}

function follow(app: App, context: Context): void {
  app.get(
    '/api/runs/:runId/events',
    {
      config: { scope: 'sync:read' },
      schema: {
        operationId: 'followRun',
        summary: 'Follow a run as server-sent events',
        description: 'Events `progress` with counts, then one `end`. Last-Event-ID goes on where a connection broke.',
        tags,
        params: RunIdParams,
        produces: ['text/event-stream'],
        response: { 200: Type.String({ description: 'text/event-stream' }) },
      },
    },
    async (request, reply) => {
      const run = await find(context.engine, request.params.runId);
      return streamRun(context, run, request, reply);
    },
  );
}

async function find(engine: Engine, runId: number): Promise<RunSummary> {
  const [run] = await engine.status('', 1, runId + 1);
  if (run?.runId !== runId) throw Problem.notFound('run', String(runId));
  return run;
}

function viewOf({ runId, rejectedNow: _, linked: __, error, ...run }: RunSummary): RunView {
  return { id: runId, ...run, ...(error !== '' && { error }) };
}
