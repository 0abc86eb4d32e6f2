import { type Static, Type } from '@sinclair/typebox';

import { idPattern, Time } from './list';

const mappingsMax = 1000;
const pathCharactersMax = 1000;
const stepsMax = 50;
const descriptionCharactersMax = 2000;
/** Records of one preview. */
const sampleRecordsMax = 100;

const transformationTypes = ['format', 'lookup', 'calculate', 'custom'] as const;
const Transformation = Type.Object(
  { type: Type.Union(transformationTypes.map((type) => Type.Literal(type))), params: Type.Unknown() },
  { additionalProperties: false },
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
  },
  { additionalProperties: false },
);

export const FieldMappings = Type.Array(FieldMapping, { minItems: 1, maxItems: mappingsMax });
const Name = Type.String({ minLength: 1, maxLength: 200 });
const Description = Type.Optional(Type.String({ maxLength: descriptionCharactersMax }));

export const MappingWanted = Type.Object(
  {
    id: Type.Optional(Type.String({ pattern: idPattern, description: 'made if it is left out' })),
    name: Name,
    description: Description,
    fieldMappings: FieldMappings,
  },
  { additionalProperties: false },
);

export const MappingChange = Type.Object(
  { name: Name, description: Description, fieldMappings: FieldMappings },
  { additionalProperties: false, description: 'Makes a new version. Those there are stay as they are.' },
);

export const Mapping = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: Type.Optional(Type.String()),
  version: Type.Integer({ description: 'counts from 1' }),
  latestVersion: Type.Integer(),
  fieldMappings: Type.Array(Type.Object({}, { additionalProperties: Type.Unknown() })),
  createdAt: Time,
  createdBy: Type.String(),
});
export type Mapping = Static<typeof Mapping>;

export const VersionQuery = Type.Object(
  { version: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'unset: the newest' })) },
  { additionalProperties: false },
);

const SampleRecord = Type.Record(Type.String(), Type.Unknown());

export const PreviewWanted = Type.Object(
  {
    records: Type.Array(SampleRecord, { minItems: 1, maxItems: sampleRecordsMax }),
    version: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'unset: the newest' })),
  },
  { additionalProperties: false },
);

export const Preview = Type.Object({
  version: Type.Integer(),
  masked: Type.Array(Type.String(), { description: 'target fields marked as PII; only admins see their values' }),
  records: Type.Array(
    Type.Object({
      output: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
      rejected: Type.Optional(Type.Object({ code: Type.String(), message: Type.String(), field: Type.String() })),
    }),
    { description: 'in the order of the records that were sent' },
  ),
});
