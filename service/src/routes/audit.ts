import { Type } from '@sinclair/typebox';

import type { App, Context } from '../context';
import { cursorAt, placeOf } from '../cursor';
import { ListOf, ListQuery, Time } from '../schemas/list';

const tags = ['audit'];
const config = { scope: 'admin' } as const;
const filterCharactersMax = 300;
const Filter = (description: string) => Type.Optional(Type.String({ maxLength: filterCharactersMax, description }));

const AuditEntry = Type.Object({
  number: Type.Integer(),
  at: Time,
  actor: Type.String({ description: 'key:ID, token:SUBJECT, engine, service' }),
  action: Type.String({ description: 'integration.create, credential.use, ...' }),
  subject: Type.String({ description: 'kind/id of what it was done to' }),
  detail: Type.Record(Type.String(), Type.Unknown()),
  hash: Type.String({ description: 'over this entry and the hash before' }),
});

const Verified = Type.Object({
  ok: Type.Boolean(),
  entries: Type.Integer(),
  brokenAt: Type.Optional(Type.Integer({ description: 'number of the first entry that does not fit' })),
});

/** Who did what, and which credential was used when. Entries are chained by hashes, so that none can be changed. */
export function auditRoutes(app: App, { engine }: Context): void {
  app.get(
    '/api/audit',
    {
      config,
      schema: {
        operationId: 'listAudit',
        summary: 'The audit log in its order',
        tags,
        querystring: ListQuery({
          subject: Filter('kind/id'),
          actor: Filter('who'),
          action: Filter('what'),
          since: Type.Optional(Type.String({ format: 'date-time' })),
        }),
        response: { 200: ListOf(AuditEntry) },
      },
    },
    async ({ query: { cursor, ...filters } }) => {
      const after = placeOf('audit', 'number', cursor);
      const { entries, next } = await engine.audit.list({ ...filters, after });
      return { items: entries, next: next === undefined ? undefined : cursorAt('audit', next) };
    },
  );
  app.get(
    '/api/audit/verify',
    {
      config,
      schema: {
        operationId: 'verifyAudit',
        summary: 'Checks the chain of the whole audit log',
        tags,
        response: { 200: Verified },
      },
    },
    () => engine.audit.verify(),
  );
}
