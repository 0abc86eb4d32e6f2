import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from '@sinclair/typebox';

import type { BookDocument } from '../../../lib';
import type { App, Context } from '../context';
import { cursorAt, placeOf } from '../cursor';
import { demandAllowed } from '../integrations/destination';
import {
  type IntegrationBody,
  integrationKind,
  integrationOf,
  newId,
  syncsUsing,
} from '../integrations/integration_document';
import { checkedConfig, movesElsewhere, specOf } from '../integrations/settings_check';
import { answeredUnchanged, atRevision, etagOf } from '../plugins/conditional';
import { Problem } from '../problem';
import * as shapes from '../schemas/integration';
import { IdParams, ListOf, ListQuery } from '../schemas/list';
import { isRevisionConflict } from '../sync/change';

const tags = ['integrations'];
const objectsMax = 1000;
const nameOf = (id: string) => ({ kind: integrationKind, id, what: 'integration' });

const SchemaQuery = Type.Object(
  {
    object: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: 'its fields, too' })),
    search: Type.Optional(Type.String({ maxLength: 255, description: 'in names and labels' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: objectsMax, default: objectsMax })),
  },
  { additionalProperties: false },
);

/** Systems that syncs connect. Their credentials are sealed when they come in, and are in no answer. */
export function integrationRoutes(app: App, context: Context): void {
  addReading(app, context);
  addWriting(app, context);
  addTrying(app, context);
}

function addReading(app: App, { engine }: Context): void {
  const config = { scope: 'sync:read' } as const;
  app.get(
    '/api/integrations',
    {
      config,
      schema: {
        operationId: 'listIntegrations',
        summary: 'All integrations, by id',
        tags,
        querystring: ListQuery({}),
        response: { 200: ListOf(shapes.Integration) },
      },
    },
    async ({ query }) => {
      const after = placeOf('integrations', 'string', query.cursor);
      const found = await engine.book.list<IntegrationBody>(integrationKind, { after, limit: query.limit });
      const next = found.next === undefined ? undefined : cursorAt('integrations', found.next);
      return { items: found.documents.map(integrationOf), next };
    },
  );
  app.get(
    '/api/integrations/:id',
    {
      config,
      schema: {
        operationId: 'getIntegration',
        summary: 'One integration',
        tags,
        params: IdParams,
        response: { 200: shapes.Integration },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const document = await engine.book.get<IntegrationBody>(integrationKind, id);
      if (!document) throw Problem.notFound('integration', id);
      if (answeredUnchanged(request, reply, document.revision)) return reply;
      return integrationOf(document);
    },
  );
}

function addWriting(app: App, context: Context): void {
  const config = { scope: 'integrations:write' } as const;
  app.post(
    '/api/integrations',
    {
      config,
      schema: {
        operationId: 'createIntegration',
        summary: 'Adds an integration; its credentials are sealed',
        tags,
        body: shapes.IntegrationWanted,
        response: { 201: shapes.Integration },
      },
    },
    (request, reply) => create(context, request, reply, request.body),
  );
  app.put(
    '/api/integrations/:id',
    {
      config,
      schema: {
        operationId: 'replaceIntegration',
        summary: 'Changes an integration',
        tags,
        params: IdParams,
        body: shapes.IntegrationChange,
        response: { 200: shapes.Integration },
      },
    },
    (request, reply) => replace(context, request, reply, request.params.id, request.body),
  );
  app.delete(
    '/api/integrations/:id',
    {
      config,
      schema: {
        operationId: 'deleteIntegration',
        summary: 'Removes an integration, and the key of its credentials for good',
        tags,
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await remove(context, request, request.params.id);
      return reply.code(204).send(null);
    },
  );
}

async function create(
  { engine, settings, now }: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  wanted: shapes.IntegrationWanted,
): Promise<shapes.Integration> {
  const { name, type, status } = wanted;
  const id = wanted.id ?? newId(name);
  const spec = specOf(await engine.connectors(), type);
  const { config, authentication } = checkedConfig(spec, wanted.config);
  await demandAllowed(spec, { ...config, ...authentication }, settings);
  const credentials = authentication
    ? { fields: Object.keys(authentication).sort(), updatedAt: now().toISOString() }
    : { fields: [] };
  const body: IntegrationBody = { name, type, config, credentials, status: status ?? 'active' };
  const audit = { actor: request.principal.id, action: 'integration.create', detail: { type } };
  try {
    const secret = authentication && { authentication };
    const made = await engine.book.put(integrationKind, id, body, { ifRevision: 0, secret, audit });
    void reply.code(201).headers({ location: `/api/integrations/${id}`, etag: etagOf(made.revision) });
    return integrationOf(made);
  } catch (thrown) {
    if (isRevisionConflict(thrown)) throw Problem.at('/id', `the id "${id}" is taken`, 'already-exists');
    throw thrown;
  }
}

async function replace(
  { engine, settings, now }: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
  wanted: shapes.IntegrationChange,
): Promise<shapes.Integration> {
  const spec = specOf(await engine.connectors(), wanted.type);
  const { config, authentication } = checkedConfig(spec, wanted.config);
  await demandAllowed(spec, { ...config, ...authentication }, settings);
  const changed = await atRevision<IntegrationBody, BookDocument<IntegrationBody>>(
    request,
    engine,
    nameOf(id),
    ({ body: before, revision, hasSecret }) => {
      if (before.type !== wanted.type) throw Problem.at('/type', 'the type stays; make another integration');
      if (hasSecret && !authentication && movesElsewhere(spec, before.config, config)) {
        throw Problem.at('/config/authentication', 'the address is another one; give the credentials again');
      }
      const body: IntegrationBody = {
        ...before,
        name: wanted.name,
        config,
        status: wanted.status ?? before.status,
        ...(authentication && {
          credentials: { fields: Object.keys(authentication).sort(), updatedAt: now().toISOString() },
        }),
      };
      const detail = { credentials: authentication ? 'replaced' : 'kept' };
      return engine.book.put(integrationKind, id, body, {
        ifRevision: revision,
        ...(authentication && { secret: { authentication } }),
        audit: { actor: request.principal.id, action: 'integration.update', detail },
      });
    },
  );
  void reply.header('etag', etagOf(changed.revision));
  return integrationOf(changed);
}

async function remove({ engine }: Context, request: FastifyRequest, id: string): Promise<void> {
  await atRevision<IntegrationBody, boolean>(request, engine, nameOf(id), async ({ revision }) => {
    const users = await syncsUsing(engine, id);
    if (users.length > 0) {
      throw new Problem('in-use', `syncs use it: ${users.slice(0, 10).join(', ')}; remove them first`);
    }
    const audit = { actor: request.principal.id, action: 'integration.delete' };
    return engine.book.delete(integrationKind, id, { ifRevision: revision, audit });
  });
}

function addTrying(app: App, context: Context): void {
  app.post(
    '/api/integrations/:id/test',
    {
      config: { scope: 'integrations:write' },
      schema: {
        operationId: 'testIntegration',
        summary: 'Connects with the stored credentials, and keeps the result',
        tags,
        params: IdParams,
        response: { 200: shapes.IntegrationTest },
      },
    },
    (request) => test(context, request, request.params.id),
  );
  app.get(
    '/api/integrations/:id/schema',
    {
      config: { scope: 'sync:read' },
      schema: {
        operationId: 'getIntegrationSchema',
        summary: 'The objects of the system, or one of them with its fields',
        tags,
        params: IdParams,
        querystring: SchemaQuery,
        response: { 200: shapes.SystemSchema },
      },
    },
    ({ params, query }) => schemaOf(context, params.id, query),
  );
}

async function test(
  { engine, now }: Context,
  request: FastifyRequest,
  id: string,
): Promise<Static<typeof shapes.IntegrationTest>> {
  if (!(await engine.book.get(integrationKind, id))) throw Problem.notFound('integration', id);
  const { ok, message } = await engine.testConnection({ integration: id });
  const testedAt = now().toISOString();
  await atRevision<IntegrationBody, unknown>(request, engine, nameOf(id), ({ body, revision }) => {
    const status = body.status === 'inactive' ? 'inactive' : ok ? 'active' : 'error';
    const tested: IntegrationBody = { ...body, status, lastTestTime: testedAt, lastTestResult: ok };
    return engine.book.put(integrationKind, id, tested, {
      ifRevision: revision,
      audit: { actor: request.principal.id, action: 'integration.test', detail: { ok } },
    });
  });
  return { ok, message, testedAt };
}

async function schemaOf(
  { engine }: Context,
  id: string,
  { object, search, limit }: Static<typeof SchemaQuery>,
): Promise<Static<typeof shapes.SystemSchema>> {
  if (!(await engine.book.get(integrationKind, id))) throw Problem.notFound('integration', id);
  const end = { integration: id };
  if (object === undefined) {
    const objects = await engine.objects(end, { search, limit });
    return { objects: objects.map(({ name, label }) => ({ name, label, fields: [] })) };
  }
  const { object: name, keyField, versionField, fields } = await engine.describe(end, object);
  return { objects: [{ name, label: name, fields, keyField, versionField }] };
}
