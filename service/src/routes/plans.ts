import { randomUUID } from 'node:crypto';

import { Type } from '@sinclair/typebox';

import type { BookDocument } from '../../../lib';
import type { App, Context, Routes } from '../context';
import { answeredUnchanged } from '../plugins/conditional';
import { Problem } from '../problem';
import { IdParams } from '../schemas/list';
import { PlanRequestSchema, PlanSchema } from '../schemas/plan';
import { change } from '../sync/change';
import { countsOf } from '../sync/counts';
import { type PlanDocument, planKind } from '../sync/plan_work';

const tags = ['plans'];
const Accepted = Type.Object({ id: Type.String() });

/** /api/plans: what the next run of a sync would do, and doing exactly that. */
export const planRoutes: Routes = (app, context) => {
  for (const add of [make, getOne, apply]) add(app, context);
};

function make(app: App, { engine, syncs, supervisor, now }: Context): void {
  app.post(
    '/api/plans',
    {
      config: { scope: 'sync:run' },
      schema: {
        operationId: 'makePlan',
        summary: 'Find out what the next run would do; nothing is written',
        tags,
        body: PlanRequestSchema,
        response: { 202: Accepted },
      },
    },
    async (request, reply) => {
      const { syncId, ...how } = request.body;
      const { sync } = await syncs.get(syncId);
      const id = `plan-${randomUUID()}`;
      const at = now().toISOString();
      const plan: PlanDocument = { syncId, sync: sync.body, how, status: 'planning', createdAt: at, due: at };
      const audit = { actor: request.principal.id, action: 'plan.create', detail: { syncId } };
      await engine.book.put(planKind, id, plan, { ifRevision: 0, audit });
      void supervisor.wake();
      return reply.code(202).header('location', `/api/plans/${id}`).send({ id });
    },
  );
}

function getOne(app: App, { engine }: Context): void {
  app.get(
    '/api/plans/:id',
    {
      config: { scope: 'sync:read' },
      schema: {
        operationId: 'getPlan',
        summary: 'A plan, with counts and a sample of differences',
        tags,
        params: IdParams,
        response: { 200: PlanSchema },
      },
    },
    async (request, reply) => {
      const document = await engine.book.get<PlanDocument>(planKind, request.params.id);
      if (!document) throw Problem.notFound('plan', request.params.id);
      if (answeredUnchanged(request, reply, document.revision)) return reply;
      return viewOf(document);
    },
  );
}

function apply(app: App, { engine, supervisor, now }: Context): void {
  app.post(
    '/api/plans/:id/apply',
    {
      config: { scope: 'sync:run' },
      schema: {
        operationId: 'applyPlan',
        summary: 'Do exactly what the plan says',
        description: 'Records that changed since are left to the next run, and counted as superseded.',
        tags,
        params: IdParams,
        response: { 202: Accepted },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const audit = { actor: request.principal.id, action: 'plan.apply' };
      const due = now().toISOString();
      const found = await change<PlanDocument>(engine.book, planKind, id, (plan) => applying(id, plan, due), audit);
      if (!found) throw Problem.notFound('plan', id);
      void supervisor.wake();
      return reply.code(202).header('location', `/api/plans/${id}`).send({ id });
    },
  );
}

function applying(id: string, plan: PlanDocument, due: string): PlanDocument {
  if (plan.status === 'planned') return { ...plan, status: 'applying', due };
  throw new Problem('conflict', `plan "${id}" is ${plan.status}; only one that is planned can be applied`);
}

function viewOf({ id, body: { syncId, status, createdAt, plan, applied, error } }: BookDocument<PlanDocument>) {
  return {
    id,
    syncId,
    status,
    createdAt,
    ...(plan && {
      mode: plan.mode,
      guaranteeClass: plan.guaranteeClass,
      counts: countsOf(plan),
      differences: plan.differences,
      warnings: plan.warnings,
    }),
    ...(applied && { applied: { runId: applied.runId, status: applied.status, counts: countsOf(applied) } }),
    ...(error && { error }),
  };
}
