import { type Static, Type } from '@sinclair/typebox';

const Verdict = Type.Union(
  [Type.Literal('ok'), Type.Literal('error'), Type.Literal('timeout'), Type.Literal('not_configured')],
  { description: 'not_configured is no fault' },
);

export const Alive = Type.Object({ service: Type.Literal('ok') });

export const Readiness = Type.Object({ service: Type.Literal('ok'), database: Verdict, redis: Verdict });

export const Health = Type.Object({
  service: Type.Literal('ok'),
  database: Verdict,
  redis: Verdict,
  n8n: Verdict,
  integrations: Type.Record(
    Type.String(),
    Type.Union([Type.Literal('ok'), Type.Literal('error'), Type.Literal('untested')]),
    { description: 'by type of system: the worst of the last tests of its integrations' },
  ),
});

export type Health = Static<typeof Health>;
export type Readiness = Static<typeof Readiness>;
