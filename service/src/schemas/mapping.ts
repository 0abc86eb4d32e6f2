import { type Static, Type } from '@sinclair/typebox';

import { idPattern, Time } from './list';

const mappingsMax = 1000;
const pathCharactersMax = 1000;
const stepsMax = 50;
const descriptionCharactersMax = 2000;
/** Records of one preview. */
const sampleRecordsMax = 100;
const rulesMax = 100;
const testsMax = 200;
const textCharactersMax = 2000;

const transformationTypes = ['format', 'lookup', 'calculate', 'custom'] as const;
const Transformation = Type.Object(
  { type: Type.Union(transformationTypes.map((type) => Type.Literal(type))), params: Type.Unknown() },
  { additionalProperties: false },
);

const Severity = Type.Optional(
  Type.Union([Type.Literal('error'), Type.Literal('warn')], {
    description: 'error, the default, rejects the record; warn is counted and told',
  }),
);

/** What a mapped value has to be. The settings of the rule stand beside it. */
const FieldRule = Type.Object(
  {
    rule: Type.String({ minLength: 1, maxLength: 100 }),
    severity: Severity,
    message: Type.Optional(Type.String({ maxLength: textCharactersMax })),
  },
  { additionalProperties: true },
);

/** One field of the target, and where its value comes from: docs/mapping.md. */
export const FieldMapping = Type.Object(
  {
    source: Type.String({ minLength: 1, maxLength: pathCharactersMax, description: 'path in the source record' }),
    target: Type.String({ minLength: 1, maxLength: pathCharactersMax, description: 'field of the target' }),
    transformation: Type.Optional(
      Type.Union([Transformation, Type.Array(Transformation, { minItems: 1, maxItems: stepsMax })]),
    ),
    required: Type.Optional(Type.Boolean()),
    defaultValue: Type.Optional(Type.Unknown()),
    onError: Type.Optional(
      Type.Union([Type.Literal('fail_record'), Type.Literal('null'), Type.Literal('skip_field'), Type.Literal('keep')]),
    ),
    pii: Type.Optional(
      Type.Boolean({ description: 'about a person: encrypted wherever it is kept, masked in answers and logs' }),
    ),
    validate: Type.Optional(Type.Array(FieldRule, { maxItems: rulesMax, description: 'rules for the mapped value' })),
    direction: Type.Optional(
      Type.Union([Type.Literal('both'), Type.Literal('to_target')], {
        description: 'of two-way syncs: to_target keeps edits of the target from the source',
      }),
    ),
    reverse: Type.Optional(
      Type.Union([Transformation, Type.Array(Transformation, { minItems: 1, maxItems: stepsMax })], {
        description: 'of two-way syncs: how to get the source value back, where that does not follow',
      }),
    ),
  },
  { additionalProperties: false },
);

export const FieldMappings = Type.Array(FieldMapping, { minItems: 1, maxItems: mappingsMax });

export const RecordRules = Type.Array(
  Type.Object(
    {
      expression: Type.String({
        minLength: 1,
        maxLength: textCharactersMax,
        description: 'over record.<target field>',
      }),
      message: Type.String({ minLength: 1, maxLength: textCharactersMax }),
      severity: Severity,
    },
    { additionalProperties: false },
  ),
  { maxItems: rulesMax, description: 'what the fields of a mapped record have to be together' },
);

const AnyRecord = Type.Record(Type.String(), Type.Unknown());

export const MappingTests = Type.Array(
  Type.Object(
    {
      name: Type.Optional(Type.String({ maxLength: textCharactersMax })),
      input: AnyRecord,
      expect: Type.Record(Type.String(), Type.Unknown(), {
        description: 'fields that come out with these values, or {rejected: code}',
      }),
    },
    { additionalProperties: false },
  ),
  { maxItems: testsMax, description: 'unit tests of the mapping, which a preview runs' },
);

const Name = Type.String({ minLength: 1, maxLength: 200 });
const Description = Type.Optional(Type.String({ maxLength: descriptionCharactersMax }));
const content = {
  name: Name,
  description: Description,
  fieldMappings: FieldMappings,
  validation: Type.Optional(RecordRules),
  tests: Type.Optional(MappingTests),
};

export const MappingWanted = Type.Object(
  {
    id: Type.Optional(Type.String({ pattern: idPattern, description: 'made if it is left out' })),
    ...content,
  },
  { additionalProperties: false },
);

export const MappingChange = Type.Object(content, {
  additionalProperties: false,
  description: 'Makes a new version. Those there are stay as they are.',
});

export const Mapping = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: Type.Optional(Type.String()),
  version: Type.Integer({ description: 'counts from 1' }),
  latestVersion: Type.Integer(),
  fieldMappings: Type.Array(Type.Object({}, { additionalProperties: Type.Unknown() })),
  validation: Type.Optional(Type.Array(Type.Object({}, { additionalProperties: Type.Unknown() }))),
  tests: Type.Optional(Type.Array(Type.Object({}, { additionalProperties: Type.Unknown() }))),
  createdAt: Time,
  createdBy: Type.String(),
});
export type Mapping = Static<typeof Mapping>;

export const VersionQuery = Type.Object(
  { version: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'unset: the newest' })) },
  { additionalProperties: false },
);

export const PreviewWanted = Type.Object(
  {
    records: Type.Optional(
      Type.Array(AnyRecord, { maxItems: sampleRecordsMax, description: 'unset: only the tests of the mapping run' }),
    ),
    version: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'unset: the newest' })),
  },
  { additionalProperties: false },
);

const Mapped = Type.Object({
  output: Type.Optional(AnyRecord),
  rejected: Type.Optional(Type.Object({ code: Type.String(), message: Type.String(), field: Type.String() })),
});

export const Preview = Type.Object({
  version: Type.Integer(),
  masked: Type.Array(Type.String(), { description: 'target fields marked as PII; only admins see their values' }),
  records: Type.Array(Mapped, { description: 'in the order of the records that were sent' }),
  warnings: Type.Array(Type.String(), { description: 'what befell some of the records and rejected none' }),
  tests: Type.Array(Type.Object({ name: Type.String(), ok: Type.Boolean(), got: Mapped }), {
    description: 'of the mapping’s own tests, in order',
  }),
});
