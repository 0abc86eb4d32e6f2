import * as fs from 'node:fs';

import { sqlite } from '../e2e/support/tables';
import { startTwin, type Twin } from '../e2e/support/twin';
import { salesforce, Workspace } from '../e2e/support/workspace';

jest.setTimeout(120_000);

let twin: Twin;
let workspace: Workspace;

beforeAll(async () => {
  twin = await startTwin(['--objects', 'Account=50', '--seed', '10']);
});
afterAll(() => twin.stop());
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => workspace.remove());

describe('test', () => {
  test('connects to both systems and leaves no trace in them', async () => {
    const { code, json } = await workspace.command('test', workspace.accountsSync(twin));
    expect(code).toBe(0);
    expect(json).toMatchObject({ source: { ok: true }, target: { ok: true } });
    expect(json['source'].message).toContain('admin@twin.test');
    expect(fs.existsSync(workspace.target)).toBe(false);
  });

  test('says which side failed, and why', async () => {
    const sync = workspace.accountsSync(twin, { source: salesforce(twin, { clientSecret: 'wrong-secret' }) });
    const { code, json, stdout } = await workspace.command('test', sync);
    expect(code).toBe(1);
    expect(json).toMatchObject({ source: { ok: false }, target: { ok: true } });
    expect(stdout).not.toContain('wrong-secret');
    const person = await workspace.plain('test', workspace.path('accounts.json'));
    expect(person.stdout).toMatch(/^source FAILED: .*invalid/m);
    expect(person.stdout).toMatch(/^target ok: /m);
  });
});

describe('the tests of a mapping', () => {
  const tests = [
    { name: 'a name stays', input: { Id: '1', Name: 'Ada' }, expect: { name: 'Ada' } },
    { input: { Name: 'Ada' }, expect: { rejected: 'required' } },
  ];

  test('run before the systems are asked', async () => {
    const { code, json } = await workspace.command('test', workspace.accountsSync(twin, { tests }));
    expect(code).toBe(0);
    expect(json).toMatchObject({ source: { ok: true }, tests: [{ name: 'a name stays', ok: true }, { ok: true }] });
  });

  test('say what they wanted and what they got, and fail the command', async () => {
    const failing = [...tests, { input: { Id: '1', Name: 'Ada' }, expect: { rejected: 'required' } }];
    failing.push({ input: { Name: 'Ada' }, expect: { name: 'Ada' } } as never);
    const file = workspace.write('tested.json', workspace.accountsSync(twin, { tests: failing }));
    const { code, stdout } = await workspace.plain('test', file);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^test ok: a name stays\ntest ok: tests\[1\]\ntest FAILED: tests\[2\]$/m);
    expect(stdout).toMatch(/^ {2}wanted \{"rejected":"required"\}\n {2}got \{"id":"1","name":"Ada"/m);
    expect(stdout).toMatch(/^ {2}wanted \{"name":"Ada"\}\n {2}got a rejection, required: Id is missing/m);
    expect(stdout).toMatch(/^source ok: /m);
  });

  test('name the place of what is wrong with them', async () => {
    const sync = workspace.accountsSync(twin, { tests: [{ input: {} } as never] });
    const { code, stderr } = await workspace.command('test', sync);
    expect([code, stderr]).toEqual([1, expect.stringContaining('tests[0].expect: must be an object')]);
  });
});

describe('schema', () => {
  test('shows the fields of both objects, and null for a table that is still to be made', async () => {
    const sync = workspace.accountsSync(twin);
    const before = (await workspace.command('schema', sync)).json;
    expect(before['target']).toBeNull();
    expect(before['source']).toMatchObject({ object: 'Account', keyField: 'Id', versionField: 'SystemModstamp' });
    const name = (before['source'].fields as Record<string, any>[]).find((field) => field['name'] === 'Name');
    expect(name).toMatchObject({ type: 'text', nativeType: 'string', required: true, lengthMax: 255 });

    await workspace.command('run', sync);
    const after = (await workspace.command('schema', sync)).json;
    expect(after['target'].fields.map((field: any) => field.name)).toEqual(['id', 'name', 'phone']);
  });

  test('prints a line for each field', async () => {
    const file = workspace.write('accounts.json', workspace.accountsSync(twin));
    const { code, stdout } = await workspace.plain('schema', file);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^source: Account, key Id, changes by SystemModstamp$/m);
    expect(stdout).toMatch(/^ {2}Ext__c +string, unique$/m);
    expect(stdout).toContain('target: not there yet; a run creates it');
  });
});

describe('status', () => {
  test('lists the runs of one sync or of all, the newest first', async () => {
    expect((await workspace.plain('status')).stdout).toBe('no runs yet\n');
    await workspace.command('run', workspace.accountsSync(twin));
    await workspace.command('run', workspace.accountsSync(twin));
    const other = workspace.accountsSync(twin, { id: 'other', targetObject: 'others' });
    await workspace.command('run', other);

    const all = (await workspace.plain('status', '--json')).json['runs'] as Record<string, any>[];
    expect(all.map((run) => run['syncId'])).toEqual(['other', 'accounts', 'accounts']);
    const one = (await workspace.plain('status', 'accounts', '--json')).json['runs'] as Record<string, any>[];
    expect(one).toHaveLength(2);
    expect(one[0]).toMatchObject({ status: 'succeeded', mode: 'incremental', linked: 50, rejectedNow: 0 });
    expect(one[1]).toMatchObject({ status: 'succeeded', mode: 'full', read: 50, created: 50 });
    expect((await workspace.plain('status', 'accounts')).stdout).toContain('50 linked, 0 rejected now');
  });

  test('tells what a failed run failed with', async () => {
    await workspace.command('run', workspace.accountsSync(twin));
    await twin.faults({ kind: 'request_limit', match: 'ORDER BY', count: 100 });
    const failed = await workspace.command('run', workspace.accountsSync(twin), '--full');
    await twin.clearFaults();
    expect(failed.code).toBe(1);
    const [run] = (await workspace.plain('status', '--json')).json['runs'] as Record<string, any>[];
    expect(run).toMatchObject({ status: 'failed', error: expect.stringContaining('REQUEST_LIMIT_EXCEEDED') });
  });
});

test('forget drops links, runs and rejected records, and touches neither system', async () => {
  const sync = workspace.accountsSync(twin);
  await workspace.command('run', sync);
  const { code, json } = await workspace.command('forget', sync);
  expect(code).toBe(0);
  expect(json).toEqual({ forgotten: 'accounts' });
  expect((await workspace.plain('status', '--json')).json).toEqual({ runs: [] });
  expect(sqlite(workspace.target, 'SELECT count(*) FROM accounts;')).toBe('50');
  // Nothing is linked any more, so the next run finds the rows as they are.
  expect((await workspace.command('run', sync)).json).toMatchObject({ mode: 'full', read: 50, unchanged: 50 });
});

test('the state lies where --home says, else where DATA_SYNC_HOME says', async () => {
  const file = workspace.write('accounts.json', workspace.accountsSync(twin));
  await workspace.plain('--home', workspace.path('elsewhere'), 'run', file);
  expect(fs.existsSync(workspace.path('elsewhere'))).toBe(true);
  expect(fs.existsSync(workspace.home)).toBe(false);
  await workspace.plain('run', file);
  expect(fs.existsSync(workspace.home)).toBe(true);
});

test('--json stands in front of the command or behind it', async () => {
  const file = workspace.write('accounts.json', workspace.accountsSync(twin));
  expect((await workspace.plain('--json', 'run', file)).json).toMatchObject({ status: 'succeeded' });
  expect((await workspace.plain('run', '--json', file)).json).toMatchObject({ status: 'succeeded' });
});

test('help names every command, and an unknown one is refused', async () => {
  const { code, stdout } = await workspace.plain('--help');
  expect(code).toBe(0);
  for (const name of ['run', 'plan', 'test', 'schema', 'status', 'rejected', 'forget']) {
    expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
  }
  const unknown = await workspace.plain('sync-it');
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toContain("unknown command 'sync-it'");
  const bare = await workspace.plain('run');
  expect(bare.code).toBe(1);
  expect(bare.stderr).toContain("missing required argument 'file'");
});
