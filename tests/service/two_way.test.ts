// A conflict from its making to the undo of its decision, over the API and two database files.
import { sqlite } from '../e2e/support/tables';
import { OpenService, sqliteIntegration } from './support/open_service';
import { untilAt } from './support/sync_systems';

let open: OpenService;
beforeAll(async () => {
  open = await OpenService.create();
  for (const id of ['left', 'right']) await open.post('/api/integrations', sqliteIntegration(open, id));
  await open.service.start();
});
afterAll(() => open.close());

const name = (side: string) => sqlite(open.file(`${side}.db`), 'SELECT name FROM people WHERE id = 1;');
const rename = (side: string, to: string) =>
  sqlite(open.file(`${side}.db`), `UPDATE people SET name = '${to}' WHERE id = 1;`);

/** That many runs have succeeded, and none is under way. */
async function runs(count: number): Promise<void> {
  const done = (body: any) => body.items.filter((run: any) => run.status === 'succeeded').length >= count;
  await untilAt(open, '/api/runs?syncId=people', done);
  await untilAt(open, '/api/sync/status/people', (status) => status.activity === 'idle');
}

test('a decision is carried out, and its undo brings the values from before back', async () => {
  sqlite(
    open.file('left.db'),
    "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO people VALUES (1, 'a');",
  );
  sqlite(open.file('right.db'), 'CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);');
  const fieldMappings = ['id', 'name'].map((field) => ({ source: field, target: field, required: field === 'id' }));
  const config = {
    sourceObject: 'people',
    targetObject: 'people',
    direction: 'two_way',
    conflictResolution: 'manual',
    fieldMappings,
  };
  await open.post('/api/sync/start', { id: 'people', sourceId: 'left', targetId: 'right', mode: 'batch', config });
  await runs(1);
  rename('left', 'b');
  rename('right', 'c');
  await open.post('/api/sync/people/run', {});
  await runs(2);
  const [conflict] = (await open.get('/api/conflicts?syncId=people&state=open')).body.items;
  expect(conflict).toMatchObject({ kind: 'both_differ', fields: ['name'] });
  expect([name('left'), name('right')]).toEqual(['b', 'c']);

  const { id, sourceHash, targetHash } = conflict;
  await open.post(`/api/conflicts/${id}/resolve`, { take: 'target', sourceHash, targetHash });
  await runs(3);
  expect((await open.get(`/api/conflicts/${id}`)).body).toMatchObject({ state: 'closed', outcome: 'applied' });
  expect([name('left'), name('right')]).toEqual(['c', 'c']);

  expect((await open.post(`/api/conflicts/${id}/undo`)).body).toMatchObject({ state: 'decided' });
  await runs(4);
  expect((await open.get(`/api/conflicts/${id}`)).body).toMatchObject({ state: 'closed', outcome: 'undone' });
  expect([name('left'), name('right')]).toEqual(['b', 'c']);

  const told = (await open.get('/api/records/1/explain?syncId=people')).body;
  expect(told.pair).toMatchObject({ sourceKey: '1', targetKey: '1', deleted: false });
  const nameTold = told.fields.find((field: any) => field.target === 'name');
  expect(nameTold).toMatchObject({
    from: 'b',
    mapped: 'b',
    inTarget: 'c',
    base: 'a',
    state: 'both_differ',
    decidedBy: { conflict: id, outcome: 'undone' },
  });
  expect(told.conflicts.map((one: any) => one.id)).toContain(id);
}, 60_000);

test('a plan shows what both sides get, and applied it does that and no more', async () => {
  sqlite(open.file('left.db'), "INSERT INTO people VALUES (2, 'from the left');");
  sqlite(open.file('right.db'), "INSERT INTO people VALUES (3, 'from the right');");
  const { id } = (await open.post('/api/plans', { syncId: 'people' })).body;
  const planned = await untilAt(open, `/api/plans/${id}`, (plan) => plan.status !== 'planning');
  expect(planned.error).toBeUndefined();
  expect(planned.counts).toMatchObject({ created: 2 });
  const actions = planned.differences.map(({ key, action }: any) => [key, action]);
  expect(actions).toEqual(
    expect.arrayContaining([
      ['2', 'create target'],
      ['3', 'create source'],
    ]),
  );
  sqlite(open.file('left.db'), "INSERT INTO people VALUES (4, 'after the plan');");
  await open.post(`/api/plans/${id}/apply`);
  const applied = await untilAt(open, `/api/plans/${id}`, (plan) => plan.status !== 'applying');
  expect(applied.applied.counts).toMatchObject({ created: 2, superseded: 1 });
  const ids = (side: string) => sqlite(open.file(`${side}.db`), 'SELECT id FROM people ORDER BY id;').split('\n');
  expect([ids('left'), ids('right')]).toEqual([
    ['1', '2', '3', '4'],
    ['1', '2', '3'],
  ]);
}, 60_000);
