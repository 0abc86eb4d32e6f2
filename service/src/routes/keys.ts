import { Type } from '@sinclair/typebox';

import { type ApiKeyBody, apiKeyKind, createApiKey } from '../auth/api_key';
import type { BookDocument } from '../../../lib';
import type { App, Context } from '../context';
import { cursorAt, placeOf } from '../cursor';
import { Problem } from '../problem';
import * as shapes from '../schemas/api_key';
import { IdParams, ListOf, ListQuery } from '../schemas/list';

const tags = ['keys'];
const config = { scope: 'admin' } as const;

/** Keys to this API, and the keys that data is encrypted with. */
export function keyRoutes(app: App, context: Context): void {
  addReading(app, context);
  addWriting(app, context);
  addEncryptionKeys(app, context);
}

function addReading(app: App, { engine }: Context): void {
  app.get(
    '/api/keys',
    {
      config,
      schema: {
        operationId: 'listKeys',
        summary: 'All API keys, without what opens anything',
        tags,
        querystring: ListQuery({}),
        response: { 200: ListOf(shapes.ApiKey) },
      },
    },
    async ({ query }) => {
      const after = placeOf('keys', 'string', query.cursor);
      const { documents, next } = await engine.book.list<ApiKeyBody>(apiKeyKind, { after, limit: query.limit });
      return { items: documents.map(keyOf), next: next === undefined ? undefined : cursorAt('keys', next) };
    },
  );
}

function addWriting(app: App, { engine, now }: Context): void {
  app.post(
    '/api/keys',
    {
      config: { scope: 'admin', sensitive: true },
      schema: {
        operationId: 'createKey',
        summary: 'Makes an API key; this answer alone shows it',
        tags,
        body: shapes.ApiKeyWanted,
        response: { 201: shapes.NewApiKey },
      },
    },
    async ({ body, principal }, reply) => {
      if (body.expiresAt !== undefined && new Date(body.expiresAt) <= now()) {
        throw Problem.at('/expiresAt', 'the time has passed; leave it out or name a later one');
      }
      const { id, key } = await createApiKey(engine, body, principal.id);
      const document = await engine.book.get<ApiKeyBody>(apiKeyKind, id);
      if (!document) throw Problem.notFound('key', id);
      return reply.code(201).send({ ...keyOf(document), key });
    },
  );
  app.delete(
    '/api/keys/:id',
    {
      config,
      schema: {
        operationId: 'deleteKey',
        summary: 'Ends an API key at once',
        tags,
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async ({ params: { id }, principal }, reply) => {
      if (principal.id === `key:${id}`) throw new Problem('in-use', 'a key cannot delete itself; use another one');
      const audit = { actor: principal.id, action: 'api_key.delete' };
      if (!(await engine.book.delete(apiKeyKind, id, { audit }))) throw Problem.notFound('key', id);
      return reply.code(204).send(null);
    },
  );
}

function keyOf({ id, body, createdAt }: BookDocument<ApiKeyBody>): shapes.ApiKey {
  const { name, scopes, expiresAt, createdBy } = body;
  return { id, name, scopes, expiresAt, createdBy, createdAt };
}

function addEncryptionKeys(app: App, { engine }: Context): void {
  app.post(
    '/api/keys/rotate-encryption',
    {
      config,
      schema: {
        operationId: 'rotateEncryptionKeys',
        summary: 'Seals every data key anew under the first ENCRYPTION_KEY; syncs go on meanwhile',
        tags,
        response: { 200: shapes.RotatedKeys },
      },
    },
    ({ principal }) => engine.rotateKeys({ actor: principal.id, action: 'keys.rotate' }),
  );
  app.post(
    '/api/keys/erase',
    {
      config,
      schema: {
        operationId: 'eraseKey',
        summary: 'Destroys a data key: what it encrypted, backups included, can never be read again',
        tags,
        body: shapes.EraseWanted,
        response: { 200: shapes.Erased },
      },
    },
    async ({ body: { name }, principal }) => {
      const erased = await engine.eraseKey(name, { actor: principal.id, action: 'keys.erase' });
      if (!erased) throw Problem.notFound('data key', name);
      return { erased: name };
    },
  );
}
