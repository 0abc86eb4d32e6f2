import { type Static, Type } from '@sinclair/typebox';

import { Time } from './list';
import { CountsSchema } from './sync';

export const RunSchema = Type.Intersect([
  CountsSchema,
  Type.Object({
    id: Type.Integer(),
    syncId: Type.String(),
    status: Type.String({ description: 'running, succeeded, stopped, failed or held' }),
    mode: Type.String({ description: 'full, incremental, replay or apply' }),
    pages: Type.Integer(),
    planHash: Type.String({ description: 'another one: the run went by another mapping, table or system' }),
    startedAt: Time,
    endedAt: Type.Optional(Time),
    error: Type.Optional(Type.String()),
  }),
]);
export type RunView = Static<typeof RunSchema>;

export const RunIdParams = Type.Object({ runId: Type.Integer({ minimum: 1 }) });
