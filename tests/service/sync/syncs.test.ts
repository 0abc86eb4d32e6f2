// Syncs over the API: the real engine between a simulated Salesforce org and an SQLite file.
import { sqlite } from '../../e2e/support/tables';
import { startTwin, type Twin } from '../../e2e/support/twin';
import type { OpenService } from '../support/open_service';
import { accounts, fieldMappings, idle, openWithSystems, untilAt } from '../support/sync_systems';

jest.setTimeout(60_000);

const records = 500;
/** More than one answer of the org holds, so that a run over them can be met in its middle. */
const contacts = 3_000;
let twin: Twin;
let open: OpenService;

beforeAll(async () => {
  twin = await startTwin(['--objects', `Account=${records},Contact=${contacts}`, '--seed', '5']);
});
afterAll(() => twin.stop());
beforeEach(async () => {
  open = await openWithSystems(twin);
});
afterEach(async () => {
  await twin.clearFaults();
  await open.close();
});

/** The status of a sync, once it is as wanted. */
const until = (id: string, wanted: (status: any) => boolean) => untilAt(open, `/api/sync/status/${id}`, wanted);

test('a batch sync without a schedule runs once, and its status tells what happened', async () => {
  const started = await open.post('/api/sync/start', accounts());
  expect(started.status).toBe(202);
  const { id } = started.body;
  expect(started.headers['location']).toBe(`/api/sync/status/${id}`);
  const status = await until(id, idle);
  expect(status).toMatchObject({
    id,
    status: 'stopped',
    mode: 'batch',
    statistics: { recordsSynced: records, errors: 0 },
    counts: { read: records, written: records, created: records },
    run: { status: 'succeeded', mode: 'full' },
    guaranteeClass: 'A',
    nextRunAt: null,
    linked: records,
  });
  expect(Date.parse(status.statistics.lastSyncTime)).not.toBeNaN();
  expect(status.quota).toMatchObject({ used: expect.any(Number), max: expect.any(Number) });
  expect(sqlite(open.file('warehouse.db'), 'SELECT count(*) FROM accounts')).toBe(String(records));
});

test('the same request again is no second sync; another one under the same id is refused', async () => {
  const request = accounts({ id: 'acc' });
  expect((await open.post('/api/sync/start', request)).body).toEqual({ id: 'acc', warnings: [] });
  await until('acc', idle);
  expect((await open.post('/api/sync/start', request)).status).toBe(202);
  const other = await open.post('/api/sync/start', accounts({ id: 'acc' }, { targetObject: 'others' }));
  expect([other.status, other.body.code]).toEqual([409, 'already-exists']);
  expect((await open.get('/api/sync')).body.items).toHaveLength(1);
});

test('what is wrong is said before anything is stored, with the place', async () => {
  const places = async (request: object): Promise<string[]> => {
    const answer = await open.post('/api/sync/start', request);
    expect(answer.status).toBe(answer.body.code === 'invalid-request' ? 400 : 422);
    return answer.body.errors.map(({ pointer }: { pointer: string }) => pointer);
  };
  expect(await places({ id: 'new', mode: 'batch' })).toEqual(['/sourceId', '/targetId', '/config']);
  expect(await places(accounts({ sourceId: 'nowhere' }))).toEqual(['/sourceId']);
  expect(await places(accounts({}, { schedule: '99 * * * *' }))).toEqual(['/config/schedule']);
  expect(await places(accounts({ mode: 'realtime' }, { schedule: '* * * * *' }))).toEqual(['/config/schedule']);
  const fallible = [{ source: 'A', target: 'b', transformation: { type: 'format', params: { number: { round: 2 } } } }];
  const [place] = await places(accounts({}, { fieldMappings: fallible }));
  expect(place).toMatch(/^\/config\/fieldMappings\/0/);
  expect(await places(accounts({}, { mapping: { id: 'm' } }))).toEqual(['/config']);
  const conflicts = {
    rules: { nobody: { rule: 'max' }, 'a.b/c': { rule: 'max' } },
    groups: [['nothing', 'nothing too']],
  };
  expect(await places(accounts({}, { conflictResolution: 'merge', conflicts }))).toEqual([
    '/config/conflicts/rules/a.b~1c',
    '/config/conflicts/rules/nobody',
    '/config/conflicts/groups/0',
    '/config/conflicts/groups/0',
  ]);
  const oneWay = [{ source: 'Id', target: 'id', direction: 'to_target' }];
  expect(await places(accounts({}, { direction: 'two_way', fieldMappings: oneWay }))).toEqual([
    '/config/fieldMappings',
  ]);
  expect((await open.get('/api/sync')).body.items).toEqual([]);
});

test('a scheduled sync waits for its time, and makes up for missed times with one run', async () => {
  await open.post(
    '/api/sync/start',
    accounts({ id: 'nightly' }, { schedule: { cron: '0 3 * * *', timeZone: 'Europe/Vienna' } }),
  );
  const waiting = (await open.get('/api/sync/status/nightly')).body;
  expect(waiting).toMatchObject({ status: 'running', activity: 'waiting', run: null });
  expect(new Date(waiting.nextRunAt).getUTCMinutes()).toBe(0);
  open.aheadMs = 5 * 24 * 3_600_000;
  await open.service.context.supervisor.wake();
  const status = await until('nightly', ({ run, activity }) => run !== null && activity === 'waiting');
  expect(status.run.status).toBe('succeeded');
  expect(Date.parse(status.nextRunAt)).toBeGreaterThan(Date.now() + open.aheadMs);
  await open.service.context.supervisor.wake();
  expect((await open.get('/api/runs?syncId=nightly')).body.items).toHaveLength(1);
});

test('a realtime sync polls: what changes in the org arrives without a call', async () => {
  const started = await open.post(
    '/api/sync/start',
    accounts({ id: 'live', mode: 'realtime' }, { pollSeconds: 1, events: ['AccountChangeEvent'] }),
  );
  expect(started.body.warnings).toEqual([expect.stringContaining('polled')]);
  await until('live', ({ run }) => run?.status === 'succeeded');
  await twin.mutate({ object: 'Account', update: 7, seed: 9 });
  const status = await until('live', ({ statistics }) => statistics.recordsSynced === records + 7);
  expect(status).toMatchObject({ status: 'running', mode: 'realtime' });
  expect((await open.post('/api/sync/stop', { id: 'live' })).status).toBe(202);
  expect(await until('live', idle)).toMatchObject({ status: 'stopped', nextRunAt: null });
});

test('a stop lets the page in flight commit; a start goes on where it stopped', async () => {
  await twin.faults({ kind: 'slow', match: 'ORDER BY', after: 1, count: 1, delayMs: 3_000 });
  const names = [
    { source: 'Id', target: 'id' },
    { source: 'LastName', target: 'name' },
  ];
  const ofContacts = { sourceObject: 'Contact', targetObject: 'contacts', fieldMappings: names, batchSize: 200 };
  await open.post('/api/sync/start', accounts({ id: 'con' }, ofContacts));
  await until('con', ({ counts }) => counts.read >= 200);
  await open.post('/api/sync/stop', { id: 'con' });
  const stopped = await until('con', ({ activity }) => activity === 'idle');
  expect(stopped).toMatchObject({ status: 'stopped', run: { status: 'stopped' } });
  expect(stopped.counts.read).toBeLessThan(contacts);
  await open.post('/api/sync/start', { id: 'con' });
  const ended = await until('con', ({ run, activity }) => activity === 'idle' && run.status === 'succeeded');
  expect(ended.run.id).toBe(stopped.run.id);
  expect(ended.counts).toMatchObject({ read: contacts, created: contacts });
  expect(ended.statistics.recordsSynced).toBe(contacts);
});

test('a run under way is told as events, and Last-Event-ID goes on where a reader left', async () => {
  await open.post('/api/sync/start', accounts({ id: 'acc' }, { batchSize: 100 }));
  await until('acc', idle);
  const [{ id: runId }] = (await open.get('/api/runs')).body.items;
  const all = await open.get(`/api/runs/${runId}/events`);
  expect(all.headers['content-type']).toBe('text/event-stream');
  const events = eventsIn(all.text);
  expect(events.map(({ name }) => name)).toEqual([...Array(records / 100).fill('progress'), 'end']);
  expect(events.at(-1)!.data).toMatchObject({ status: 'succeeded', read: records });
  const rest = await open.get(`/api/runs/${runId}/events`, { headers: { 'last-event-id': events[2]!.id } });
  expect(eventsIn(rest.text)).toEqual(events.slice(3));
  expect((await open.get('/api/runs/999999/events')).status).toBe(404);
});

test('runs are listed newest first, page by page', async () => {
  await open.post('/api/sync/start', accounts({ id: 'acc' }));
  await until('acc', idle);
  for (let runs = 2; runs <= 3; runs += 1) {
    await open.post('/api/sync/acc/run', {});
    await until('acc', ({ activity, run }) => activity === 'idle' && run.id === runs);
  }
  const first = (await open.get('/api/runs?limit=2')).body;
  expect(first.items.map(({ id }: any) => id)).toEqual([3, 2]);
  const second = (await open.get(`/api/runs?limit=2&cursor=${first.next}`)).body;
  expect(second).toEqual({ items: [expect.objectContaining({ id: 1, syncId: 'acc', mode: 'full' })] });
});

test('a sync is changed by PUT, with If-Match, and the next run goes by it', async () => {
  await open.post('/api/sync/start', accounts({ id: 'acc' }));
  await until('acc', idle);
  const before = await open.get('/api/sync/acc');
  const etag = before.headers['etag'];
  const fewer = accounts({}, { fieldMappings: fieldMappings.slice(0, 2) });
  const changed = await open.put('/api/sync/acc', fewer, { headers: { 'if-match': etag } });
  expect([changed.status, changed.body.version]).toEqual([200, Number(before.body.version) + 1]);
  const wrong = await open.put('/api/sync/acc', accounts({}, { conflicts: { rules: { id: { rule: 'authority' } } } }));
  expect(wrong.body).toMatchObject({ status: 422, errors: [{ pointer: '/config/conflicts/rules/id/side' }] });
  const late = await open.put('/api/sync/acc', accounts(), { headers: { 'if-match': etag } });
  expect([late.status, late.body.currentVersion]).toEqual([412, changed.body.version]);
  expect((await open.get('/api/sync/acc', { headers: { 'if-none-match': changed.headers['etag'] } })).status).toBe(304);
});

test('a stored mapping is pinned: a newer version waits until somebody says so', async () => {
  const mapping = { id: 'm', name: 'M', fieldMappings: fieldMappings.slice(0, 2) };
  expect((await open.post('/api/mappings', mapping)).status).toBe(201);
  const request = accounts({ id: 'acc' }, { fieldMappings: undefined, mapping: { id: 'm' } });
  expect((await open.post('/api/sync/start', request)).status).toBe(202);
  expect((await open.get('/api/sync/acc')).body.config.mapping).toEqual({ id: 'm', version: 1 });
  await until('acc', idle);
  expect(sqlite(open.file('warehouse.db'), `SELECT group_concat(name) FROM pragma_table_info('accounts')`)).toBe(
    'id,name',
  );
});

test('a sync that runs is not deleted; one that is stopped goes with all that was known of it', async () => {
  await open.post('/api/sync/start', accounts({ id: 'live', mode: 'realtime' }));
  const refused = await open.delete('/api/sync/live');
  expect([refused.status, refused.body.code]).toEqual([409, 'in-use']);
  await open.post('/api/sync/stop', { id: 'live' });
  await until('live', ({ activity }) => activity === 'idle');
  expect((await open.delete('/api/integrations/crm')).status).toBe(409);
  expect((await open.delete('/api/sync/live')).status).toBe(204);
  expect((await open.get('/api/sync/live')).status).toBe(404);
  expect((await open.get('/api/runs')).body.items).toEqual([]);
});

test('a login that is refused shows in the status, and nothing of it is a secret', async () => {
  const integration = (await open.get('/api/integrations/crm')).body;
  await open.put('/api/integrations/crm', {
    name: integration.name,
    type: 'salesforce',
    config: { loginUrl: twin.url, authentication: { clientId: 'twin-client', clientSecret: 'planted-wrong' } },
  });
  await open.post('/api/sync/start', accounts({ id: 'acc' }));
  const status = await until('acc', ({ errors }) => errors !== undefined);
  expect(status).toMatchObject({ status: 'error', errors: [{ message: expect.any(String), retryable: false }] });
  expect(status.statistics.errors).toBe(1);
  expect(JSON.stringify(status) + open.log.join('')).not.toContain('planted-wrong');
  await open.post('/api/sync/stop', { id: 'acc' });
  expect((await open.get('/api/sync/status/acc')).body.status).toBe('stopped');
});

test('a record that was refused is listed, and tried again by itself', async () => {
  const strict = [...fieldMappings.slice(0, 2), { source: 'Phone', target: 'phone', required: true }];
  await open.post('/api/sync/start', accounts({ id: 'acc' }, { fieldMappings: strict }));
  const status = await until('acc', idle);
  expect(status.rejectedNow).toBeGreaterThan(0);
  const { items, next } = (await open.get('/api/rejected?syncId=acc&limit=1')).body;
  expect(items[0]).toMatchObject({ syncId: 'acc', field: 'phone', attempts: 1 });
  expect(next === undefined).toBe(status.rejectedNow === 1);
  await open.post(`/api/rejected/${items[0].id}/replay`, { syncId: 'acc' });
  const after = await until('acc', ({ run, activity }) => activity === 'idle' && run.mode === 'replay');
  expect(after.counts).toMatchObject({ read: 1, rejected: 1 });
  expect((await open.get('/api/rejected?syncId=acc&limit=1')).body.items[0].attempts).toBe(2);
  expect((await open.post('/api/rejected/999999/replay', { syncId: 'acc' })).status).toBe(404);
});

interface Event {
  id: string;
  name: string;
  data: any;
}

function eventsIn(text: string): Event[] {
  const blocks = text.split('\n\n').filter((block) => block.startsWith('id: '));
  return blocks.map((block) => {
    const [id, name, data] = block.split('\n').map((line) => line.slice(line.indexOf(': ') + 2));
    return { id: id!, name: name!, data: JSON.parse(data!) };
  });
}
