import { Type } from '@sinclair/typebox';

import { ConflictSchema, EditorSchema, SideSchema } from './conflict';
import { idPattern } from './list';
import { RejectedSchema } from './rejected';

const keyMax = 500;

export const RecordKeyParams = Type.Object({ key: Type.String({ minLength: 1, maxLength: keyMax }) });

export const ExplainQuery = Type.Object(
  {
    syncId: Type.String({ pattern: idPattern }),
    side: Type.Optional(
      Type.Union([Type.Literal('source'), Type.Literal('target')], {
        description: 'that the key is an identity of; source by default',
      }),
    ),
  },
  { additionalProperties: false },
);

const RecordStateSchema = Type.Union([
  Type.Object({
    key: Type.String(),
    version: Type.String({ description: 'its change stamp' }),
    changedBy: Type.Optional(EditorSchema),
    values: Type.Record(Type.String(), Type.Unknown(), { description: 'personal ones masked' }),
  }),
  Type.Null(),
]);

const StepSchema = Type.Object({
  step: Type.String({ description: 'the function; defaultValue or onError for what stood in for a value' }),
  value: Type.Optional(Type.Unknown({ description: 'after it' })),
  fault: Type.Optional(Type.String()),
});

const FieldSchema = Type.Object({
  target: Type.String(),
  source: Type.Optional(Type.String()),
  from: Type.Optional(Type.Unknown({ description: 'the value in the source' })),
  steps: Type.Optional(Type.Array(StepSchema)),
  mapped: Type.Optional(Type.Unknown()),
  inTarget: Type.Optional(Type.Unknown()),
  base: Type.Optional(Type.Unknown({ description: 'what both sides last agreed on' })),
  sourceShadow: Type.Optional(Type.Unknown()),
  targetShadow: Type.Optional(Type.Unknown()),
  state: Type.Optional(Type.String({ description: 'same, source_only, target_only, both_equal or both_differ' })),
  decidedBy: Type.Optional(
    Type.Object({
      conflict: Type.Integer(),
      outcome: Type.String(),
      rule: Type.Optional(Type.String()),
      took: Type.Optional(Type.Unknown()),
      actor: Type.Optional(Type.String()),
      at: Type.String(),
    }),
  ),
});

export const ExplanationSchema = Type.Object({
  syncId: Type.String(),
  side: SideSchema,
  key: Type.String(),
  source: RecordStateSchema,
  target: RecordStateSchema,
  link: Type.Union([Type.Object({ targetKey: Type.String(), inDoubt: Type.Boolean() }), Type.Null()], {
    description: 'of a sync that goes one way',
  }),
  pair: Type.Union(
    [
      Type.Object({
        key: Type.String(),
        sourceKey: Type.String(),
        targetKey: Type.String(),
        held: Type.Boolean(),
        deleted: Type.Boolean(),
        inDoubt: Type.Array(SideSchema),
      }),
      Type.Null(),
    ],
    { description: 'of a sync that reconciles' },
  ),
  fields: Type.Array(FieldSchema),
  conflicts: Type.Array(ConflictSchema, { description: 'newest first' }),
  rejected: Type.Union([Type.Omit(RejectedSchema, ['syncId']), Type.Null()]),
});
