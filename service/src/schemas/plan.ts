import { Type } from '@sinclair/typebox';

import { idPattern, Time } from './list';
import { CountsSchema } from './sync';

export const planSamplesMax = 1_000;

export const PlanRequestSchema = Type.Object(
  {
    syncId: Type.String({ pattern: idPattern }),
    full: Type.Optional(Type.Boolean({ description: 'as if nothing had been read before' })),
    samples: Type.Optional(
      Type.Integer({ minimum: 0, maximum: planSamplesMax, description: 'differences to show (10)' }),
    ),
  },
  { additionalProperties: false },
);

const Text = Type.Union([Type.String(), Type.Null()]);
const DifferenceSchema = Type.Object({
  key: Type.String(),
  action: Type.String({
    pattern: '^((create|update|delete)( source| target)?|reject|review)$',
    description: 'of a sync that reconciles, create, update and delete name the side: "update source"',
  }),
  fields: Type.Array(Type.Object({ field: Type.String(), from: Text, to: Text })),
});

export const PlanSchema = Type.Object({
  id: Type.String(),
  syncId: Type.String(),
  status: Type.Union([
    Type.Literal('planning'),
    Type.Literal('planned'),
    Type.Literal('applying'),
    Type.Literal('applied'),
    Type.Literal('failed'),
  ]),
  createdAt: Time,
  mode: Type.Optional(Type.String({ description: 'full or incremental' })),
  guaranteeClass: Type.Optional(Type.String()),
  counts: Type.Optional(CountsSchema),
  differences: Type.Optional(Type.Array(DifferenceSchema)),
  warnings: Type.Optional(Type.Array(Type.String())),
  applied: Type.Optional(
    Type.Object(
      { runId: Type.Integer(), status: Type.String(), counts: CountsSchema },
      { description: 'what came of it; what had changed since counts as superseded' },
    ),
  ),
  error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
});
