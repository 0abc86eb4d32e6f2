import { type Static, Type } from '@sinclair/typebox';
import type { FastifyRequest } from 'fastify';

import { mayUse } from '../auth/principal';
import type { BookDocument, Engine, MappedRecord, Mapping } from '../../../lib';
import type { App, Context } from '../context';
import { cursorAt, placeOf } from '../cursor';
import { newId, syncsWhere } from '../integrations/integration_document';
import * as versions from '../mappings/mapping_book';
import { masked } from '../mappings/masking';
import { answeredUnchanged, atRevision, etagOf } from '../plugins/conditional';
import { pointerOf, Problem } from '../problem';
import { IdParams, ListOf, ListQuery, listLimitDefault } from '../schemas/list';
import * as shapes from '../schemas/mapping';
import { isRevisionConflict } from '../sync/change';

const tags = ['mappings'];
const writing = { scope: 'integrations:write' } as const;
const nameOf = (id: string) => ({ kind: versions.mappingKind, id, what: 'mapping' });

/** Field mappings that syncs share. A version never changes; a change makes a new one. */
export function mappingRoutes(app: App, context: Context): void {
  addReading(app, context);
  addCreating(app, context);
  addChanging(app, context);
  addPreview(app, context);
}

function addReading(app: App, { engine }: Context): void {
  const config = { scope: 'sync:read' } as const;
  app.get(
    '/api/mappings',
    {
      config,
      schema: {
        operationId: 'listMappings',
        summary: 'All mappings in their newest versions, by id',
        tags,
        querystring: ListQuery({}),
        response: { 200: ListOf(shapes.Mapping) },
      },
    },
    async ({ query }) => {
      const after = placeOf('mappings', 'string', query.cursor);
      const { heads, next } = await versions.listHeads(engine, after, query.limit ?? listLimitDefault);
      const items = heads.map(({ id, body }) => versions.mappingOf(id, body, body.version));
      return { items, next: next === undefined ? undefined : cursorAt('mappings', next) };
    },
  );
  app.get(
    '/api/mappings/:id',
    {
      config,
      schema: {
        operationId: 'getMapping',
        summary: 'One mapping, in its newest version or an older one',
        tags,
        params: IdParams,
        querystring: shapes.VersionQuery,
        response: { 200: shapes.Mapping },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { head, found } = await versions.readVersion(engine, id, request.query.version);
      if (answeredUnchanged(request, reply, head.revision)) return reply;
      return versions.mappingOf(id, found, head.body.version);
    },
  );
}

function addCreating(app: App, { engine, now }: Context): void {
  app.post(
    '/api/mappings',
    {
      config: writing,
      schema: {
        operationId: 'createMapping',
        summary: 'Adds a mapping, if it compiles',
        tags,
        body: shapes.MappingWanted,
        response: { 201: shapes.Mapping },
      },
    },
    async (request, reply) => {
      const { id = newId(request.body.name), ...rest } = request.body;
      const content = contentOf(rest);
      await demandCompiles(engine, content);
      try {
        const made = await versions.addVersion(engine, id, content, { actor: request.principal.id, now: now() });
        void reply.code(201).headers({ location: `/api/mappings/${id}`, etag: etagOf(made.revision) });
        return versions.mappingOf(id, made.body, made.body.version);
      } catch (thrown) {
        if (isRevisionConflict(thrown)) throw Problem.at('/id', `the id "${id}" is taken`, 'already-exists');
        throw thrown;
      }
    },
  );
}

function addChanging(app: App, { engine, now }: Context): void {
  app.put(
    '/api/mappings/:id',
    {
      config: writing,
      schema: {
        operationId: 'replaceMapping',
        summary: 'Adds a version; syncs keep the one they were saved with',
        tags,
        params: IdParams,
        body: shapes.MappingChange,
        response: { 200: shapes.Mapping },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const content = contentOf(request.body);
      await demandCompiles(engine, content);
      const actor = request.principal.id;
      const made = await atRevision<versions.MappingHead, BookDocument<versions.MappingHead>>(
        request,
        engine,
        nameOf(id),
        (before) => versions.addVersion(engine, id, content, { before, actor, now: now() }),
      );
      void reply.header('etag', etagOf(made.revision));
      return versions.mappingOf(id, made.body, made.body.version);
    },
  );
  app.delete(
    '/api/mappings/:id',
    {
      config: writing,
      schema: {
        operationId: 'deleteMapping',
        summary: 'Removes a mapping with all of its versions',
        tags,
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await remove(engine, request, request.params.id);
      return reply.code(204).send(null);
    },
  );
}

/** The schema gives transformation types that a sync file knows as well, steps in a list included. */
function contentOf(wanted: Static<typeof shapes.MappingChange>): versions.MappingContent {
  const { name, description, fieldMappings, validation, tests } = wanted;
  return {
    name,
    ...(description !== undefined && { description }),
    fieldMappings,
    ...(validation && { validation }),
    ...(tests && { tests }),
  };
}

async function remove(engine: Engine, request: FastifyRequest, id: string): Promise<void> {
  await atRevision<versions.MappingHead, undefined>(request, engine, nameOf(id), async (head) => {
    const users = await syncsWhere(engine.book, ({ config }) => config?.mapping?.id === id);
    if (users.length > 0) {
      throw new Problem('in-use', `syncs use it: ${users.slice(0, 10).join(', ')}; remove them first`);
    }
    await versions.removeMapping(engine, head, request.principal.id);
    return undefined;
  });
}

/** @throws Problem that lists every fault the compiler found, with its place and fix. */
async function demandCompiles(engine: Engine, { fieldMappings, validation, tests }: Mapping): Promise<void> {
  const { diagnostics } = await engine.previewMapping({ fieldMappings, validation, tests, records: [] });
  const [first] = diagnostics;
  if (!first) return;
  const errors = diagnostics.map(({ path, reason, fix }) => ({
    pointer: pointerOf(path),
    in: 'body' as const,
    detail: fix === '' ? reason : `${reason}; ${fix}`,
  }));
  throw new Problem('invalid', `the mapping does not compile: ${first.path}: ${first.reason}`, { errors });
}

function addPreview(app: App, { engine }: Context): void {
  app.post(
    '/api/mappings/:id/preview',
    {
      config: { scope: 'sync:read', sensitive: true },
      schema: {
        operationId: 'previewMapping',
        summary: 'What the mapping makes of sample records and of its own tests; nothing is written',
        tags,
        params: IdParams,
        body: shapes.PreviewWanted,
        response: { 200: shapes.Preview },
      },
    },
    async ({ params, body, principal }) => {
      const { found } = await versions.readVersion(engine, params.id, body.version);
      const { fieldMappings, validation, tests: own, version } = found;
      const preview = await engine.previewMapping({
        fieldMappings,
        validation,
        tests: own,
        records: body.records ?? [],
      });
      const [fault] = preview.diagnostics;
      if (fault) throw new Problem('conflict', `version ${version} no longer compiles: ${fault.reason}`);
      const hidden = mayUse(principal, 'admin') ? [] : preview.personal;
      const { warnings, tests } = preview;
      return {
        version,
        masked: hidden,
        records: preview.records.map((one) => shown(one, hidden)),
        warnings,
        tests: tests.map(({ got, ...test }) => ({ ...test, got: shown(got, hidden) })),
      };
    },
  );
}

/** The reason of a rejection tells no value of a marked field; the engine sees to that. */
function shown(one: MappedRecord, hidden: string[]): MappedRecord {
  return 'output' in one ? { output: masked(one.output, hidden) } : one;
}
