import swagger from '@fastify/swagger';
import { type TSchema, Type } from '@sinclair/typebox';
import type { FastifySchema } from 'fastify';

import type { RouteScope } from '../auth/principal';
import { scopes } from '../auth/principal';
import type { App, Context } from '../context';
import { ProblemSchema } from '../schemas/problem';

const apiVersion = '1.0.0';
const description =
  'Keeps systems in step. Errors are problem+json (RFC 9457). A POST may carry an Idempotency-Key. ' +
  'What can change has an ETag and takes If-Match. Lists have cursors.';

/** The document of the API, made from the schemas of the routes: GET /openapi.json. */
export async function addOpenApi(app: App, context: Context): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Data Sync', version: apiVersion, description, license: { name: 'MIT', identifier: 'MIT' } },
      components: { securitySchemes: securitySchemes(context) },
    },
    transform: ({ schema, url, route }) => {
      const methods = [route.method].flat();
      const scope = route.config?.scope;
      return { schema: withConventions(schema, methods, scope, context), url };
    },
    transformObject: (found) => {
      const document = 'openapiObject' in found ? found.openapiObject : found.swaggerObject;
      return withProblems(document as unknown as OpenApiDocument);
    },
  });
  const schema = { hide: true };
  app.get('/openapi.json', { schema, config: { scope: 'public' } }, (_request, reply) => {
    void reply.type('application/json').serializer(JSON.stringify).send(app.swagger());
  });
}

interface OpenApiDocument {
  paths: Record<string, Record<string, { responses: Record<string, object> }>>;
  components: { schemas?: Record<string, object>; responses?: Record<string, object> };
}

type SecuritySchemes = Record<
  string,
  { type: 'apiKey'; in: 'header'; name: string; description: string } | OpenIdScheme
>;
type OpenIdScheme = { type: 'openIdConnect'; openIdConnectUrl: string; description: string };

function securitySchemes({ settings: { auth } }: Context): SecuritySchemes {
  const description = 'a key made by POST /api/keys';
  const schemes: SecuritySchemes = { apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description } };
  if (!auth) return schemes;
  const openIdConnectUrl = `${auth.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const text = `an access token for ${auth.audience} with scopes out of ${scopes.join(', ')}`;
  return { ...schemes, accessToken: { type: 'openIdConnect', openIdConnectUrl, description: text } };
}

const postHeaders = Type.Object({
  'Idempotency-Key': Type.Optional(
    Type.String({ minLength: 1, maxLength: 255, description: 'a repeat with the same key and body changes nothing' }),
  ),
});
const changeHeaders = Type.Object({
  'If-Match': Type.Optional(Type.String({ description: 'the ETag that was read; 412 if it is no longer current' })),
});

/** Adds to each operation what plugins do for it: its scope, and the headers it understands. */
function withConventions(
  schema: FastifySchema,
  methods: string[],
  scope: RouteScope | undefined,
  { settings }: Context,
): FastifySchema {
  const needed = scope === undefined || scope === 'public' ? [] : [scope];
  const security: Record<string, string[]>[] = needed.length === 0 ? [] : [{ apiKey: [] }];
  if (settings.auth && needed.length > 0) security.push({ accessToken: needed });
  const note = needed.length === 0 ? 'Open to everybody.' : `Needs the scope \`${needed.join()}\`.`;
  const headers: TSchema | undefined = methods.includes('POST')
    ? postHeaders
    : methods.some((method) => method === 'PUT' || method === 'DELETE')
      ? changeHeaders
      : undefined;
  const said = schema.description === undefined ? note : `${schema.description} ${note}`;
  return { ...schema, security, description: said, ...(headers && { headers }) };
}

/** Every operation may answer with a problem, and one that reads with 304. */
function withProblems(document: OpenApiDocument): OpenApiDocument {
  document.components.schemas = { ...document.components.schemas, Problem: ProblemSchema };
  document.components.responses = {
    Problem: {
      description: 'What went wrong',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  };
  for (const operations of Object.values(document.paths)) {
    for (const operation of Object.values(operations)) {
      operation.responses['default'] = { $ref: '#/components/responses/Problem' };
    }
    if (operations['get']) operations['get'].responses['304'] = { description: 'The caller has it as it is' };
  }
  return document;
}
