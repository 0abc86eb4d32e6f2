/** The control endpoints under /__twin: they steer and inspect the simulation and are no part of Salesforce. */
import { faultFrom } from '../faults/fault';
import { json, jsonBody, type Reply, type Request } from '../http/message';
import type { Route } from '../http/router';
import { isObject } from '../json';
import { changeOptions } from '../options';
import { jsonWriter } from '../soql/text';
import type { Table } from '../store/table';
import type { Twin } from '../twin';
import { changeSchema, type SchemaChange } from './schema_change';
import { Mutator, type Mutation } from './mutate';

const NDJSON = 'application/x-ndjson';
const mutators = new WeakMap<object, Mutator>();

/** Bad orders answer 400 with the reason. */
function order(work: (body: unknown, twin: Twin) => unknown): (request: Request, twin: Twin) => Reply {
  return (request, twin) => {
    try {
      return json(work(jsonBody(request), twin) ?? { ok: true });
    } catch (error) {
      return json({ error: (error as Error).message }, 400);
    }
  };
}

function stats(_request: Request, { stats, org, faults }: Twin): Reply {
  const { apiCalls, tokenCalls, byRoute, byStatus, byClient, faultsFired, concurrentMax } = stats;
  const rows = Object.fromEntries(org.all().map((table) => [table.schema.name, liveRows(table)]));
  return json({
    apiCalls,
    effects: org.ledger.counts('api'),
    byRoute,
    tokenCalls,
    byStatus,
    byClient,
    faultsFired,
    concurrentMax,
    mutations: org.ledger.counts('mutate'),
    rows,
    faultsArmed: faults.list().length,
    clock: org.clock.now(),
  });
}

function liveRows(table: Table): number {
  let live = 0;
  for (let row = 0; row < table.size; row++) if (table.isLive(row)) live++;
  return live;
}

function* dumpLines(table: Table): Generator<string> {
  const writers = table.schema.fields.map((f) => ({ name: JSON.stringify(f.name), write: jsonWriter(table, f) }));
  for (let row = 0; row < table.size; row++) {
    if (table.exists(row)) yield `{${writers.map(({ name, write }) => `${name}:${write(row)}`).join(',')}}\n`;
  }
}

const dump = (request: Request, { org }: Twin): Reply => ({
  status: 200,
  type: NDJSON,
  body: dumpLines(org.table(request.params.object!)),
});

const ledger = (request: Request, { org }: Twin): Reply => ({
  status: 200,
  type: NDJSON,
  body: org.ledger.lines(request.query.get('object')),
});

const armFaults = order((body, { faults, sessions, org }) => {
  const orders = Array.isArray(body) ? (body as unknown[]) : [body];
  const armed = orders.map((one) => faultFrom(isObject(one as never) ? (one as Record<string, unknown>) : {}));
  for (const fault of armed) {
    if (fault.kind === 'expire_tokens' && fault.match === '' && fault.after === 0) sessions.expireAll();
    else if (fault.kind === 'rotate_refresh_token') org.options.rotateRefreshToken = true;
    else faults.arm(fault);
  }
  return { armed: faults.list().length };
});

const clearFaults = order((_body, { faults }) => {
  faults.clear();
});

const moveClock = order((body, { org }) => {
  const { advanceSeconds } = body as { advanceSeconds?: unknown };
  if (typeof advanceSeconds !== 'number') throw new Error('advanceSeconds must be a number');
  org.clock.advance(advanceSeconds);
  return { now: new Date(org.clock.milliseconds()).toISOString() };
});

const mutate = order((body, { org }) => {
  let mutator = mutators.get(org);
  if (!mutator) mutators.set(org, (mutator = new Mutator(org)));
  return mutator.run(body as Mutation);
});

const schema = order((body, { org }) => {
  changeSchema(org, body as SchemaChange);
});

const options = order((body, { org }) => {
  changeOptions(org.options, body as Record<string, unknown>);
});

const resetStats = order((_body, twin) => {
  twin.stats.reset();
});

function jwtKey(_request: Request, { jwt }: Twin): Reply {
  return jwt.privatePem === null
    ? json({ error: 'the twin was started with a public key of its own' }, 404)
    : { status: 200, type: 'application/x-pem-file', body: jwt.privatePem };
}

export const controlRoutes: Route[] = [
  { method: 'GET', pattern: '/__twin/stats', handler: stats },
  { method: 'DELETE', pattern: '/__twin/stats', handler: resetStats },
  { method: 'GET', pattern: '/__twin/dump/:object', handler: dump },
  { method: 'GET', pattern: '/__twin/ledger', handler: ledger },
  { method: 'POST', pattern: '/__twin/mutate', handler: mutate },
  { method: 'POST', pattern: '/__twin/faults', handler: armFaults },
  { method: 'DELETE', pattern: '/__twin/faults', handler: clearFaults },
  { method: 'POST', pattern: '/__twin/clock', handler: moveClock },
  { method: 'POST', pattern: '/__twin/schema', handler: schema },
  { method: 'POST', pattern: '/__twin/options', handler: options },
  { method: 'GET', pattern: '/__twin/jwt-key', handler: jwtKey },
];
