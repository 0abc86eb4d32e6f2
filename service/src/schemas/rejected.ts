import { Type } from '@sinclair/typebox';

import { Time } from './list';

export const RejectedSchema = Type.Object({
  id: Type.Integer(),
  syncId: Type.String(),
  sourceKey: Type.String(),
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
