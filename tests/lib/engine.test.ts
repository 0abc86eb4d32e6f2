import { Engine, EngineError, type EngineEvent, type RunReport } from '../../lib';
import { until } from '../e2e/support/processes';
import { sqlite } from '../e2e/support/tables';
import { startTwin, type Twin } from '../e2e/support/twin';
import { salesforce, Workspace } from '../e2e/support/workspace';

jest.setTimeout(120_000);

const accounts = 5_000;
/** Rows that the org gives in one call. */
const pageRows = 2_000;

let twin: Twin;
let workspace: Workspace;
let engines: Engine[];
let events: EngineEvent[];

beforeAll(async () => {
  twin = await startTwin(['--objects', `Account=${accounts},Contact=100`, '--seed', '12']);
});
afterAll(() => twin.stop());

beforeEach(() => {
  workspace = new Workspace();
  engines = [];
  events = [];
});
afterEach(async () => {
  await twin.clearFaults();
  await twin.control('POST', 'options', { bulkUnsupported: [] });
  await Promise.all(engines.map((engine) => engine.close()));
  workspace.remove();
});

function open(options: ConstructorParameters<typeof Engine>[0] = {}): Engine {
  const engine = new Engine({ home: workspace.home, allowLoopback: true, ...options }, (event) => events.push(event));
  engines.push(engine);
  return engine;
}

async function errorOf(promise: Promise<unknown>): Promise<EngineError> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(EngineError);
  return thrown as EngineError;
}

/** Starts a run that waits at its second call for rows. */
async function runThatWaits(engine: Engine): Promise<Promise<RunReport>[]> {
  await twin.resetCalls();
  await twin.faults({ kind: 'slow', match: 'ORDER BY', after: 1, count: 1, delayMs: 4_000 });
  const running = engine.run(workspace.accountsSync(twin));
  await until('the slow page', async () => (await twin.stats()).faultsFired['slow'] === 1);
  return [running];
}

test('a run is a promise of its report, with progress on the way that closes at every step', async () => {
  const report = await open().run(workspace.accountsSync(twin));
  expect(report).toMatchObject({ status: 'succeeded', read: accounts, created: accounts, guaranteeClass: 'A' });
  const progress = events.filter((event) => event.type === 'progress');
  expect(progress.length).toBeGreaterThanOrEqual(accounts / 200);
  let read = 0;
  for (const one of progress) {
    expect(one).toMatchObject({ syncId: 'accounts', runId: report.runId, phase: 'read' });
    expect(one.read).toBe(one.written + one.unchanged + one.filtered + one.rejected + one.in_review + one.superseded);
    expect(one.read).toBeGreaterThanOrEqual(read);
    read = one.read;
  }
  expect(read).toBe(accounts);
});

test('a report tells what the org said of its quota and where the time went; metrics tell it meanwhile', async () => {
  const engine = open();
  const [running] = await runThatWaits(engine);
  const during = await engine.metrics();
  expect(during).toMatchObject({ runsActive: 1, syncs: [{ syncId: 'accounts', active: true }] });
  expect(during.syncs[0]!.apiCalls).toBeGreaterThan(0);
  const report = await running!;
  expect(report.quota!.max).toBeGreaterThan(report.quota!.used);
  expect(report.quota!.used).toBeGreaterThan(0);
  // The second page came four seconds late.
  expect(report.phases.fetch).toBeGreaterThan(3);
  expect(await engine.metrics()).toMatchObject({
    runsActive: 0,
    syncs: [{ runId: report.runId, quota: report.quota, phases: report.phases }],
  });
});

test('the whole life of a sync works through one engine', async () => {
  const engine = open();
  const sync = workspace.accountsSync(twin);
  expect(await engine.test(sync)).toMatchObject({ source: { ok: true }, target: { ok: true } });
  expect((await engine.plan(sync)).created).toBe(accounts);
  expect((await engine.schema(sync)).target).toBeNull();
  await engine.run(sync);
  expect((await engine.schema(sync)).target?.fields.map((field) => field.name)).toEqual(['id', 'name', 'phone']);
  expect(await engine.status('accounts')).toMatchObject([{ status: 'succeeded', linked: accounts }]);
  expect(await engine.rejected('accounts')).toEqual([]);
  await engine.forget(sync);
  expect(await engine.status()).toEqual([]);
});

test('stop() commits the page in flight, and the next run goes on behind it', async () => {
  const engine = open();
  const [running] = await runThatWaits(engine);
  expect(await engine.stop('accounts')).toEqual({ stopping: true });
  const stopped = await running!;
  expect(stopped.status).toBe('stopped');
  expect(sqlite(workspace.target, 'SELECT count(*) FROM accounts;')).toBe(String(stopped.created));
  expect(await engine.stop('accounts')).toEqual({ stopping: false });

  const resumed = await engine.run(workspace.accountsSync(twin));
  expect(resumed).toMatchObject({ status: 'succeeded', resumed: true, created: accounts, unchanged: 0 });
});

test('close() during a run stops it after its page, and another engine goes on', async () => {
  const engine = open();
  const [running] = await runThatWaits(engine);
  await engine.close();
  expect((await running!).status).toBe('stopped');
  expect(await open().run(workspace.accountsSync(twin))).toMatchObject({ status: 'succeeded', resumed: true });
});

test('close() twice is the same as once, and everything after it is refused', async () => {
  const engine = open();
  await Promise.all([engine.close(), engine.close()]);
  await engine.close();
  const error = await errorOf(engine.run(workspace.accountsSync(twin)));
  expect(error.kind).toBe('cancelled');
  expect(error.message).toMatch(/closed/);
});

test('two engines run two syncs over one state at once', async () => {
  const contacts = workspace.accountsSync(twin, {
    id: 'contacts',
    sourceObject: 'Contact',
    targetObject: 'contacts',
    batchSize: 10,
    target: { type: 'sqlite', config: { path: workspace.path('contacts.db'), createTable: true } },
  });
  const reports = await Promise.all([open().run(workspace.accountsSync(twin)), open().run(contacts)]);
  expect(reports.map((report) => [report.status, report.created])).toEqual([
    ['succeeded', accounts],
    ['succeeded', 100],
  ]);
});

test('two engines do not run one sync at once, nor does one engine twice', async () => {
  const [engine, other] = [open(), open()];
  const [running] = await runThatWaits(engine);
  const sync = workspace.accountsSync(twin);
  for (const refused of [engine, other]) {
    const error = await errorOf(refused.run(sync));
    expect(error.kind).toBe('conflict');
    expect(error.message).toContain('accounts');
  }
  expect((await running!).status).toBe('succeeded');
});

test('one engine runs several syncs side by side', async () => {
  const engine = open();
  const names = ['a', 'b', 'c', 'd'];
  const syncs = names.map((id) =>
    workspace.accountsSync(twin, {
      id,
      target: { type: 'sqlite', config: { path: workspace.path(`${id}.db`), createTable: true } },
    }),
  );
  const reports = await Promise.all(syncs.map((sync) => engine.run(sync)));
  expect(reports.map((report) => report.syncId)).toEqual(names);
  expect(reports.every((report) => report.status === 'succeeded' && report.created === accounts)).toBe(true);
});

test('runOnSchedule() waits until it is stopped', async () => {
  const engine = open();
  const scheduled = engine.runOnSchedule(workspace.accountsSync(twin, { schedule: '0 0 1 1 *' }));
  await until('the schedule', async () => (await engine.stop('accounts')).stopping);
  await scheduled;
});

describe('an error', () => {
  test('has the kind, and names the field that is to blame', async () => {
    const engine = open();
    const invalid = await errorOf(engine.run({ ...workspace.accountsSync(twin), batchSize: 0 }));
    expect(invalid).toMatchObject({ name: 'EngineError', kind: 'invalid' });
    expect(invalid.message).toContain('batchSize');

    const unauthorized = await errorOf(
      engine.run(workspace.accountsSync(twin, { source: salesforce(twin, { clientSecret: 'wrong-secret' }) })),
    );
    expect(unauthorized).toMatchObject({ kind: 'unauthorized', code: 'invalid_client', field: 'clientSecret' });
    expect(unauthorized.message).not.toContain('wrong-secret');

    const nowhere = await errorOf(
      engine.schema(workspace.accountsSync(twin, { source: salesforce(twin, { loginUrl: 'http://127.0.0.1:1' }) })),
    );
    expect(nowhere.kind).toBe('unavailable');
  });

  test('of a run under way is in its report', async () => {
    // Where a bulk job can read the rest, a timeout is no failure.
    await twin.control('POST', 'options', { bulkUnsupported: ['Account'] });
    await twin.faults({ kind: 'query_timeout', match: 'ORDER BY', after: 1, count: 100 });
    const report = await open().run(workspace.accountsSync(twin));
    expect(report).toMatchObject({ status: 'failed', error: { code: 'QUERY_TIMEOUT' } });
    expect(report.created).toBeGreaterThan(0);
    expect(report.created).toBeLessThanOrEqual(pageRows);
  });

  test('of wrong options is thrown by the constructor', () => {
    const wrong = [{ workers: 0 }, { workers: 10_000 }, { encryptionKeys: ['short'] }, { logLevel: 'loud' as 'info' }];
    for (const options of wrong) {
      let thrown: unknown;
      try {
        open(options);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(EngineError);
      expect(thrown).toMatchObject({ kind: 'invalid', message: expect.stringContaining(Object.keys(options)[0]!) });
    }
  });
});

test('this machine and private networks are closed to connectors unless the options open them', async () => {
  const error = await errorOf(open({ allowLoopback: false }).schema(workspace.accountsSync(twin)));
  expect(error.message).toMatch(/127\.0\.0\.1|loopback/);
  expect((await twin.stats()).byRoute['POST /services/oauth2/token'] ?? 0).toBeLessThan(1_000);
});
