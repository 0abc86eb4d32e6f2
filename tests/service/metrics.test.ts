import { type Counts, type EngineEvent, noCounts, type RunReport } from '../../lib';
import { codeLabelsMax, Metrics, syncLabelsMax } from '../../service/src/metrics';
import { lookAtStore } from '../../service/src/metrics/store_view';
import type { SyncState } from '../../service/src/sync/sync_document';
import { newSyncState } from '../../service/src/sync/sync_document';
import { startTwin } from '../e2e/support/twin';
import { OpenService, salesforceIntegration, sqliteIntegration } from './support/open_service';

const phases = { fetch: 0, map: 0, decide: 0, write: 0, commit: 0 };

function progress(runId: number, pages: number, counts: Partial<Counts>, syncId = 's'): EngineEvent {
  return { type: 'progress', syncId, runId, phase: 'read', pages, ...noCounts, ...counts };
}

function ended(runId: number, changes: Partial<RunReport>): EngineEvent {
  const report: RunReport = {
    ...noCounts,
    syncId: 's',
    runId,
    status: 'succeeded',
    mode: 'full',
    resumed: false,
    pages: 0,
    apiCalls: 0,
    seconds: 1,
    recordsPerSecond: 0,
    peakRssMb: 0,
    guaranteeClass: 'A',
    warnings: [],
    planHash: '',
    rules: [],
    phases,
    ...changes,
  };
  return { type: 'run', report };
}

/** The value of the series with exactly these labels, undefined if there is none. */
async function read(metrics: Metrics, name: string, labels: Record<string, string> = {}): Promise<number | undefined> {
  const text = await metrics.text();
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  for (const line of text.split('\n')) {
    const [, found, inside = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (found !== name) continue;
    const parts = inside === '' ? [] : inside.split(',');
    if (parts.length === wanted.length && wanted.every((part) => parts.includes(part))) return Number(value);
  }
  return undefined;
}

const written = (metrics: Metrics) => read(metrics, 'data_sync_records_total', { sync: 's', outcome: 'written' });

describe('records', () => {
  it('are counted while a run is under way, and none of them twice at its end', async () => {
    const metrics = new Metrics();
    metrics.onEvent(progress(1, 1, { read: 10, written: 8, rejected: 2 }));
    expect(await written(metrics)).toBe(8);
    metrics.onEvent(progress(1, 2, { read: 20, written: 17, rejected: 3 }));
    expect(await written(metrics)).toBe(17);
    metrics.onEvent(ended(1, { read: 25, written: 22, rejected: 3 }));
    expect(await written(metrics)).toBe(22);
    expect(await read(metrics, 'data_sync_records_total', { sync: 's', outcome: 'rejected' })).toBe(3);
    metrics.onEvent(ended(2, { read: 5, written: 5 }));
    expect(await written(metrics)).toBe(27);
  });

  it('of a run that is stopped and goes on are counted once', async () => {
    const metrics = new Metrics();
    metrics.onEvent(progress(1, 1, { written: 10 }));
    metrics.onEvent(ended(1, { status: 'stopped', written: 10 }));
    metrics.onEvent(progress(1, 2, { written: 15 }));
    metrics.onEvent(ended(1, { resumed: true, written: 20 }));
    expect(await written(metrics)).toBe(20);
  });

  it('that another process has moved are not counted here when this one goes on with its run', async () => {
    const metrics = new Metrics();
    metrics.onEvent(progress(7, 900, { written: 900_000 }));
    metrics.onEvent(progress(7, 901, { written: 901_000 }));
    metrics.onEvent(ended(7, { resumed: true, written: 902_000 }));
    expect(await written(metrics)).toBe(2_000);
  });

  it('of pages that came before the first event are counted at the end', async () => {
    const metrics = new Metrics();
    metrics.onEvent(progress(3, 5, { written: 500 }));
    metrics.onEvent(ended(3, { written: 700 }));
    expect(await written(metrics)).toBe(700);
  });
});

it('counts runs by status, and what they failed of by code', async () => {
  const metrics = new Metrics();
  const error = { kind: 'unavailable', message: '', code: '', field: '' };
  metrics.onEvent(ended(1, {}));
  metrics.onEvent(ended(2, { status: 'failed', error }));
  metrics.onEvent(ended(0, { status: 'failed', error: { ...error, code: 'UNABLE_TO_LOCK_ROW' } }));
  expect(await read(metrics, 'data_sync_runs_total', { status: 'succeeded' })).toBe(1);
  expect(await read(metrics, 'data_sync_runs_total', { status: 'failed' })).toBe(2);
  expect(await read(metrics, 'data_sync_errors_total', { code: 'unavailable' })).toBe(1);
  expect(await read(metrics, 'data_sync_errors_total', { code: 'UNABLE_TO_LOCK_ROW' })).toBe(1);
  expect(await read(metrics, 'data_sync_run_duration_seconds_count', { status: 'failed' })).toBe(2);
});

it('gives the syncs and codes beyond a limit one series together', async () => {
  const metrics = new Metrics();
  for (let n = 0; n < syncLabelsMax + 20; ++n) metrics.onEvent(progress(1, 1, { written: 1 }, `sync-${n}`));
  for (let n = 0; n < codeLabelsMax + 5; ++n) {
    const error = { kind: 'invalid', message: '', code: `CODE_${n}`, field: '' };
    metrics.onEvent(ended(n + 1, { status: 'failed', error }));
  }
  const text = await metrics.text();
  const series = (name: string) => text.split('\n').filter((line) => line.startsWith(`${name}{`)).length;
  expect(series('data_sync_records_total')).toBe((syncLabelsMax + 1) * 6);
  expect(await read(metrics, 'data_sync_records_total', { sync: 'other', outcome: 'written' })).toBe(20);
  expect(await read(metrics, 'data_sync_errors_total', { code: 'other' })).toBe(5);
});

describe('what runs cost', () => {
  const live = (runId: number, active: boolean, apiCalls: number) => {
    const sync = { syncId: 's', runId, active, pages: apiCalls, apiCalls, phases, counts: noCounts };
    return { runsActive: active ? 1 : 0, syncs: [sync] };
  };

  it('grows with the run under way and never goes back, however late the end of a run is told', async () => {
    let time = 0;
    let now = live(1, true, 10);
    const metrics = new Metrics(() => new Date((time += 60_000)));
    const book = { list: () => Promise.resolve({ documents: [] }) };
    const conflicts = { counts: () => Promise.resolve([]) };
    metrics.watchEngine({ book, conflicts, metrics: () => Promise.resolve(now) } as never);
    const calls = () => read(metrics, 'data_sync_api_calls_total', { sync: 's' });
    expect(await calls()).toBe(10);
    now = live(1, false, 14);
    expect(await calls()).toBe(10);
    metrics.onEvent(ended(1, { apiCalls: 14 }));
    expect(await calls()).toBe(14);
    now = live(2, true, 3);
    expect(await calls()).toBe(17);
    metrics.onEvent(ended(2, { apiCalls: 5 }));
    // An older look, which says that the run is still under way: some calls are told early, none twice.
    expect(await calls()).toBe(22);
    now = live(2, false, 5);
    expect(await calls()).toBe(22);
    metrics.onEvent(ended(3, { apiCalls: 4 }));
    expect(await calls()).toBe(23);
  });
});

describe('the store', () => {
  let open: OpenService;
  beforeAll(async () => (open = await OpenService.create()));
  afterAll(() => open.close());

  it('tells how far the syncs lag that are to run, and what is due and not begun', async () => {
    const { book } = open.engine;
    const now = new Date('2026-05-01T12:00:00Z');
    const state = (id: string, changes: Partial<SyncState>) =>
      book.put('sync_state', id, { ...newSyncState, desired: 'running', ...changes });
    const lastSuccess = { startedAt: '2026-05-01T11:00:00.000Z', endedAt: '2026-05-01T11:10:00.000Z' };
    const claim = { owner: 'x', until: '2026-05-01T12:00:10.000Z' };
    await state('due', { lastSuccess, due: '2026-05-01T11:58:00.000Z' });
    await state('orphan', {
      lastSuccess,
      due: '2026-05-01T11:59:00.000Z',
      claim: { ...claim, until: now.toISOString() },
    });
    await state('claimed', { lastSuccess, due: '2026-05-01T11:00:00.000Z', claim });
    await state('later', { lastSuccess, due: '2026-05-01T13:00:00.000Z' });
    await state('stopped', { lastSuccess, desired: 'stopped' });
    const view = await lookAtStore(open.engine, now);
    expect(Object.fromEntries(view.lag)).toEqual({ due: 3600, orphan: 3600, claimed: 3600, later: 3600 });
    expect([view.waiting, view.waitSeconds]).toEqual([2, 120]);
  });

  it('that does not answer is told as down, and the other metrics are there all the same', async () => {
    const metrics = new Metrics();
    const failing = () => Promise.reject(new Error('no store'));
    metrics.watchEngine({ book: { list: failing }, conflicts: { counts: failing }, metrics: failing } as never);
    expect(await read(metrics, 'data_sync_store_up')).toBe(0);
    expect(await read(metrics, 'process_start_time_seconds')).toBeGreaterThan(0);
  });
});

it('counts requests by the path of the route, whatever callers write', async () => {
  const open = await OpenService.create();
  const { metrics } = open.service.context;
  await open.get('/api/integrations/one');
  await open.get('/api/integrations/two');
  await open.get('/no/such/route');
  const count = (route: string, status: string) =>
    read(metrics, 'data_sync_http_request_duration_seconds_count', { method: 'GET', route, status });
  expect(await count('/api/integrations/:id', '404')).toBe(2);
  expect(await count('none', '404')).toBe(1);
  await open.close();
});

it('serves GET /metrics on a port of its own, and nothing else there', async () => {
  const metrics = new Metrics();
  const url = `http://127.0.0.1:${await metrics.listen('127.0.0.1', 0)}`;
  const answer = await fetch(`${url}/metrics`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, expect.stringContaining('version=0.0.4')]);
  expect(await answer.text()).toContain('# TYPE data_sync_records_total counter');
  expect((await fetch(`${url}/`)).status).toBe(404);
  expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(404);
  await metrics.close();
  await expect(fetch(`${url}/metrics`)).rejects.toThrow();
});

it('shows a real run of a sync: records, pages, calls, phases and lag', async () => {
  const twin = await startTwin(['--objects', 'Account=2500']);
  const open = await OpenService.create({ ALLOW_LOOPBACK: 'true', ENABLE_METRICS: 'true', METRICS_PORT: '0' });
  try {
    const org = salesforceIntegration('org');
    const authentication = { clientId: 'twin-client', clientSecret: 'twin-secret' };
    await open.post('/api/integrations', { ...org, config: { loginUrl: twin.url, authentication } });
    await open.post('/api/integrations', sqliteIntegration(open, 'files'));
    await open.service.start();
    const config = {
      sourceObject: 'Account',
      targetObject: 'accounts',
      fieldMappings: [
        { source: 'Id', target: 'id' },
        { source: 'Name', target: 'name' },
      ],
      schedule: '0 3 1 1 *',
    };
    const started = await open.post('/api/sync/start', { sourceId: 'org', targetId: 'files', mode: 'batch', config });
    expect([started.status, started.body]).toEqual([202, expect.anything()]);
    const sync = started.body.id as string;
    const { metrics } = open.service.context;
    await open.post(`/api/sync/${sync}/run`, {});
    for (;;) {
      const { body } = await open.get(`/api/sync/status/${sync}`);
      if (body.statistics.lastSyncTime || body.status === 'error') break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    open.aheadMs += 3_600_000;
    expect(await read(metrics, 'data_sync_records_total', { sync, outcome: 'written' })).toBe(2500);
    expect(await read(metrics, 'data_sync_runs_total', { status: 'succeeded' })).toBe(1);
    expect(await read(metrics, 'data_sync_pages_total', { sync })).toBeGreaterThanOrEqual(2);
    expect(await read(metrics, 'data_sync_api_calls_total', { sync })).toBeGreaterThanOrEqual(2);
    expect(await read(metrics, 'data_sync_page_seconds_total', { sync, phase: 'fetch' })).toBeGreaterThan(0);
    expect(await read(metrics, 'data_sync_lag_seconds', { sync })).toBeGreaterThanOrEqual(3_600);
    expect(await read(metrics, 'data_sync_sync_info', { sync, source: 'org', target: 'files', mode: 'batch' })).toBe(1);
    expect(await read(metrics, 'data_sync_quota_max', { sync })).toBeGreaterThan(0);
    expect(await read(metrics, 'data_sync_runs_active')).toBe(0);
    expect(await read(metrics, 'data_sync_store_up')).toBe(1);
  } finally {
    await open.close();
    await twin.stop();
  }
});
