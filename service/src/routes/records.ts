import { EngineError } from '../../../lib';
import type { Routes } from '../context';
import { Problem } from '../problem';
import { ExplainQuery, ExplanationSchema, RecordKeyParams } from '../schemas/record';

/** /api/records: one record, as both systems and the state know it. */
export const recordRoutes: Routes = (app, { engine, syncs }) => {
  app.get(
    '/api/records/:key/explain',
    {
      config: { scope: 'sync:read' },
      schema: {
        operationId: 'explainRecord',
        summary: 'Where the values of a record come from',
        description: 'Reads the record in both systems, and tells every step of the mapping and every decision.',
        tags: ['records'],
        params: RecordKeyParams,
        querystring: ExplainQuery,
        response: { 200: ExplanationSchema },
      },
    },
    async ({ params: { key }, query: { syncId, side } }) => {
      const file = await syncs.file(syncId);
      try {
        return await engine.explain(file, key, side);
      } catch (thrown) {
        if (thrown instanceof EngineError && thrown.code === 'not_found')
          throw Problem.notFound(`record in sync "${syncId}"`, key);
        throw thrown;
      }
    },
  );
};
