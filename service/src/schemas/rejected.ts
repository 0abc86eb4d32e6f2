import { Type } from '@sinclair/typebox';

import { Time } from './list';

export const RejectedSchema = Type.Object({
  id: Type.Integer(),
  syncId: Type.String(),
  side: Type.Union([Type.Literal('source'), Type.Literal('target')], {
    description: 'of two-way syncs: where the record is that was refused on its way to the other side',
  }),
  sourceKey: Type.String({ description: 'its key there' }),
  code: Type.String(),
  message: Type.String(),
  field: Type.String(),
  retryable: Type.Boolean({ description: 'the next run tries it again by itself' }),
  attempts: Type.Integer(),
  firstAt: Time,
  lastAt: Time,
  original: Type.Record(Type.String(), Type.Unknown(), {
    description: 'the mapped source fields; personal ones masked',
  }),
});

export const RejectedIdParams = Type.Object({ id: Type.Integer({ minimum: 1 }) });
