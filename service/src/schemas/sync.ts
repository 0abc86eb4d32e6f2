import { type Static, type TSchema, Type } from '@sinclair/typebox';

import { ConflictRulesSchema, StrategySchema } from './conflict';
import { idPattern, Time } from './list';
import { FieldMappings, MappingTests, RecordRules } from './mapping';

const objectNameMax = 255;

function oneOf<T extends string>(...words: T[]) {
  return Type.Union(words.map((word) => Type.Literal(word)));
}

function object<T extends Record<string, TSchema>>(properties: T, description?: string) {
  return Type.Object(properties, { additionalProperties: false, ...(description !== undefined && { description }) });
}

const DeletePolicySchema = oneOf('ignore', 'soft', 'hard', 'unlink');
const IdSchema = Type.String({ pattern: idPattern });
const ObjectNameSchema = Type.String({ minLength: 1, maxLength: objectNameMax });

export const SyncConfigSchema = object({
  sourceObject: ObjectNameSchema,
  targetObject: ObjectNameSchema,
  fieldMappings: Type.Optional(FieldMappings),
  validation: Type.Optional(RecordRules),
  tests: Type.Optional(MappingTests),
  mapping: Type.Optional(
    object(
      { id: IdSchema, version: Type.Optional(Type.Integer({ minimum: 1 })) },
      'instead of fieldMappings: a stored mapping. Without a version the newest one is pinned',
    ),
  ),
  schedule: Type.Optional(
    Type.Union([
      Type.String({ maxLength: 200, description: 'cron expression, in UTC' }),
      object({ cron: Type.String({ maxLength: 200 }), timeZone: Type.Optional(Type.String({ maxLength: 100 })) }),
    ]),
  ),
  events: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: objectNameMax }), {
      maxItems: 100,
      description: 'of a realtime sync: events of the source to listen to. A source without events is polled',
    }),
  ),
  pollSeconds: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 86_400, description: 'of a realtime sync: from the end of a run to the next' }),
  ),
  conflictResolution: Type.Optional(StrategySchema),
  conflicts: Type.Optional(ConflictRulesSchema),
  direction: Type.Optional(oneOf('one_way', 'two_way')),
  matchOn: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: objectNameMax,
      description: 'the target field that records are matched by; by default the key of the target',
    }),
  ),
  creates: Type.Optional(oneOf('both', 'to_target', 'to_source', 'none')),
  deletes: Type.Optional(
    Type.Union([
      DeletePolicySchema,
      object({
        policy: DeletePolicySchema,
        limitRecords: Type.Optional(Type.Integer({ minimum: 0 })),
        limitPercent: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
      }),
    ]),
  ),
  batchSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 50_000 })),
  batchesInFlight: Type.Optional(Type.Integer({ minimum: 1, maximum: 16 })),
});

const ModeSchema = oneOf('batch', 'realtime');

export const SyncRequestSchema = object({
  sourceId: Type.String({ pattern: idPattern, description: 'an integration' }),
  targetId: Type.String({ pattern: idPattern, description: 'an integration' }),
  mode: ModeSchema,
  config: SyncConfigSchema,
});
export type SyncRequest = Static<typeof SyncRequestSchema>;

/** With `id` alone: a sync that is there is started again. */
export const StartSchema = object(
  {
    id: Type.Optional(Type.String({ pattern: idPattern, description: 'by default one is made' })),
    ...Type.Partial(SyncRequestSchema).properties,
  },
  'a sync to make and to start; with `id` alone one that is there is started',
);
export type StartRequest = Static<typeof StartSchema>;

export const StopSchema = object({ id: IdSchema });
export const RunWishSchema = object({
  full: Type.Optional(Type.Boolean({ description: 'read everything, not only what changed' })),
  approve: Type.Optional(Type.Boolean({ description: 'do what the circuit breaker held' })),
  replay: Type.Optional(Type.Boolean({ description: 'try the rejected records again, and nothing else' })),
});

export const SyncIdParams = Type.Object({ syncId: IdSchema });

export const SyncSchema = Type.Object({
  id: Type.String(),
  sourceId: Type.String(),
  targetId: Type.String(),
  mode: ModeSchema,
  config: SyncConfigSchema,
  status: oneOf('running', 'stopped', 'error'),
  version: Type.Integer(),
  createdAt: Time,
  updatedAt: Time,
});

const count = (description: string) => Type.Integer({ minimum: 0, description });
export const CountsSchema = Type.Object(
  {
    read: count('records read'),
    written: count('created + updated + deleted'),
    created: count('made in the target'),
    updated: count('changed in the target'),
    deleted: count('deleted in the target'),
    unchanged: count('equal already'),
    filtered: count('not for this sync'),
    rejected: count('refused; kept with the reason'),
    in_review: count('held for a decision'),
    superseded: count('overtaken by a newer state'),
  },
  { description: 'read = written + unchanged + filtered + rejected + in_review + superseded' },
);

export const QuotaSchema = Type.Object({ used: Type.Integer(), max: Type.Integer() });

export const SyncErrorSchema = Type.Object({
  code: Type.String(),
  message: Type.String(),
  field: Type.Optional(Type.String()),
  at: Time,
  retryable: Type.Boolean(),
});

export const SyncStatusSchema = Type.Object({
  id: Type.String(),
  status: oneOf('running', 'stopped', 'error'),
  activity: oneOf('running', 'waiting', 'held', 'idle'),
  mode: ModeSchema,
  statistics: Type.Object({
    recordsSynced: count('records written by all runs'),
    errors: count('records rejected and runs failed, over all runs'),
    lastSyncTime: Type.Union([Time, Type.Null()], { description: 'end of the last run that succeeded' }),
    averageProcessingTime: Type.Number({ description: 'milliseconds a record, over all runs' }),
  }),
  counts: CountsSchema,
  run: Type.Union([
    Type.Object({
      id: Type.Integer(),
      status: Type.String(),
      mode: Type.String(),
      startedAt: Time,
      pages: count('pages'),
    }),
    Type.Null(),
  ]),
  guaranteeClass: Type.Union([oneOf('A', 'B', 'C', 'D'), Type.Null()]),
  lagSeconds: Type.Union([Type.Number(), Type.Null()], { description: 'age of the state that the target has' }),
  quota: Type.Union([QuotaSchema, Type.Null()]),
  nextRunAt: Type.Union([Time, Type.Null()]),
  rejectedNow: count('rejected records kept now'),
  linked: count('records linked now'),
  warnings: Type.Array(Type.String()),
  errors: Type.Optional(Type.Array(SyncErrorSchema)),
});
export type SyncStatus = Static<typeof SyncStatusSchema>;

export const StartedSchema = Type.Object({ id: Type.String(), warnings: Type.Array(Type.String()) });
