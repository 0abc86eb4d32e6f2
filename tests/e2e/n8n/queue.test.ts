import * as path from 'node:path';
import { pathToFileURL } from 'node:url';

import { expectPostgresEqualsOrg } from '../support/compare';
import { projectFolder, temporaryFolder } from '../support/processes';
import { dropDatabase, freshDatabase, postgres } from '../support/tables';
import { startTwin, type Twin } from '../support/twin';
import { postgresLogin } from './support/databases';
import {
  byName,
  clientCredentials,
  clientLogin,
  n8nServices,
  nodeTypes,
  mapped,
  tarball,
  webhook,
} from './support/host';

const server = process.env['DATA_SYNC_TEST_PG']!;
const databases = ['n8n_queue', 'n8n_queue_state', 'n8n_queue_target'];
const accounts = 5000;

const cleanUp: (() => void | Promise<void>)[] = [];
let n8n: Awaited<ReturnType<Awaited<ReturnType<typeof n8nServices>>['start']>>;
let worker: { log: () => string };
let twin: Twin;
let target: string;
let credentials: Record<string, { id: string; name: string }>;

beforeAll(async () => {
  const script = path.join(projectFolder, 'scripts', 'services', 'redis.mjs');
  const { start: startRedis } = (await import(pathToFileURL(script).href)) as {
    start: () => Promise<{ url: string; stop: () => Promise<void> }>;
  };
  const redis = await startRedis();
  cleanUp.unshift(redis.stop);
  const [main, state, out] = databases.map((name) => freshDatabase(server, name));
  cleanUp.unshift(() => databases.forEach((name) => dropDatabase(server, name)));
  target = out!;
  twin = await startTwin(['--objects', `Account=${accounts}`]);
  cleanUp.unshift(() => twin.stop());
  const home = temporaryFolder();
  cleanUp.unshift(() => home.remove());
  const env = { ...queueSettings(redis.url, main!), DATABASE_URL: state! };
  const { start, startWorker } = await n8nServices();
  n8n = await start({ tarball: tarball(), userFolder: home.path, env });
  cleanUp.unshift(n8n.stop);
  const started = await startWorker({ userFolder: home.path, env });
  cleanUp.unshift(started.stop);
  worker = started;
  credentials = {
    [clientCredentials]: await n8n.credential(clientCredentials, clientLogin(twin)),
    postgres: await n8n.credential('postgres', postgresLogin(target)),
  };
}, 600_000);

afterAll(async () => {
  for (const step of cleanUp) await step();
});

function queueSettings(redisUrl: string, databaseUrl: string): Record<string, string> {
  const redis = new URL(redisUrl);
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  return {
    EXECUTIONS_MODE: 'queue',
    QUEUE_BULL_REDIS_HOST: redis.hostname,
    QUEUE_BULL_REDIS_PORT: redis.port,
    QUEUE_BULL_REDIS_PASSWORD: redis.password,
    DB_TYPE: 'postgresdb',
    DB_POSTGRESDB_HOST: hostname,
    DB_POSTGRESDB_PORT: port,
    DB_POSTGRESDB_USER: username,
    DB_POSTGRESDB_PASSWORD: password,
    DB_POSTGRESDB_DATABASE: pathname.slice(1),
  };
}

function sync(table: string) {
  return {
    name: 'Sync',
    type: nodeTypes.sync,
    credentials,
    parameters: {
      authentication: 'clientCredentials',
      operation: 'run',
      direction: 'fromSalesforce',
      database: 'postgresql',
      object: byName('Account'),
      table: byName(table),
      fields: mapped({ Id: 'id', Name: 'name', Phone: 'phone' }, 'Id'),
      options: {},
    },
  };
}

it('runs a sync in the worker, into PostgreSQL by the credential of n8n, with its state in PostgreSQL', async () => {
  const id = await n8n.workflow('in the worker', [webhook('worker'), sync('accounts')]);
  await n8n.activate(id);
  const { body } = await n8n.webhook('worker');
  expect(body).toEqual([expect.objectContaining({ status: 'succeeded', created: accounts })]);
  expect(worker.log()).toMatch(/Worker started execution/);
  const columns: [string, string][] = [
    ['Id', 'id'],
    ['Name', 'name'],
    ['Phone', 'phone'],
  ];
  await expectPostgresEqualsOrg(twin, 'Account', target, 'accounts', columns);
  const { syncId } = body[0] as { syncId: string };
  const state = server.replace(/[^/]*$/, 'n8n_queue_state');
  expect(postgres(state, "SELECT string_agg(table_schema, ',') FROM information_schema.tables")).toBeTruthy();
  const again = await n8n.webhook('worker');
  expect(again.body).toEqual([expect.objectContaining({ syncId, mode: 'incremental', written: 0 })]);
});

it('refuses a second run of the same sync, in another process, while the first one is busy', async () => {
  const start = { name: 'Start', type: 'n8n-nodes-base.manualTrigger' };
  await twin.faults({ kind: 'slow', match: 'ORDER BY', after: 1, delayMs: 4000 });
  const inWorker = await n8n.workflow('first', [webhook('first'), sync('shared_table')]);
  await n8n.activate(inWorker);
  const first = n8n.webhook('first');
  await n8n.until('the first run', async () => (await twin.stats()).faultsFired['slow']);
  const inMain = await n8n.workflow('second', [start, sync('shared_table')]);
  const second = await n8n.finished(await n8n.runAsEditor(inMain, 'Start'));
  expect(second.status).toBe('error');
  expect(second.data.resultData.error.description).toMatch(/Another run of this sync is active/);
  expect((await first).body).toEqual([expect.objectContaining({ status: 'succeeded', created: accounts })]);
  expect(Number(postgres(target, 'SELECT count(*) FROM shared_table'))).toBe(accounts);
});
