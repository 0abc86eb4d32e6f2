// PostgreSQL as target, as source, and as the place of the state. Judged by psql.
import type { FieldMapping, SyncFile } from '../../lib';
import { type Columns, type Cell, expectedRows, expectPostgresEqualsOrg, expectSameRows } from './support/compare';
import { until } from './support/processes';
import { dropDatabase, freshDatabase, postgres, postgresRows, sqlite } from './support/tables';
import { startTwin, type Twin } from './support/twin';
import { salesforce, Workspace } from './support/workspace';

jest.setTimeout(120_000);

const serverUrl = process.env['DATA_SYNC_TEST_PG'];
const accounts = 3_000;
const columns: Columns = [
  ['Id', 'id'],
  ['Name', 'name'],
  ['Phone', 'phone'],
  ['Description', 'description'],
  ['AnnualRevenue', 'revenue'],
  ['NumberOfEmployees', 'employees'],
  ['Founded__c', 'founded'],
  ['Active__c', 'active'],
  ['Renewal__c', 'renewal'],
];
const databaseName = 'data_sync_e2e';
/** Tests that need a server: `npm test` starts one. */
const withServer = serverUrl ? test : test.skip;

let twin: Twin;
let workspace: Workspace;
let url: string;

beforeEach(async () => {
  workspace = new Workspace();
  url = freshDatabase(serverUrl!, databaseName);
  twin = await startTwin(['--objects', `Account=${accounts}`, '--seed', '81']);
});
afterEach(async () => {
  await twin.stop();
  workspace.remove();
  dropDatabase(serverUrl!, databaseName);
});

const sql = (statement: string) => postgres(url, statement);
const target = (more: object = {}) => ({
  type: 'postgresql',
  config: { connectionString: url, createTable: true, ...more },
});
const fieldMappings: FieldMapping[] = columns.map(([source, column]) => ({ source, target: column }));
const sync = (changes: Partial<SyncFile> = {}): SyncFile =>
  workspace.accountsSync(twin, { target: target(), fieldMappings, batchSize: 500, ...changes });
const run = (...more: string[]) => workspace.command('run', sync({ deletes: 'hard' }), ...more);

/** psql shows a number of numeric(18,2) with both digits, a truth as a word, and an instant in the session's zone. */
const shown = (value: Cell): string | null => {
  if (value === null || value === undefined) return null;
  const text = String(value);
  const instant = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\.000\+0000$/.exec(text);
  return instant ? `${instant[1]} ${instant[2]}+00` : text;
};
const expectEqual = async () => {
  const names = columns.map(([, column]) => column);
  sql(`ALTER DATABASE ${databaseName} SET timezone TO 'UTC'`);
  const held = postgresRows(url, 'accounts', names);
  const expected = await expectedRows(twin, 'Account', columns, shown);
  const revenue = names.indexOf('revenue');
  const short = (number: string | null | undefined) => number?.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '') ?? null;
  for (const rows of [held, expected]) for (const row of rows.values()) row[revenue] = short(row[revenue]);
  expectSameRows(held, expected);
};

describe('as a target', () => {
  withServer.each([
    ['REST', {}],
    ['Bulk', { bulkThreshold: 0 }],
  ])('holds what the org holds, read by %s', async (_, config) => {
    const { code, json } = await workspace.command('run', sync({ source: salesforce(twin, config) }));
    expect([code, json['error']]).toEqual([0, undefined]);
    expect(json).toMatchObject({ created: accounts, rejected: 0, guaranteeClass: 'A' });
    await expectEqual();
  });

  withServer('follows changes and deletions, and a full run over the same writes nothing', async () => {
    await run();
    await twin.control('POST', 'clock', { advanceSeconds: 3_600 });
    await twin.mutate({ object: 'Account', update: 100, insert: 20, delete: 15, hardDelete: 5, seed: 2 });
    expect((await run()).json).toMatchObject({ mode: 'incremental', updated: 100, created: 20, deleted: 20 });
    await expectEqual();
    expect((await run('--full')).json).toMatchObject({ mode: 'full', written: 0, unchanged: accounts });
  });

  withServer('is given back to its plan: a plan writes nothing and equals the run', async () => {
    const plan = await workspace.command('plan', sync());
    expect(sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).toBe('0');
    const { json } = await workspace.command('run', sync());
    for (const key of ['read', 'written', 'created', 'updated', 'unchanged']) expect(plan.json[key]).toBe(json[key]);
  });

  withServer('keeps the rows that a constraint refuses, with its code and the column', async () => {
    sql('CREATE TABLE accounts (id text PRIMARY KEY, name text, phone text NOT NULL)');
    const phones = sync({
      fieldMappings: ['Id', 'Name', 'Phone'].map((source) => ({ source, target: source.toLowerCase() })),
    });
    const { code, json } = await workspace.command('run', phones);
    const phoneless = [...(await twin.dump('Account')).values()].filter((row) => row['Phone'] === null).length;
    expect([code, json['rejected'], json['created']]).toEqual([2, phoneless, accounts - phoneless]);
    const [record] = (await workspace.command('rejected', phones)).json['records'];
    expect(record).toMatchObject({ code: '23502', field: 'phone', original: { Phone: null } });

    sql('ALTER TABLE accounts ALTER COLUMN phone DROP NOT NULL');
    const replayed = await workspace.command('rejected', phones, '--replay');
    expect([replayed.code, replayed.json['created']]).toEqual([0, phoneless]);
    await expectPostgresEqualsOrg(twin, 'Account', url, 'accounts', [
      ['Id', 'id'],
      ['Name', 'name'],
      ['Phone', 'phone'],
    ]);
  });

  withServer('cannot hold a NUL byte: the record is kept with the field, the others arrive', async () => {
    const nul = await startTwin(['--objects', 'Account=1200', '--seed', '82', '--nul']);
    try {
      const rows = [...(await nul.dump('Account')).values()];
      const withNul = rows.filter((row) => String(row['Description']).includes('\0')).map((row) => row['Id']);
      expect(withNul.length).toBeGreaterThan(0);
      const { code, json } = await workspace.command('run', sync({ source: salesforce(nul) }));
      expect([code, json['rejected']]).toEqual([2, withNul.length]);
      const { records } = (await workspace.command('rejected', sync({ source: salesforce(nul) }))).json;
      expect(records.map((record: any) => record.sourceKey).sort()).toEqual(withNul.sort());
      for (const record of records) expect(record).toMatchObject({ field: 'description' });
    } finally {
      await nul.stop();
    }
  });

  withServer('survives that its sessions are ended in mid-run', async () => {
    await twin.faults({ kind: 'slow', match: 'ORDER BY', after: 1, count: 1, delayMs: 2_000 });
    const { result } = workspace.start('run', sync());
    await until('the slow call', async () => (await twin.stats()).faultsFired['slow'] === 1);
    postgres(serverUrl!, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${databaseName}'`);
    const { code, json } = await result;
    expect([code, json['error']]).toEqual([0, undefined]);
    await expectEqual();
  });

  withServer('tells what is wrong with an address, without the password', async () => {
    const at = (change: (address: URL) => void) => {
      const address = new URL(url);
      change(address);
      return workspace.command('run', sync({ target: target({ connectionString: address.href }) }));
    };
    const wrong: [(address: URL) => void, RegExp][] = [
      [(address) => (address.password = 'not-the-right-one'), /password/],
      [(address) => (address.pathname = '/nowhere'), /nowhere/],
      [(address) => (address.port = '1'), /127\.0\.0\.1|connect/i],
      [(address) => (address.username = 'nobody-of-that-name'), /nobody-of-that-name|password/],
    ];
    for (const [change, expected] of wrong) {
      const { code, json, stdout, stderr } = await at(change);
      expect(code).toBe(1);
      expect(json['error'].message).toMatch(expected);
      for (const secret of ['not-the-right-one', new URL(url).password]) {
        expect(stdout + stderr).not.toContain(secret);
      }
    }
  });
});

describe('as a source', () => {
  const peopleSync = (): SyncFile => ({
    id: 'people',
    source: { type: 'postgresql', config: { connectionString: url, versionField: 'changed_at' } },
    target: { type: 'sqlite', config: { path: workspace.target, createTable: true } },
    sourceObject: 'people',
    targetObject: 'people',
    fieldMappings: ['id', 'name', 'amount', 'born', 'seen', 'active', 'changed_at'].map((name) => ({
      source: name,
      target: name,
    })),
    deletes: 'hard',
    batchSize: 100,
  });
  const count = 1_234;

  beforeEach(() => {
    sql(`CREATE TABLE people (id bigint PRIMARY KEY, name text, amount numeric(24,4), born date, seen timestamptz,
           active boolean, changed_at timestamptz NOT NULL DEFAULT now())`);
    // now() is one instant for all rows of a statement: ties by the hundred.
    sql(`INSERT INTO people SELECT i, 'Person ' || i || E'\\n"quoted", #N/A 🚀', i * 9007199254740.9931,
           date '1950-01-01' + i, timestamptz '2020-01-01 00:00:00.123456+02' + i * interval '1 minute', i % 2 = 0,
           now()
         FROM generate_series(1, ${count}) AS i`);
  });

  withServer('gives every value to the digit, and afterwards only what changed', async () => {
    const first = await workspace.command('run', peopleSync());
    expect([first.code, first.json['error']]).toEqual([0, undefined]);
    expect(first.json).toMatchObject({ created: count });
    const texts = (rows: Map<string, (string | null)[]>) => [...rows].sort(([a], [b]) => Number(a) - Number(b));
    const held = texts(
      new Map(
        sqlite(workspace.target, 'SELECT id, hex(name), amount, born, active FROM people;')
          .split('\n')
          .map((line) => [line.split('|')[0]!, line.split('|')]),
      ),
    );
    const expected = texts(
      new Map(
        sql("SELECT id, upper(encode(convert_to(name, 'UTF8'), 'hex')), amount, born, active::int FROM people")
          .split('\n')
          .map((line) => [line.split('|')[0]!, line.split('|')]),
      ),
    );
    expect(held).toEqual(expected);
    const seen = sqlite(workspace.target, 'SELECT seen FROM people WHERE id = 1;');
    expect(seen).toMatch(/^2019-12-31T22:01:00\.123456Z$/);

    sql("UPDATE people SET name = 'Changed', changed_at = clock_timestamp() WHERE id <= 40");
    sql("INSERT INTO people VALUES (999999, 'New', 1, '2000-01-01', now(), true, clock_timestamp())");
    const second = await workspace.command('run', peopleSync());
    expect(second.json).toMatchObject({ mode: 'incremental', updated: 40, created: 1, rejected: 0 });
    sql('DELETE FROM people WHERE id <= 10');
    const third = await workspace.command('run', peopleSync(), '--full');
    expect(third.json).toMatchObject({ mode: 'full', deleted: 10, updated: 0, created: 0 });
    expect(sqlite(workspace.target, 'SELECT count(*) FROM people;')).toBe(sql('SELECT count(*) FROM people'));
  });
});

describe('as the place of the state', () => {
  beforeEach(() => {
    workspace.env['DATABASE_URL'] = url;
  });

  withServer('it is enough: another machine with the same URL goes on', async () => {
    await run();
    // The same database, seen from a home folder that knows nothing.
    workspace.env['DATA_SYNC_HOME'] = workspace.path('another-home');
    const next = await run();
    expect(next.json).toMatchObject({ status: 'succeeded', mode: 'incremental', written: 0 });
    const { runs } = (await workspace.plain('status', '--json')).json;
    expect(runs).toMatchObject([{ runId: 2 }, { runId: 1, linked: accounts }]);
    expect((await workspace.command('forget', sync())).code).toBe(0);
    expect((await workspace.plain('status', '--json')).json).toEqual({ runs: [] });
  });

  withServer('a second run is refused, and a killed one makes way', async () => {
    await twin.faults({ kind: 'slow', match: 'ORDER BY', after: 1, count: 1, delayMs: 30_000 });
    const first = workspace.start('run', sync());
    await until('the slow call', async () => (await twin.stats()).faultsFired['slow'] === 1);
    workspace.env['DATA_SYNC_HOME'] = workspace.path('another-home');
    const second = await workspace.command('run', sync());
    expect([second.code, second.json['error'].kind]).toEqual([1, 'conflict']);
    first.child.kill('SIGKILL');
    await first.result;
    const { code, json } = await workspace.command('run', sync());
    expect([code, json['resumed']]).toEqual([0, true]);
    await expectEqual();
  });

  withServer('rejected records and their replay live there too', async () => {
    sqlite(workspace.target, 'CREATE TABLE accounts (id TEXT PRIMARY KEY NOT NULL, name TEXT, phone TEXT NOT NULL);');
    const phones = workspace.accountsSync(twin);
    const { code, json } = await workspace.command('run', phones);
    expect(code).toBe(2);
    const { records } = (await workspace.command('rejected', phones)).json;
    expect(records).toHaveLength(json['rejected']);
    const replayed = await workspace.command('rejected', phones, '--replay');
    expect(replayed.json).toMatchObject({ mode: 'replay', read: json['rejected'], rejected: json['rejected'] });
  });

  withServer('an outage of it ends the run, and the next one goes on', async () => {
    await twin.faults({ kind: 'slow', match: 'ORDER BY', after: 1, count: 1, delayMs: 2_000 });
    const { result } = workspace.start('run', sync());
    await until('the slow call', async () => (await twin.stats()).faultsFired['slow'] === 1);
    postgres(serverUrl!, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${databaseName}'`);
    const { code, json } = await result;
    if (code !== 0) {
      expect(json).toMatchObject({ status: 'failed', error: { message: expect.any(String) } });
      expect((await workspace.command('run', sync())).code).toBe(0);
    }
    await expectEqual();
  });
});
