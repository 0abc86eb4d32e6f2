import * as fs from 'node:fs';

import { sqlite } from '../e2e/support/tables';
import { startTwin, type Twin } from '../e2e/support/twin';
import { Workspace } from '../e2e/support/workspace';

jest.setTimeout(120_000);

let twin: Twin;
let workspace: Workspace;

beforeAll(async () => {
  twin = await startTwin(['--objects', 'Account=500', '--seed', '8']);
});
afterAll(() => twin.stop());
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => workspace.remove());

const compared = 'read written created updated deleted unchanged filtered rejected superseded'.split(' ');
const countsOf = (report: Record<string, any>) => Object.fromEntries(compared.map((key) => [key, report[key]]));

test('a plan of a first run makes no table and no file, and says what the run then does', async () => {
  const sync = workspace.accountsSync(twin);
  const plan = await workspace.command('plan', sync);
  expect(plan.code).toBe(0);
  expect(plan.json).toMatchObject({ status: 'planned', mode: 'full', read: 500, created: 500, guaranteeClass: 'A' });
  expect(fs.existsSync(workspace.target)).toBe(false);
  const run = await workspace.command('run', sync);
  expect(countsOf(plan.json)).toEqual(countsOf(run.json));
});

test('a plan of changes equals what the run then does, field by field, and writes to neither side', async () => {
  const sync = workspace.accountsSync(twin, { deletes: 'hard' });
  await workspace.command('run', sync);
  await twin.control('POST', 'clock', { advanceSeconds: 3_600 });
  const { ids } = await twin.mutate({ object: 'Account', insert: 4, update: 9, delete: 3, seed: 3, ids: true });
  const changed = ids.updated[0] as string;
  const before = sqlite(workspace.target, `SELECT phone FROM accounts WHERE id = '${changed}';`);
  const hash = sqlite(workspace.target, '.sha3sum');
  const ledger = await twin.stats();

  const plan = await workspace.command('plan', sync, '--samples', '1000');
  const again = await workspace.command('plan', sync, '--samples', '1000');
  expect(again.json).toEqual({ ...plan.json, seconds: again.json['seconds'] });
  expect(plan.json).toMatchObject({ mode: 'incremental', created: 4, updated: 9, deleted: 3 });
  expect(sqlite(workspace.target, '.sha3sum')).toBe(hash);
  expect((await twin.stats()).effects).toEqual(ledger.effects);
  const after = (await twin.dump('Account')).get(changed)!;
  const differences = plan.json['differences'] as { key: string; action: string; fields: object[] }[];
  expect(differences).toHaveLength(16);
  expect(differences.find(({ key }) => key === changed)).toEqual({
    key: changed,
    action: 'update',
    fields: [{ field: 'phone', from: before === '' ? null : before, to: after['Phone'] }],
  });

  const run = await workspace.command('run', sync);
  expect(countsOf(plan.json)).toEqual(countsOf(run.json));
  const nothing = await workspace.command('plan', sync);
  expect(nothing.json).toMatchObject({ created: 0, updated: 0, deleted: 0, differences: [] });
});

test('a plan for a person shows counts and differences', async () => {
  const file = workspace.write('accounts.json', workspace.accountsSync(twin));
  const { code, stdout } = await workspace.plain('plan', file, '--samples', '2');
  expect(code).toBe(0);
  expect(stdout).toContain('a full run would do this');
  expect(stdout).toContain(' to create, 0 to update, 0 to delete');
  expect(stdout.match(/^ {2}create 001/gm)).toHaveLength(2);
  expect(stdout).toMatch(/^ {4}name: nothing -> "/m);
});

test('a plan of a full run counts the records that are gone', async () => {
  const sync = workspace.accountsSync(twin, { deletes: 'hard' });
  await workspace.command('run', sync);
  await twin.mutate({ object: 'Account', hardDelete: 6, seed: 5 });
  const plan = await workspace.command('plan', sync, '--full');
  expect(plan.json).toMatchObject({ mode: 'full', deleted: 6, created: 0, updated: 0 });
  const run = await workspace.command('run', sync, '--full');
  expect(countsOf(plan.json)).toEqual(countsOf(run.json));
});
