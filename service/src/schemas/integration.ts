import { type Static, Type } from '@sinclair/typebox';

import { idPattern, Time } from './list';

/** Every type of system the product is about; which have a connector, the engine knows. */
export const systemTypes = [
  'salesforce', 'hubspot', 'sap', 'oracle', 'mailchimp', 'klaviyo', 'rest', 'postgresql', 'sqlite', 'custom',
] as const; // prettier-ignore

const nameCharactersMax = 200;

const SystemType = Type.Union(systemTypes.map((type) => Type.Literal(type)));
const Name = Type.String({ minLength: 1, maxLength: nameCharactersMax });
const settingName = '^[A-Za-z][A-Za-z0-9]{0,63}$';
const Settings = Type.Record(Type.String({ pattern: settingName }), Type.Unknown(), {
  additionalProperties: false,
  description: 'names and values: the page of the connector',
});

/** Settings of the connector, with its secrets in a part of their own. */
const Config = Type.Object(
  { authentication: Type.Optional(Settings) },
  { additionalProperties: Type.Unknown(), description: 'the settings of the connector: its page lists them' },
);

export const IntegrationWanted = Type.Object(
  {
    id: Type.Optional(Type.String({ pattern: idPattern, description: 'made if it is left out' })),
    name: Name,
    type: SystemType,
    config: Config,
    status: Type.Optional(Type.Union([Type.Literal('active'), Type.Literal('inactive')])),
  },
  { additionalProperties: false },
);
export type IntegrationWanted = Static<typeof IntegrationWanted>;

export const IntegrationChange = Type.Object(
  {
    name: Name,
    type: SystemType,
    config: Config,
    status: Type.Optional(Type.Union([Type.Literal('active'), Type.Literal('inactive')])),
  },
  {
    additionalProperties: false,
    description: 'Replaces it. Credentials stay if `config.authentication` is left out and the address is the same.',
  },
);
export type IntegrationChange = Static<typeof IntegrationChange>;

/** As it is answered: the names of the credentials, never their values. */
export const Integration = Type.Object({
  id: Type.String(),
  name: Type.String(),
  type: Type.String(),
  config: Type.Record(Type.String(), Type.Unknown(), { description: 'settings without the credentials' }),
  credentials: Type.Object({ fields: Type.Array(Type.String()), updatedAt: Type.Optional(Time) }),
  status: Type.Union([Type.Literal('active'), Type.Literal('inactive'), Type.Literal('error')]),
  lastTestTime: Type.Optional(Time),
  lastTestResult: Type.Optional(Type.Boolean()),
  version: Type.Integer(),
  createdAt: Time,
  updatedAt: Time,
});
export type Integration = Static<typeof Integration>;

export const IntegrationTest = Type.Object({
  ok: Type.Boolean(),
  message: Type.String({ description: 'what the system answered' }),
  testedAt: Time,
});

const Field = Type.Object({
  name: Type.String(),
  label: Type.String(),
  type: Type.String(),
  nativeType: Type.String(),
  lengthMax: Type.Optional(Type.Integer()),
  precision: Type.Optional(Type.Integer()),
  scale: Type.Optional(Type.Integer()),
  nullable: Type.Boolean(),
  creatable: Type.Boolean(),
  updatable: Type.Boolean(),
  required: Type.Boolean(),
  unique: Type.Boolean(),
  matchKey: Type.Boolean(),
  values: Type.Array(Type.String()),
  refersTo: Type.Array(Type.String()),
});

export const SystemSchema = Type.Object({
  objects: Type.Array(
    Type.Object({
      name: Type.String(),
      label: Type.String(),
      fields: Type.Array(Field, { description: 'empty unless the query names the object' }),
      keyField: Type.Optional(Type.String()),
      versionField: Type.Optional(Type.String()),
    }),
  ),
});
