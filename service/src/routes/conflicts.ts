import { type Conflict, EngineError } from '../../../lib';
import type { App, Context, Routes } from '../context';
import { cursorAt, placeOf } from '../cursor';
import { answeredUnchanged } from '../plugins/conditional';
import { Problem } from '../problem';
import * as shapes from '../schemas/conflict';
import { listLimitDefault, ListOf } from '../schemas/list';

const tags = ['conflicts'];
const list = 'conflicts';

/** /api/conflicts: what syncs hold for a person, and decisions about it. The sync of a decided one runs soon. */
export const conflictRoutes: Routes = (app, context) => {
  for (const add of [listAll, getOne, resolve, resolveMany, undo, preview, applyRules]) add(app, context);
};

function listAll(app: App, { engine }: Context): void {
  app.get(
    '/api/conflicts',
    {
      config: { scope: 'sync:read' },
      schema: {
        operationId: 'listConflicts',
        summary: 'Conflicts of all syncs, oldest first',
        tags,
        querystring: shapes.ConflictQuery,
        response: { 200: ListOf(shapes.ConflictSchema) },
      },
    },
    async ({ query: { cursor, limit = listLimitDefault, ...filter } }) => {
      const after = placeOf(list, 'number', cursor);
      const { conflicts, next } = await engine.conflicts.list({
        ...filter,
        limit,
        ...(after !== undefined && { after }),
      });
      return { items: conflicts, ...(next !== undefined && { next: cursorAt(list, next) }) };
    },
  );
}

function getOne(app: App, { engine }: Context): void {
  app.get(
    '/api/conflicts/:id',
    {
      config: { scope: 'sync:read' },
      schema: {
        operationId: 'getConflict',
        summary: 'One conflict with all that is needed to decide it',
        tags,
        params: shapes.ConflictIdParams,
        response: { 200: shapes.ConflictSchema },
      },
    },
    async (request, reply) => {
      const conflict = await known(request.params.id, () => engine.conflicts.get(request.params.id));
      if (answeredUnchanged(request, reply, Date.parse(conflict.changedAt))) return reply;
      return conflict;
    },
  );
}

function resolve(app: App, { engine, syncs }: Context): void {
  app.post(
    '/api/conflicts/:id/resolve',
    {
      config: { scope: 'conflicts:decide' },
      schema: {
        operationId: 'resolveConflict',
        summary: 'Decide a conflict',
        description:
          'The next run carries it out, unless either side moves before. A decision on what has moved already is ' +
          'refused with `conflict-moved`: read the conflict again.',
        tags,
        params: shapes.ConflictIdParams,
        body: shapes.ResolveSchema,
        response: { 200: shapes.ConflictSchema },
      },
    },
    async ({ params: { id }, body, principal }) => {
      const conflict = await known(id, () => engine.conflicts.decide({ id, ...body, actor: principal.id }));
      await syncs.carryOut(conflict.syncId);
      return conflict;
    },
  );
}

function resolveMany(app: App, { engine, syncs }: Context): void {
  app.post(
    '/api/conflicts/resolve',
    {
      config: { scope: 'conflicts:decide' },
      schema: {
        operationId: 'resolveConflicts',
        summary: 'Take one side for many open conflicts',
        tags,
        body: shapes.ResolveManySchema,
        response: { 200: shapes.ManyResolvedSchema },
      },
    },
    async ({ body, principal }) => {
      const done = await engine.conflicts.decideMany({ ...body, actor: principal.id });
      const decided = new Set(done.results.filter((one) => one.decided).map((one) => one.syncId));
      for (const syncId of decided) await syncs.carryOut(syncId);
      return done;
    },
  );
}

function undo(app: App, { engine, syncs }: Context): void {
  app.post(
    '/api/conflicts/:id/undo',
    {
      config: { scope: 'conflicts:decide' },
      schema: {
        operationId: 'undoConflict',
        summary: 'Take a decision back',
        description:
          'One that was not carried out is open again; of one that was, the next run brings the values from before ' +
          'back, unless either side has moved since.',
        tags,
        params: shapes.ConflictIdParams,
        response: { 200: shapes.ConflictSchema },
      },
    },
    async ({ params: { id }, principal }) => {
      const conflict = await known(id, () => engine.conflicts.undo({ id, actor: principal.id }));
      if (conflict.state === 'decided') await syncs.carryOut(conflict.syncId);
      return conflict;
    },
  );
}

function preview(app: App, { engine, syncs }: Context): void {
  app.post(
    '/api/conflicts/preview',
    {
      config: { scope: 'sync:read' },
      schema: {
        operationId: 'previewConflictRules',
        summary: 'What rules would settle of the conflicts that a sync holds',
        description: 'Changes nothing. Next to it: how people decided those of before.',
        tags,
        body: shapes.RulesPreviewRequestSchema,
        response: { 200: shapes.RulesPreviewSchema },
      },
    },
    async ({ body }) => {
      await syncs.get(body.syncId);
      return engine.conflicts.preview(body);
    },
  );
}

function applyRules(app: App, { engine, syncs }: Context): void {
  app.post(
    '/api/conflicts/apply-rules',
    {
      config: { scope: 'conflicts:decide' },
      schema: {
        operationId: 'applyConflictRules',
        summary: 'Decide the open conflicts of a sync that rules settle',
        description:
          'Those that the rules do not settle wholly stay open. The next run carries out what was decided, unless ' +
          'either side moves before.',
        tags,
        body: shapes.RulesApplyRequestSchema,
        response: { 200: shapes.RulesAppliedSchema },
      },
    },
    async ({ body, principal }) => {
      await syncs.get(body.syncId);
      const done = await engine.conflicts.applyRules({ ...body, actor: principal.id });
      if (done.decided > 0) await syncs.carryOut(body.syncId);
      return done;
    },
  );
}

const problemOfCode: Record<string, 'conflict-moved' | 'conflict-closed'> = {
  moved: 'conflict-moved',
  closed: 'conflict-closed',
  waiting: 'conflict-closed',
};

/** What the engine says of one conflict, or its refusal as this API says it. */
async function known(id: number, ask: () => Promise<Conflict>): Promise<Conflict> {
  try {
    return await ask();
  } catch (thrown) {
    if (!(thrown instanceof EngineError)) throw thrown;
    if (thrown.code === 'not_found') throw Problem.notFound('conflict', String(id));
    const code = problemOfCode[thrown.code];
    if (code) throw new Problem(code, thrown.message);
    if (thrown.kind === 'invalid' && thrown.field !== '') throw Problem.at(pointerTo(thrown.field), thrown.message);
    throw thrown;
  }
}

/** `fields.Owner.Name` is one field. */
function pointerTo(member: string): string {
  const [, field] = /^fields\.(.*)$/s.exec(member) ?? [];
  if (field === undefined) return `/${member}`;
  return `/fields/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
