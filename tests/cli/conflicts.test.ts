import type { SyncFile } from '../../lib';
import { hold } from '../e2e/support/held_conflicts';
import { sqlite } from '../e2e/support/tables';
import { Workspace } from '../e2e/support/workspace';

jest.setTimeout(120_000);

let workspace: Workspace;
beforeEach(() => (workspace = new Workspace()));
afterEach(() => workspace.remove());

/** People of one file into another one. */
function peopleSync(): SyncFile {
  const source = workspace.path('source.db');
  sqlite(source, "CREATE TABLE people (id TEXT PRIMARY KEY, name TEXT); INSERT INTO people VALUES ('1', ' ada ');");
  return {
    id: 'people',
    source: { type: 'sqlite', config: { path: source } },
    target: { type: 'sqlite', config: { path: workspace.target, createTable: true } },
    sourceObject: 'people',
    targetObject: 'persons',
    fieldMappings: [
      { source: 'id', target: 'id', required: true },
      { source: 'name', target: 'name', transformation: { type: 'format', params: { trim: true } } },
    ],
  };
}

test('conflicts are listed, by state', async () => {
  const sync = peopleSync();
  const file = workspace.write('people.json', sync);
  expect((await workspace.plain('conflicts', file)).stdout).toBe('no conflicts\n');
  const [open, closed] = hold(workspace.home, 'people', [
    { key: 'a' },
    { key: 'b', state: 'closed', outcome: 'settled' },
  ]) as [number, number];
  hold(workspace.home, 'another', [{ key: 'a' }]);
  const { stdout } = await workspace.plain('conflicts', file);
  expect(stdout).toContain(`${open}: a, both_differ, open, since 2026-01-01T00:00:00.000Z\n`);
  expect(stdout).toContain('  name: source "s", target "t", before "b"\n');
  expect(stdout).toContain('  last changed in the source by the login of this sync\n');
  expect(stdout).not.toContain('settled');
  const ids = async (...more: string[]) =>
    ((await workspace.command('conflicts', sync, ...more)).json['conflicts'] as { id: number }[]).map(({ id }) => id);
  expect(await ids()).toEqual([open]);
  expect(await ids('--state', 'closed')).toEqual([closed]);
  expect(await ids('--state', 'all')).toEqual([open, closed]);
});

test('a conflict is decided, whole or by field', async () => {
  const sync = peopleSync();
  const file = workspace.write('people.json', sync);
  await workspace.plain('conflicts', file);
  const ids = hold(workspace.home, 'people', [{ key: 'a' }, { key: 'b', fields: ['name', 'a=b'] }]).map(String);
  const [whole, fields] = ids as [string, string];
  const done = await workspace.plain('decide', file, whole, '--take', 'source', '--json');
  expect(done.code).toBe(0);
  expect(done.json).toMatchObject({
    state: 'decided',
    decision: { take: 'source' },
    actor: expect.stringMatching(/^cli:/),
  });
  const split = await workspace.plain(
    'decide',
    file,
    fields,
    '--field',
    'name=target',
    '--field',
    'a=b=source',
    '--json',
  );
  expect(split.json).toMatchObject({ decision: { fields: { name: 'target', 'a=b': 'source' } } });
});

test('what the rules of the file settle is decided, and the rest stays open', async () => {
  const conflicts = { rules: { name: { rule: 'authority' as const, side: 'target' as const } } };
  const file = workspace.write('people.json', { ...peopleSync(), conflictResolution: 'merge', conflicts });
  await workspace.plain('conflicts', file);
  const [a, b] = hold(workspace.home, 'people', [{ key: 'a' }, { key: 'b', fields: ['name', 'phone'] }]);
  const done = await workspace.plain('decide', file, '--rules');
  expect(done.code).toBe(0);
  expect(done.stdout).toBe(
    `${a}: a, decided: name: "target"\n${b}: b, not decided: the rules do not settle phone\n` +
      '2 open: 1 decided, 1 left, 0 moved meanwhile\n',
  );
  const again = await workspace.plain('decide', file, '--rules', '--json');
  expect(again.json).toEqual({ looked: 1, decided: 0, moved: 0, left: 1 });
  const { stdout } = await workspace.plain('conflicts', file, '--state', 'decided');
  expect(stdout).toContain(`${a}: a, both_differ, decided: {"fields":{"name":"target"}} by cli:`);
});

test('a decision that cannot be is refused with the reason', async () => {
  const sync = peopleSync();
  const file = workspace.write('people.json', sync);
  await workspace.plain('conflicts', file);
  const [id] = hold(workspace.home, 'people', [{ key: 'a' }]).map(String) as [string];
  const [foreign] = hold(workspace.home, 'another', [{ key: 'a' }]).map(String) as [string];
  const refusal = async (...words: string[]) => {
    const { code, stderr } = await workspace.plain('decide', file, ...words);
    expect(code).toBe(1);
    return stderr;
  };
  expect(await refusal()).toContain('--rules');
  expect(await refusal(id, '--rules')).toContain('leave out the id');
  expect(await refusal(id)).toContain('take');
  expect(await refusal(id, '--take', 'both')).toContain('source, target');
  expect(await refusal(id, '--field', 'name')).toContain('NAME=source');
  expect(await refusal('first', '--take', 'source')).toContain('"first" is no number');
  expect(await refusal(foreign, '--take', 'source')).toContain('is of sync "another"');
});

test('a record is explained: both sides, the link, each step', async () => {
  const sync = peopleSync();
  const file = workspace.write('people.json', sync);
  await workspace.plain('run', file);
  const { json, code } = await workspace.plain('explain', file, '1', '--json');
  expect(code).toBe(0);
  expect(json).toMatchObject({ key: '1', side: 'source', link: { targetKey: '1' } });
  const { stdout } = await workspace.plain('explain', file, '1');
  expect(stdout).toContain('  name: "ada", in the target "ada"\n    name: " ada "\n    trim: "ada"\n');
  expect((await workspace.plain('explain', file, '99')).stderr).toContain('there is no record "99"');
});
