import { Type } from '@sinclair/typebox';

import type { Routes } from '../context';
import { cursorAt, placeOf } from '../cursor';
import { idPattern, listLimitDefault, ListOf, ListQuery } from '../schemas/list';
import { RejectedIdParams, RejectedSchema } from '../schemas/rejected';

const tags = ['rejected records'];
const list = 'rejected';

/** /api/rejected: records that were refused, with the reason. */
export const rejectedRoutes: Routes = (app, { engine, syncs }) => {
  app.get(
    '/api/rejected',
    {
      config: { scope: 'sync:read' },
      schema: {
        operationId: 'listRejected',
        summary: 'Records that a sync could not move, oldest first',
        tags,
        querystring: ListQuery({ syncId: Type.String({ pattern: idPattern }) }),
        response: { 200: ListOf(RejectedSchema) },
      },
    },
    async ({ query: { cursor, limit = listLimitDefault, syncId } }) => {
      await syncs.get(syncId);
      const records = await engine.rejected(syncId, placeOf(list, 'number', cursor), limit);
      const last = records.length === limit ? records.at(-1) : undefined;
      return {
        items: records.map((record) => ({ ...record, syncId })),
        ...(last && { next: cursorAt(list, last.id) }),
      };
    },
  );

  app.post(
    '/api/rejected/:id/replay',
    {
      config: { scope: 'sync:run' },
      schema: {
        operationId: 'replayRejected',
        summary: 'Try one rejected record again',
        tags,
        params: RejectedIdParams,
        body: Type.Object({ syncId: Type.String({ pattern: idPattern }) }, { additionalProperties: false }),
        response: { 202: Type.Object({ id: Type.Integer(), syncId: Type.String() }) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { syncId } = request.body;
      await syncs.replay(syncId, id, request.principal.id);
      return reply.code(202).header('location', `/api/sync/status/${syncId}`).send({ id, syncId });
    },
  );
};
