// Plans over the API: what would happen, and doing exactly that.
import { sqlite } from '../../e2e/support/tables';
import { startTwin, type Twin } from '../../e2e/support/twin';
import type { OpenService } from '../support/open_service';
import { accounts, fieldMappings, idle, openWithSystems, untilAt } from '../support/sync_systems';

jest.setTimeout(60_000);

const records = 300;
let twin: Twin;
let open: OpenService;

beforeEach(async () => {
  twin = await startTwin(['--objects', `Account=${records}`, '--seed', '6']);
  open = await openWithSystems(twin);
  await open.post('/api/sync/start', accounts({ id: 'acc' }));
  await untilAt(open, '/api/sync/status/acc', idle);
});
afterEach(async () => {
  await open.close();
  await twin.stop();
});

async function plan(how: object = {}): Promise<any> {
  const made = await open.post('/api/plans', { syncId: 'acc', ...how });
  expect([made.status, made.headers['location']]).toEqual([202, `/api/plans/${made.body.id}`]);
  return untilAt(open, `/api/plans/${made.body.id}`, ({ status }) => status !== 'planning');
}

async function apply(id: string): Promise<any> {
  expect((await open.post(`/api/plans/${id}/apply`, {})).status).toBe(202);
  return untilAt(open, `/api/plans/${id}`, ({ status }) => status !== 'applying');
}

const names = () => sqlite(open.file('warehouse.db'), 'SELECT id, name FROM accounts ORDER BY id');

test('a plan shows differences field by field, and writes nothing', async () => {
  const before = names();
  await twin.mutate({ object: 'Account', update: 5, seed: 1 });
  const planned = await plan({ samples: 3 });
  expect(planned).toMatchObject({ status: 'planned', mode: 'incremental', counts: { updated: 5, created: 0 } });
  expect(planned.differences).toHaveLength(3);
  for (const { action, fields } of planned.differences) {
    expect(action).toBe('update');
    for (const { from, to } of fields) expect(from).not.toBe(to);
  }
  expect(names()).toBe(before);
});

test('an applied plan does what it showed, once', async () => {
  await twin.mutate({ object: 'Account', update: 5, seed: 2 });
  const { id } = await plan();
  expect(await apply(id)).toMatchObject({ status: 'applied', applied: { counts: { updated: 5, superseded: 0 } } });
  const again = await open.post(`/api/plans/${id}/apply`, {});
  expect([again.status, again.body.code]).toEqual([409, 'conflict']);
  await open.post('/api/sync/acc/run', {});
  const next = await untilAt(
    open,
    '/api/sync/status/acc',
    (status) => idle(status) && status.run.mode === 'incremental',
  );
  expect(next.counts).toMatchObject({ written: 0, unchanged: 5 });
});

test('what changed after the plan is left to the next run', async () => {
  await twin.mutate({ object: 'Account', update: 5, seed: 3 });
  const { id } = await plan();
  await twin.mutate({ object: 'Account', update: records, seed: 4 });
  const { applied } = await apply(id);
  expect(applied.counts.updated).toBe(0);
  expect(applied.counts.superseded).toBeGreaterThanOrEqual(5);
  await open.post('/api/sync/acc/run', { approve: true });
  const next = await untilAt(
    open,
    '/api/sync/status/acc',
    (status) => idle(status) && status.run.mode === 'incremental',
  );
  expect(next.counts).toMatchObject({ updated: records });
});

test('a plan of a sync that was changed meanwhile still does what it showed, or nothing', async () => {
  await twin.mutate({ object: 'Account', update: 5, seed: 5 });
  const { id } = await plan();
  await open.put('/api/sync/acc', accounts({}, { fieldMappings: fieldMappings.slice(0, 2) }));
  const { status, applied } = await apply(id);
  expect([status, applied.counts.updated]).toEqual(['applied', 5]);
});

test('a run that the circuit breaker holds waits for a person, and is approved by one', async () => {
  await twin.mutate({ object: 'Account', update: records, seed: 7 });
  await open.post('/api/sync/acc/run', {});
  const held = await untilAt(open, '/api/sync/status/acc', ({ activity }) => activity === 'held');
  expect(held).toMatchObject({ status: 'error', run: { status: 'held' }, nextRunAt: null });
  expect(held.errors[0].message).toMatch(/approval/);
  await open.post('/api/sync/acc/run', { approve: true });
  const after = await untilAt(
    open,
    '/api/sync/status/acc',
    (status) => idle(status) && status.run.status === 'succeeded',
  );
  expect(after.counts.updated).toBe(records);
});

test('personal data is masked wherever it is shown, and stands nowhere in the state', async () => {
  const marked = [
    fieldMappings[0],
    { source: 'Name', target: 'name', pii: true },
    { source: 'Phone', target: 'phone', pii: true, required: true },
  ];
  await open.post('/api/sync/start', accounts({ id: 'private' }, { fieldMappings: marked, targetObject: 'people' }));
  await untilAt(open, '/api/sync/status/private', idle);
  const shown = await open.get('/api/rejected?syncId=private&limit=1000');
  expect(shown.body.items.length).toBeGreaterThan(0);
  const { items } = shown.body;
  for (const { original } of items) expect(original.Name).toBe('•••');
  const known = new Map([...(await twin.dump('Account'))].map(([id, row]) => [id, String(row['Name'])]));
  const state = sqlite(`${open.settings.home}/state.db`, '.dump');
  for (const { sourceKey } of items) {
    expect(shown.text).not.toContain(known.get(sourceKey));
    expect(state).not.toContain(known.get(sourceKey));
  }
});
