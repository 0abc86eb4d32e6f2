import { sqlite } from '../e2e/support/tables';
import { errorOf, OpenEngine } from './open_engine';

let engine: OpenEngine;

beforeEach(() => {
  engine = new OpenEngine();
});
afterEach(() => engine.close());

/** A sync of five people between two files. */
function people() {
  const [from, to] = [engine.workspace.path('from.db'), engine.workspace.path('to.db')];
  const rows = [1, 2, 3, 4, 5].map((id) => `(${id}, 'name ${id}', '2026-01-01T00:00:0${id}Z')`).join(', ');
  sqlite(from, `CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, at TEXT); INSERT INTO people VALUES ${rows};`);
  sqlite(to, 'CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);');
  const file = {
    id: 'people',
    source: { type: 'sqlite', config: { path: from, versionField: 'at' } },
    target: { type: 'sqlite', config: { path: to } },
    sourceObject: 'people',
    targetObject: 'people',
    fieldMappings: [
      { source: 'id', target: 'id', required: true },
      { source: 'name', target: 'name' },
    ],
  };
  return { from, to, file };
}

test('a kept plan is applied by another engine, and what changed since is left to the next run', async () => {
  const { from, to, file } = people();
  const plan = await engine.now.plan(file, { keep: 'p1' });
  expect(plan).toMatchObject({ created: 5, effects: 5, mode: 'full' });
  sqlite(from, "UPDATE people SET name = 'changed', at = '2026-01-02T00:00:00Z' WHERE id = 2;");
  await engine.reopen();
  const report = await engine.now.apply(file, 'p1');
  expect(report).toMatchObject({ status: 'succeeded', mode: 'apply', created: 4, superseded: 1, rejected: 0 });
  expect(sqlite(to, 'SELECT group_concat(id) FROM people;')).toBe('1,3,4,5');
  expect(await engine.now.run(file)).toMatchObject({ created: 1, unchanged: 4 });
});

test('a stale or unknown plan is refused before anything happens', async () => {
  const { to, file } = people();
  await engine.now.plan(file, { keep: 'p1' });
  const other = { ...file, fieldMappings: file.fieldMappings.slice(0, 1) };
  expect(await errorOf(engine.now.apply(other, 'p1'))).toMatchObject({ kind: 'conflict', code: 'plan_stale' });
  expect(await engine.now.forgetPlan('p1')).toBe(true);
  expect(await errorOf(engine.now.apply(file, 'p1'))).toMatchObject({ code: 'plan_not_found', field: 'planId' });
  expect(sqlite(to, 'SELECT count(*) FROM people;')).toBe('0');
});

test('what the engine did last is in its metrics', async () => {
  const { file } = people();
  expect(await engine.now.metrics()).toEqual({ runsActive: 0, syncs: [] });
  const report = await engine.now.run(file);
  const { syncs } = await engine.now.metrics();
  expect(syncs).toMatchObject([{ syncId: 'people', runId: report.runId, active: false, phases: report.phases }]);
  expect(syncs[0]!.counts.created).toBe(5);
});
