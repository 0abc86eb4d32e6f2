// Services that die, restart and share a store: real processes, the real engine, a simulated Salesforce org.
import { freshDatabase, dropDatabase, postgres, sqlite } from '../e2e/support/tables';
import { temporaryFolder } from '../e2e/support/processes';
import { startTwin, type Twin } from '../e2e/support/twin';
import { RunningService } from './support/running_service';

jest.setTimeout(120_000);

const records = 4_000;
const postgresUrl = process.env['DATA_SYNC_TEST_PG'];
let twin: Twin;
let folder: ReturnType<typeof temporaryFolder>;
const services: RunningService[] = [];

beforeAll(async () => {
  twin = await startTwin(['--objects', `Account=${records}`, '--seed', '23']);
});
afterAll(() => twin.stop());
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  await twin.clearFaults();
  await Promise.all(services.splice(0).map((service) => service.kill()));
  folder.remove();
});

const file = () => `${folder.path}/warehouse.db`;

async function start(env: Record<string, string> = {}, key?: string): Promise<RunningService> {
  const home = `${folder.path}/state`;
  const service = await RunningService.start({ home, env: { ALLOWED_FOLDERS: folder.path, ...env } }, key);
  services.push(service);
  return service;
}

async function connect(service: RunningService, target: object): Promise<void> {
  const authentication = { clientId: 'twin-client', clientSecret: 'twin-secret' };
  const crm = { id: 'crm', name: 'CRM', type: 'salesforce', config: { loginUrl: twin.url, authentication } };
  await service.post('/api/integrations', crm);
  await service.post('/api/integrations', { id: 'warehouse', name: 'Warehouse', ...target });
}

const request = (id: string, more: object = {}) => ({
  id,
  sourceId: 'crm',
  targetId: 'warehouse',
  mode: 'batch',
  ...more,
  config: {
    sourceObject: 'Account',
    targetObject: `accounts_${id}`,
    fieldMappings: [
      { source: 'Id', target: 'id' },
      { source: 'Name', target: 'name' },
    ],
    batchSize: 200,
    ...(more as { config?: object }).config,
  },
});

/** The second answer of the org comes late, so that there is time to do something to the service meanwhile. */
async function inTheMiddle(service: RunningService, id: string): Promise<void> {
  await twin.faults({ kind: 'slow', match: 'ORDER BY', after: 1, count: 1, delayMs: 3_000 });
  await service.post('/api/sync/start', request(id));
  await service.until(`/api/sync/status/${id}`, ({ counts }) => counts.read >= 200);
}

const succeeded = ({ run, activity }: any) => activity === 'idle' && run?.status === 'succeeded';

test.each(['kill', 'stop'] as const)(
  'after a %s in the middle of a run it goes on by itself at the next start',
  async (end) => {
    const first = await start();
    await connect(first, { type: 'sqlite', config: { path: file(), createTable: true } });
    await inTheMiddle(first, 'one');
    const { run } = await first.get('/api/sync/status/one');
    await first[end]();
    expect(Number(sqlite(file(), 'SELECT count(*) FROM accounts_one'))).toBeLessThan(records);

    const second = await start({}, first.key);
    const status = await second.until('/api/sync/status/one', succeeded);
    expect(status.run.id).toBe(run.id);
    expect(status.counts).toMatchObject({ read: records, rejected: 0, updated: 0 });
    expect(Number(status.counts.created) + Number(status.counts.unchanged)).toBe(records);
    expect(sqlite(file(), 'SELECT count(*) FROM accounts_one')).toBe(String(records));
    expect((await second.get('/api/runs')).items).toHaveLength(1);
    expect(await second.get('/api/audit/verify')).toMatchObject({ ok: true });
    expect(await second.stop()).toEqual({ code: 0, signal: null });
  },
);

test('a service that was told to stop answers what is under way, ends streams, and leaves with 0', async () => {
  const service = await start();
  await connect(service, { type: 'sqlite', config: { path: file(), createTable: true } });
  await inTheMiddle(service, 'one');
  const { run } = await service.get('/api/sync/status/one');
  const stream = service.text(`/api/runs/${run.id}/events`);
  const page = service.get('/api/sync');
  await page;
  expect(await service.stop()).toEqual({ code: 0, signal: null });
  expect(await stream).toContain('event: progress');
});

const withServer = postgresUrl ? test : test.skip;

withServer(
  'two services over one database run each sync once at a time, and one takes over from one that died',
  async () => {
    const url = freshDatabase(postgresUrl!, 'two_services');
    const env = {
      DATABASE_URL: url,
      CLAIM_SECONDS: '6',
      ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
      ALLOW_PRIVATE: 'true',
    };
    const [one, other] = [await start(env)].concat(await start(env, services[0]!.key)) as [
      RunningService,
      RunningService,
    ];
    await connect(one, {
      type: 'postgresql',
      config: { createTable: true, authentication: { connectionString: url } },
    });
    const ids = ['a', 'b', 'c', 'd'];
    for (const id of ids)
      await one.post('/api/sync/start', request(id, { mode: 'realtime', config: { pollSeconds: 1 } }));
    const polled = (statuses: any[]) => statuses.every(({ run }) => run?.mode === 'incremental');
    const statusOf = (service: RunningService) => Promise.all(ids.map((id) => service.get(`/api/sync/status/${id}`)));
    await eventually(async () => polled(await statusOf(other)));
    for (const id of ids) expect(postgres(url, `SELECT count(*) FROM accounts_${id}`)).toBe(String(records));
    expect(await overlapping(other)).toEqual([]);

    // The service that is in the middle of a run dies; the other one goes on with that very run.
    await one.post('/api/sync/stop', { id: 'a' });
    for (const id of ids) await one.post('/api/sync/stop', { id });
    await eventually(async () => (await statusOf(other)).every(({ activity }) => activity === 'idle'));
    await inTheMiddle(one, 'e');
    const { run } = await other.get('/api/sync/status/e');
    const owner = ownerOf(url, 'e');
    const [dead, alive] = owner === one.pid ? [one, other] : [other, one];
    await dead.kill();
    const status = await alive.until('/api/sync/status/e', succeeded);
    expect(status.run.id).toBe(run.id);
    expect(Number(status.counts.created) + Number(status.counts.unchanged)).toBe(records);
    expect(postgres(url, 'SELECT count(*) FROM accounts_e')).toBe(String(records));
    expect(await overlapping(alive)).toEqual([]);
    await alive.stop();
    dropDatabase(postgresUrl!, 'two_services');
  },
);

/** Pairs of runs of one sync that were under way at the same time. */
async function overlapping(service: RunningService): Promise<string[]> {
  const { items } = await service.get('/api/runs?limit=1000');
  const found: string[] = [];
  for (const [index, run] of items.entries()) {
    const older = items.slice(Number(index) + 1).find(({ syncId }: any) => syncId === run.syncId);
    if (older && (older.endedAt ?? '9') > run.startedAt) found.push(`${run.syncId}: ${older.id} and ${run.id}`);
  }
  return found;
}

/** Process that has claimed the sync. */
function ownerOf(url: string, id: string): number {
  const body = JSON.parse(
    postgres(url, `SELECT body FROM data_sync.document WHERE kind = 'sync_state' AND id = '${id}'`),
  );
  return Number(body.claim.owner.split(':')[1]);
}

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}
