import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';

import { until } from '../e2e/support/processes';
import { sqlite, sqliteRows } from '../e2e/support/tables';
import { startTwin, type Twin } from '../e2e/support/twin';
import { salesforce, Workspace } from '../e2e/support/workspace';

jest.setTimeout(120_000);

const accounts = 5_000;
const pageQuery = 'ORDER BY';

let twin: Twin;
let workspace: Workspace;

beforeAll(async () => {
  twin = await startTwin(['--objects', `Account=${accounts}`, '--seed', '5']);
}, 60_000);
afterAll(() => twin.stop());

beforeEach(() => {
  workspace = new Workspace();
});
afterEach(async () => {
  await twin.clearFaults();
  workspace.remove();
});

/** The target as the sqlite3 shell sees it against the org's true state. */
async function expectTargetEqualsOrg(): Promise<void> {
  const rows = sqliteRows(workspace.target, 'accounts', ['id', 'name', 'phone']);
  const truth = [...(await twin.dump('Account')).values()];
  expect(new Map(truth.map((row) => [row['Id'], [row['Id'], row['Name'], row['Phone']]]))).toEqual(rows);
}

test('the last line of a run holds every count, and the target equals the org', async () => {
  const { code, json } = await workspace.command('run', workspace.accountsSync(twin));
  expect(code).toBe(0);
  expect(json).toEqual({
    syncId: 'accounts',
    runId: 1,
    status: 'succeeded',
    mode: 'full',
    resumed: false,
    read: accounts,
    written: accounts,
    created: accounts,
    updated: 0,
    deleted: 0,
    unchanged: 0,
    filtered: 0,
    rejected: 0,
    in_review: 0,
    superseded: 0,
    pages: expect.any(Number),
    apiCalls: expect.any(Number),
    seconds: expect.any(Number),
    recordsPerSecond: expect.any(Number),
    peakRssMb: expect.any(Number),
    guaranteeClass: 'A',
    warnings: [],
    phases: {
      fetch: expect.any(Number),
      map: expect.any(Number),
      decide: expect.any(Number),
      write: expect.any(Number),
      commit: expect.any(Number),
    },
    quota: { used: expect.any(Number), max: expect.any(Number) },
    planHash: expect.stringMatching(/^[0-9a-f]+:[0-9a-f]+$/),
    rules: [],
    startedAt: expect.any(String),
    endedAt: expect.any(String),
  });
  expect(json['apiCalls']).toBeGreaterThan(accounts / 200);
  expect(json['peakRssMb']).toBeGreaterThan(10);
  await expectTargetEqualsOrg();
});

test('without --json a person reads the conservation law and nothing of the credentials', async () => {
  const file = workspace.write('accounts.json', workspace.accountsSync(twin));
  const { code, stdout, stderr } = await workspace.plain('run', file);
  expect(code).toBe(0);
  expect(stdout).toContain(
    '5,000 read = 5,000 written + 0 unchanged + 0 filtered + 0 rejected + 0 in_review + 0 superseded',
  );
  expect(stdout).toContain('5,000 created, 0 updated, 0 deleted');
  expect(stdout).toContain('delivery class A');
  expect(stdout + stderr).not.toContain('twin-secret');
});

test('a second run moves only what changed, and --full reads everything again', async () => {
  const sync = workspace.accountsSync(twin, { deletes: 'hard' });
  await workspace.command('run', sync);
  await twin.control('POST', 'clock', { advanceSeconds: 3_600 });
  await twin.mutate({ object: 'Account', insert: 7, update: 20, delete: 3, seed: 2 });

  const second = await workspace.command('run', sync);
  expect(second.code).toBe(0);
  expect(second.json).toMatchObject({ mode: 'incremental', created: 7, updated: 20, deleted: 3, rejected: 0 });
  await expectTargetEqualsOrg();

  const third = await workspace.command('run', sync, '--full');
  const live = (await twin.dump('Account')).size;
  expect(third.json).toMatchObject({ mode: 'full', read: live, unchanged: live, written: 0 });
});

test('exit code 2 says that records were rejected, and the others arrive', async () => {
  sqlite(workspace.target, 'CREATE TABLE accounts (id TEXT PRIMARY KEY NOT NULL, name TEXT, phone TEXT NOT NULL);');
  const { code, json } = await workspace.command('run', workspace.accountsSync(twin));
  const truth = [...(await twin.dump('Account')).values()];
  const phoneless = truth.filter((row) => row['Phone'] === null).length;
  expect(phoneless).toBeGreaterThan(0);
  expect(code).toBe(2);
  expect(json).toMatchObject({
    status: 'succeeded',
    read: truth.length,
    rejected: phoneless,
    created: truth.length - phoneless,
  });
  expect(sqlite(workspace.target, 'SELECT count(*) FROM accounts;')).toBe(String(truth.length - phoneless));
});

test('exit code 1 and a last line with every count say that a run failed', async () => {
  const source = salesforce(twin, { clientSecret: 'wrong-secret' });
  const { code, json, stderr } = await workspace.command('run', workspace.accountsSync(twin, { source }));
  expect(code).toBe(1);
  expect(json).toMatchObject({ status: 'failed', error: { kind: 'unauthorized', message: expect.any(String) } });
  const counts = ['read', 'written', 'unchanged', 'filtered', 'rejected', 'in_review', 'superseded'];
  for (const key of [...counts, 'created', 'updated', 'deleted']) expect(json).toHaveProperty(key, 0);
  for (const key of ['apiCalls', 'seconds', 'peakRssMb', 'guaranteeClass']) expect(json).toHaveProperty(key);
  expect(stderr).toContain('invalid client credentials');
  expect(stderr).not.toContain('wrong-secret');
});

describe('an interrupt', () => {
  test('lets the page in flight be committed, and the next run goes on behind it', async () => {
    await twin.resetCalls();
    // The second call for rows is slow: long enough for the signal to arrive while it is under way.
    await twin.faults({ kind: 'slow', match: pageQuery, after: 1, count: 1, delayMs: 3_000 });
    const running = workspace.start('run', workspace.accountsSync(twin));
    await until('the slow page', async () => (await twin.stats()).faultsFired['slow'] === 1);
    running.child.kill('SIGINT');
    const stopped = await running.result;
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toContain('stopping after the page in flight');
    expect(stopped.json).toMatchObject({ status: 'stopped', rejected: 0 });
    const done = stopped.json['created'] as number;
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan((await twin.dump('Account')).size);
    expect(sqlite(workspace.target, 'SELECT count(*) FROM accounts;')).toBe(String(done));

    await twin.clearFaults();
    const next = await workspace.command('run', workspace.accountsSync(twin));
    expect(next.code).toBe(0);
    // Counts are those of the whole run: nothing came twice.
    const live = (await twin.dump('Account')).size;
    expect(next.json).toMatchObject({ status: 'succeeded', resumed: true, created: live, updated: 0, unchanged: 0 });
    await expectTargetEqualsOrg();
  });

  test('that comes twice ends the process at once, whatever it waits for', async () => {
    await workspace.command('run', workspace.accountsSync(twin));
    await twin.mutate({ object: 'Account', update: 200, seed: 9 });
    // The target is locked by somebody else, so the page in flight cannot be written.
    const other = spawn('sqlite3', [workspace.target], { stdio: ['pipe', 'pipe', 'inherit'] });
    other.stdin.write('BEGIN EXCLUSIVE; SELECT 1;\n');
    await once(other.stdout, 'data');
    try {
      const running = workspace.start('run', workspace.accountsSync(twin), '--full');
      const state = path.join(workspace.home, 'state.db');
      await until('a page that is about to be written', () => sqlite(state, 'SELECT * FROM intent LIMIT 1;') !== '');
      running.child.kill('SIGINT');
      await until('the first word', () => running.stderr().includes('stopping'));
      running.child.kill('SIGINT');
      expect(await running.result).toMatchObject({ code: null, signal: 'SIGINT' });
    } finally {
      other.kill('SIGKILL');
    }
  });
});

test('a second run of a sync that is running is refused, and the first one is not disturbed', async () => {
  await twin.resetCalls();
  await twin.faults({ kind: 'slow', match: pageQuery, after: 1, count: 1, delayMs: 8_000 });
  const first = workspace.start('run', workspace.accountsSync(twin));
  await until('the slow page', async () => (await twin.stats()).faultsFired['slow'] === 1);
  const second = await workspace.command('run', workspace.accountsSync(twin));
  expect(second.code).toBe(1);
  expect(second.json).toMatchObject({ status: 'failed', error: { kind: 'conflict' } });
  expect(second.json['error'].message).toMatch(/^sync "accounts" is being run by process \d+/);
  const forgetting = await workspace.command('forget', workspace.accountsSync(twin));
  expect([forgetting.code, forgetting.json['error'].kind]).toEqual([1, 'conflict']);
  const { code, json } = await first.result;
  expect(code).toBe(0);
  expect(json).toMatchObject({ status: 'succeeded', unchanged: 0 });
  await expectTargetEqualsOrg();
});

test('a process that was killed does not hold its lease against the next one', async () => {
  await twin.resetCalls();
  await twin.faults({ kind: 'slow', match: pageQuery, after: 1, count: 1, delayMs: 60_000 });
  const first = workspace.start('run', workspace.accountsSync(twin));
  await until('the slow page', async () => (await twin.stats()).faultsFired['slow'] === 1);
  first.child.kill('SIGKILL');
  await first.result;
  await twin.clearFaults();
  const { code, json } = await workspace.command('run', workspace.accountsSync(twin));
  expect(code).toBe(0);
  expect(json).toMatchObject({ status: 'succeeded', resumed: true });
  await expectTargetEqualsOrg();
});

describe('the circuit breaker', () => {
  test('holds a run that would delete far more than usual, and --approve lets it go on', async () => {
    const own = await startTwin(['--objects', 'Account=400', '--seed', '6']);
    try {
      const sync = workspace.accountsSync(own, { deletes: 'hard', batchSize: 50 });
      await workspace.command('run', sync);
      await own.control('POST', 'clock', { advanceSeconds: 3_600 });
      await own.mutate({ object: 'Account', delete: 240, seed: 2 });

      const held = await workspace.command('run', sync);
      expect(held.code).toBe(1);
      expect(held.json).toMatchObject({ status: 'held', error: { code: 'breaker' } });
      expect(held.json['error'].message).toContain('the limit is 50');
      const left = Number(sqlite(workspace.target, 'SELECT count(*) FROM accounts;'));
      expect(left).toBeGreaterThanOrEqual(400 - 50);

      const planned = await workspace.command('plan', sync);
      expect(planned.json['deleted']).toBe(240 - (400 - left));

      const approved = await workspace.command('run', sync, '--approve');
      expect(approved.code).toBe(0);
      expect(approved.json).toMatchObject({ status: 'succeeded', deleted: 240 });
      expect(sqlite(workspace.target, 'SELECT count(*) FROM accounts;')).toBe('160');
    } finally {
      await own.stop();
    }
  });
});

test('a sync whose file points to another target is refused until it is forgotten', async () => {
  await workspace.command('run', workspace.accountsSync(twin));
  const elsewhere = workspace.accountsSync(twin, {
    target: { type: 'sqlite', config: { path: workspace.path('other.db'), createTable: true } },
  });
  const refused = await workspace.command('run', elsewhere);
  expect(refused.code).toBe(1);
  expect(refused.json).toMatchObject({ status: 'failed', error: { kind: 'invalid', field: 'id' } });
  expect(refused.json['error'].message).toContain('data-sync forget');
  expect(refused.stderr).toContain('data-sync forget');

  expect((await workspace.command('forget', workspace.accountsSync(twin))).code).toBe(0);
  const { code, json } = await workspace.command('run', elsewhere);
  expect(code).toBe(0);
  expect(json).toMatchObject({ mode: 'full', created: (await twin.dump('Account')).size });
});

describe('--watch', () => {
  test('runs at the times of the schedule, prints a report for each, and stops on a signal', async () => {
    // Every minute: the first run comes within a minute.
    const sync = workspace.accountsSync(twin, { schedule: '* * * * *' });
    const watching = workspace.start('run', sync, '--watch');
    const report = await until('the first scheduled run', () =>
      watching
        .stdout()
        .split('\n')
        .find((line) => line.includes('"status"')),
    );
    expect(JSON.parse(report)).toMatchObject({ status: 'succeeded', created: (await twin.dump('Account')).size });
    watching.child.kill('SIGINT');
    expect((await watching.result).code).toBe(0);
    await expectTargetEqualsOrg();
  }, 120_000);

  test('is refused for a file without a schedule', async () => {
    const { code, stderr } = await workspace.command('run', workspace.accountsSync(twin), '--watch');
    expect(code).toBe(1);
    expect(stderr).toContain('schedule: missing');
  });
});
