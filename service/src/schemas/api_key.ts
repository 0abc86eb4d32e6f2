import { type Static, Type } from '@sinclair/typebox';

import { scopes } from '../auth/principal';
import { Time } from './list';

const ScopeName = Type.Union(scopes.map((scope) => Type.Literal(scope)));

export const ApiKeyWanted = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    scopes: Type.Array(ScopeName, { minItems: 1, maxItems: scopes.length, uniqueItems: true }),
    expiresAt: Type.Optional(Type.String({ format: 'date-time', description: 'unset: never' })),
  },
  { additionalProperties: false },
);

export const ApiKey = Type.Object({
  id: Type.String(),
  name: Type.String(),
  scopes: Type.Array(Type.String()),
  expiresAt: Type.Optional(Time),
  createdBy: Type.String(),
  createdAt: Time,
});
export type ApiKey = Static<typeof ApiKey>;

export const NewApiKey = Type.Composite([
  ApiKey,
  Type.Object({ key: Type.String({ description: 'shown once; only its hash is kept' }) }),
]);

export const RotatedKeys = Type.Object({
  rewrapped: Type.Integer({ description: 'data keys that are sealed anew' }),
  current: Type.Integer({ description: 'data keys that were under the newest key already' }),
});

export const EraseWanted = Type.Object(
  {
    name: Type.String({
      pattern: '^(integration|sync)/[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
      description: 'whose data key: integration/ID or sync/ID',
    }),
  },
  { additionalProperties: false },
);

export const Erased = Type.Object({ erased: Type.String() });
