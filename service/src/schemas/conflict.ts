import { type Static, type TSchema, Type } from '@sinclair/typebox';

import { idPattern, ListQuery, Time } from './list';

const wordMax = 64;
const fieldNameMax = 255;
const keyMax = 500;
const hashMax = 200;
const fieldsMax = 1_000;
const groupsMax = 100;
const expressionMax = 10_000;
const separatorMax = 100;
/** Conflicts that one request decides at most: kDecideManyMax of the engine. */
const decideManyMax = 500;

function oneOf<T extends string>(...words: T[]) {
  return Type.Union(words.map((word) => Type.Literal(word)));
}

function object<T extends Record<string, TSchema>>(properties: T, description?: string) {
  return Type.Object(properties, { additionalProperties: false, ...(description !== undefined && { description }) });
}

export const SideSchema = oneOf('source', 'target');
export const StrategySchema = oneOf('source_wins', 'target_wins', 'merge', 'last_write_wins', 'manual');
const StateSchema = oneOf('open', 'decided', 'closed');
const OutcomeSchema = oneOf('applied', 'settled', 'gone', 'undone');
const FieldNameSchema = Type.String({ minLength: 1, maxLength: fieldNameMax });

const FieldDecisionSchema = Type.Union([SideSchema, object({ value: Type.Unknown() })], {
  description: 'a side, or a value that neither has',
});
const FieldDecisionsSchema = Type.Record(Type.String({ minLength: 1, maxLength: fieldNameMax }), FieldDecisionSchema, {
  minProperties: 1,
  maxProperties: fieldsMax,
  description: 'by field; a group goes one way',
});

const RuleSchema = object({
  rule: oneOf('authority', 'max', 'min', 'union', 'concat', 'counter', 'coalesce', 'custom'),
  side: Type.Optional(SideSchema),
  separator: Type.Optional(Type.String({ maxLength: separatorMax })),
  expression: Type.Optional(Type.String({ minLength: 1, maxLength: expressionMax })),
});

const FallbackSchema = Type.Union(
  [Type.Literal('source_wins'), Type.Literal('target_wins'), Type.Literal('last_write_wins'), Type.Literal('manual')],
  { description: 'of the strategy merge: for fields without a rule; manual by default' },
);

/** How conflicts are settled without a person. The engine checks the rest: docs/conflicts.md. */
export const ConflictRulesSchema = object({
  rules: Type.Optional(
    Type.Record(FieldNameSchema, RuleSchema, { maxProperties: fieldsMax, description: 'by target field' }),
  ),
  groups: Type.Optional(
    Type.Array(Type.Array(FieldNameSchema, { minItems: 2, maxItems: fieldsMax }), {
      maxItems: groupsMax,
      description: 'fields that are decided as one',
    }),
  ),
  fallback: Type.Optional(FallbackSchema),
  skewSeconds: Type.Optional(
    Type.Number({ minimum: 0, maximum: 3_600, description: 'stamps that are no further apart are a tie' }),
  ),
  priority: Type.Optional(SideSchema),
  deleteUpdate: Type.Optional(oneOf('review', 'delete_wins', 'update_wins')),
});

const ReviewSchema = Type.Object(
  {
    field: Type.String(),
    base: Type.Optional(Type.Unknown()),
    source: Type.Optional(Type.Unknown()),
    target: Type.Optional(Type.Unknown()),
    state: Type.String(),
    took: Type.Optional(FieldDecisionSchema),
    rule: Type.Optional(Type.String({ description: 'the rule or strategy that took it' })),
    group: Type.Optional(Type.Integer({ description: 'number of its atomic group' })),
  },
  { description: 'a value that is left out was not there' },
);

export const EditorSchema = Type.Object(
  {
    user: Type.String(),
    self: Type.Boolean({ description: 'the login of the sync: it wrote it, or automation that its write set off' }),
  },
  { description: 'who changed the record last, where the system tells' },
);

export const ConflictSchema = Type.Object({
  id: Type.Integer(),
  syncId: Type.String(),
  key: Type.String({ description: 'the value that the two records were matched by' }),
  sourceKey: Type.String(),
  targetKey: Type.String(),
  kind: Type.String({
    description: 'both_differ, create_create, delete_update, unique_violation, missing_parent, ...',
  }),
  state: StateSchema,
  outcome: Type.Optional(OutcomeSchema),
  fields: Type.Array(Type.String(), { description: 'names of the fields in conflict' }),
  review: Type.Array(ReviewSchema, { description: 'their values; personal ones masked' }),
  sourceHash: Type.String(),
  targetHash: Type.String(),
  sourceAt: Type.Optional(Type.String()),
  targetAt: Type.Optional(Type.String()),
  sourceBy: Type.Optional(EditorSchema),
  targetBy: Type.Optional(EditorSchema),
  reason: Type.Optional(Type.String()),
  decision: Type.Optional(
    Type.Object({
      take: Type.Optional(SideSchema),
      fields: Type.Optional(Type.Record(Type.String(), FieldDecisionSchema)),
      undo: Type.Optional(Type.Boolean()),
    }),
  ),
  actor: Type.Optional(Type.String()),
  run: Type.Integer({ description: 'that opened it' }),
  openedAt: Time,
  changedAt: Time,
});

const filters = {
  syncId: Type.Optional(Type.String({ pattern: idPattern })),
  kind: Type.Optional(Type.String({ minLength: 1, maxLength: wordMax })),
  field: Type.Optional(FieldNameSchema),
  key: Type.Optional(
    Type.String({ minLength: 1, maxLength: keyMax, description: 'of the pair, or of its record on either side' }),
  ),
};

export const ConflictQuery = ListQuery({
  ...filters,
  state: Type.Optional(StateSchema),
  outcome: Type.Optional(OutcomeSchema),
  newest: Type.Optional(Type.Boolean({ description: 'newest first' })),
});

export const ConflictIdParams = Type.Object({ id: Type.Integer({ minimum: 1 }) });

export const ResolveSchema = object({
  take: Type.Optional(SideSchema),
  fields: Type.Optional(FieldDecisionsSchema),
  sourceHash: Type.String({ minLength: 1, maxLength: hashMax, description: 'as the conflict had it when it was read' }),
  targetHash: Type.String({ minLength: 1, maxLength: hashMax }),
});

export const ResolveManySchema = object({
  filter: object(filters, 'which of the open conflicts'),
  take: SideSchema,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: decideManyMax })),
});

export const ManyResolvedSchema = Type.Object({
  results: Type.Array(
    Type.Object({
      id: Type.Integer(),
      syncId: Type.String(),
      decided: Type.Boolean(),
      code: Type.Optional(Type.String()),
      message: Type.Optional(Type.String()),
    }),
  ),
  decided: Type.Integer(),
  moved: Type.Integer({ description: 'those that changed meanwhile, and were not decided' }),
  more: Type.Boolean({ description: 'there are further ones: repeat the request' }),
});

export const RulesPreviewRequestSchema = object({
  syncId: Type.String({ pattern: idPattern }),
  strategy: Type.Optional(StrategySchema),
  ...ConflictRulesSchema.properties,
});

export const RulesApplyRequestSchema = object({
  ...RulesPreviewRequestSchema.properties,
  after: Type.Optional(
    Type.Integer({ minimum: 0, description: 'goes on behind this number: `after` of the answer before' }),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: decideManyMax,
      description: `conflicts to look at; ${decideManyMax} unless given`,
    }),
  ),
});

const count = Type.Integer({ minimum: 0 });
const ruledConflict = {
  id: Type.Integer(),
  key: Type.String(),
  kind: Type.String(),
  take: Type.Optional(
    Type.Union(SideSchema.anyOf, { description: 'of a deletion that is settled: the side whose state holds' }),
  ),
  fields: Type.Array(
    Type.Object({
      field: Type.String(),
      took: Type.Union([FieldDecisionSchema, Type.Null()], { description: 'null: the rules leave it' }),
      rule: Type.String(),
    }),
  ),
};

export const RulesPreviewSchema = Type.Object({
  open: Type.Object({ looked: count, settled: count, left: count }),
  more: Type.Boolean({ description: 'there are open conflicts that were not looked at' }),
  decided: Type.Object(
    { looked: count, same: count, other: count, left: count },
    { description: 'how people decided, next to what the rules would have done' },
  ),
  fields: Type.Array(Type.Object({ field: Type.String(), settled: count, left: count })),
  samples: Type.Array(Type.Object(ruledConflict)),
});

export const RulesAppliedSchema = Type.Object({
  looked: count,
  decided: count,
  moved: Type.Integer({ minimum: 0, description: 'those that changed meanwhile, and were not decided' }),
  left: Type.Integer({ minimum: 0, description: 'those that the rules do not settle wholly: they stay open' }),
  more: Type.Boolean({ description: 'there are further ones: repeat the request with `after`' }),
  after: Type.Optional(Type.Integer()),
  results: Type.Array(
    Type.Object({
      ...ruledConflict,
      syncId: Type.String(),
      decided: Type.Boolean(),
      code: Type.Optional(Type.String({ description: 'left, moved or closed' })),
      message: Type.Optional(Type.String()),
    }),
  ),
});

export type ManyResolved = Static<typeof ManyResolvedSchema>;
