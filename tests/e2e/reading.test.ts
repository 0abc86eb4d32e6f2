// Which records a run reads: every one that changed, whenever it was committed and however many changed at once.
import type { SyncFile } from '../../lib';
import { type Columns, expectSqliteEqualsOrg } from './support/compare';
import { sqlite } from './support/tables';
import { startTwin, type Twin } from './support/twin';
import { salesforce, Workspace } from './support/workspace';

jest.setTimeout(120_000);

const accounts = 6_000;
const columns: Columns = [
  ['Id', 'id'],
  ['Name', 'name'],
  ['Phone', 'phone'],
  ['AnnualRevenue', 'revenue'],
];

let twin: Twin;
let workspace: Workspace;

beforeEach(async () => {
  workspace = new Workspace();
  twin = await startTwin(['--objects', `Account=${accounts}`, '--same-stamp', '2500', '--seed', '22']);
});
afterEach(async () => {
  await twin.stop();
  workspace.remove();
});

function sync(changes: Partial<SyncFile> = {}, config: Record<string, unknown> = {}): SyncFile {
  return workspace.accountsSync(twin, {
    fieldMappings: columns.map(([source, target]) => ({ source, target })),
    source: salesforce(twin, config),
    deletes: { policy: 'hard', limitPercent: 100 },
    batchSize: 1_000,
    ...changes,
  });
}

const paths: [string, Record<string, unknown>][] = [
  ['REST', {}],
  ['Bulk', { bulkThreshold: 0 }],
];

describe.each(paths)('by %s', (_, config) => {
  const run = async (...more: string[]) => {
    const { code, json } = await workspace.command('run', sync({}, config), ...more);
    expect([code, json['error']]).toEqual([0, undefined]);
    return json;
  };
  const expectEqual = () => expectSqliteEqualsOrg(twin, 'Account', workspace.target, 'accounts', columns);
  const hourLater = () => twin.control('POST', 'clock', { advanceSeconds: 3_600 });

  test('2,500 records with one stamp all arrive, at first and after they changed together', async () => {
    const stamps = [...(await twin.dump('Account')).values()].map((row) => row['SystemModstamp'] as string);
    const same = stamps.filter((stamp) => stamps.indexOf(stamp) !== stamps.lastIndexOf(stamp) || false).length;
    expect(same).toBeGreaterThanOrEqual(2_500);
    expect(await run()).toMatchObject({ created: accounts });
    await expectEqual();
    await hourLater();
    await twin.mutate({ object: 'Account', update: 2_500, seed: 4 });
    expect(await run()).toMatchObject({ mode: 'incremental', updated: 2_500, rejected: 0 });
    await expectEqual();
  });

  test('a transaction that commits behind the cursor is caught by the overlap', async () => {
    await run();
    await hourLater();
    await twin.mutate({ object: 'Account', update: 10, seed: 4 });
    await run();
    await twin.mutate({ object: 'Account', update: 40, insert: 5, seed: 5, lateBy: 550 });
    expect(await run()).toMatchObject({ mode: 'incremental', updated: 40, created: 5 });
    await expectEqual();
  });

  test('deleted, merged and purged records go, and those that come back from nowhere do not', async () => {
    await run();
    await hourLater();
    await twin.mutate({ object: 'Account', delete: 12, merge: 4, hardDelete: 6, update: 20, insert: 3, seed: 6 });
    expect(await run()).toMatchObject({ mode: 'incremental', deleted: 22, updated: 20, created: 3, rejected: 0 });
    await expectEqual();
    expect(await run()).toMatchObject({ written: 0 });
  });

  test('a purge that no feed tells of is found by a full run', async () => {
    await run();
    await twin.mutate({ object: 'Account', hardDelete: 8, seed: 7 });
    expect(await run('--full')).toMatchObject({ mode: 'full', deleted: 8, updated: 0 });
    await expectEqual();
  });
});

describe('policies for records that are gone', () => {
  const gone = { object: 'Account', delete: 5, hardDelete: 3, seed: 8 };
  const count = () => sqlite(workspace.target, 'SELECT count(*) FROM accounts;');

  async function runAround(change: Partial<SyncFile>) {
    await workspace.command('run', sync(change));
    await twin.control('POST', 'clock', { advanceSeconds: 3_600 });
    await twin.mutate(gone);
    return (await workspace.command('run', sync(change))).json;
  }

  test('ignore leaves them in the target', async () => {
    expect(await runAround({ deletes: 'ignore' })).toMatchObject({ deleted: 0, written: 0 });
    expect(count()).toBe(String(accounts));
  });

  test('unlink leaves them and forgets them', async () => {
    expect(await runAround({ deletes: 'unlink' })).toMatchObject({ deleted: 0, filtered: 8 });
    expect(count()).toBe(String(accounts));
    const [run] = (await workspace.plain('status', '--json')).json['runs'];
    expect(run.linked).toBe(accounts - 8);
  });

  test('soft marks them', async () => {
    const target = { type: 'sqlite', config: { path: workspace.target, createTable: true, softDeleteField: 'gone' } };
    expect(await runAround({ deletes: 'soft', target })).toMatchObject({ deleted: 8 });
    expect(count()).toBe(String(accounts));
    expect(sqlite(workspace.target, 'SELECT count(*) FROM accounts WHERE gone = 1;')).toBe('8');
  });

  test('hard deletes them', async () => {
    expect(await runAround({ deletes: 'hard' })).toMatchObject({ deleted: 8 });
    expect(count()).toBe(String(accounts - 8));
  });
});

describe('calls', () => {
  /** Calls that carry data: what the same records cost at best, and the few that go before them. */
  const queries = async () => {
    const routes = Object.entries((await twin.stats()).byRoute);
    return routes.filter(([route]) => route.includes('query')).reduce((sum, [, calls]) => sum + calls, 0);
  };

  test('a run over nothing new reads no record twice, writes nothing, and costs a handful of calls', async () => {
    await workspace.command('run', sync());
    await twin.control('POST', 'clock', { advanceSeconds: 3_600 });
    await twin.resetCalls();
    const { json } = await workspace.command('run', sync());
    expect(json).toMatchObject({ mode: 'incremental', read: 0, written: 0 });
    expect((await twin.stats()).apiCalls).toBeLessThanOrEqual(6);
  });

  test('a full read by REST costs one call for each 2,000 records, and few besides', async () => {
    await twin.resetCalls();
    const { code } = await workspace.command('run', sync({ batchSize: 2_000 }));
    expect(code).toBe(0);
    // The pages, a last look behind them, and the number of records that decides the path.
    expect(await queries()).toBeLessThanOrEqual(accounts / 2_000 + 2);
    expect((await twin.stats()).apiCalls).toBeLessThanOrEqual(accounts / 2_000 + 5);
  });

  test('fields of parents are read with their children', async () => {
    await twin.resetCalls();
    const { code } = await workspace.command(
      'run',
      sync({ fieldMappings: [...sync().fieldMappings, { source: 'Owner.Name', target: 'owner' }], batchSize: 2_000 }),
    );
    expect(code).toBe(0);
    const owners = sqlite(workspace.target, 'SELECT count(DISTINCT owner), count(owner) FROM accounts;').split('|');
    expect(Number(owners[0])).toBeGreaterThan(1);
    expect(Number(owners[1])).toBe(accounts);
    expect(await queries()).toBeLessThanOrEqual(accounts / 2_000 + 2);
  });

  test('they are counted in the report as the org counts them', async () => {
    await twin.resetCalls();
    const { json } = await workspace.command('run', sync());
    const { apiCalls, tokenCalls } = await twin.stats();
    const statements = json['apiCalls'] - apiCalls - tokenCalls;
    // The rest are the statements of the SQLite target: one for each page, and a few to look at the table.
    expect(statements).toBeGreaterThanOrEqual(accounts / 1_000);
    expect(statements).toBeLessThanOrEqual(accounts / 1_000 + 4);
  });
});
