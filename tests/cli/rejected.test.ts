import { sqlite } from '../e2e/support/tables';
import { startTwin, type Twin } from '../e2e/support/twin';
import { Workspace } from '../e2e/support/workspace';

jest.setTimeout(120_000);

let twin: Twin;
let workspace: Workspace;
let phoneless: string[];

const strict = 'CREATE TABLE accounts (id TEXT PRIMARY KEY NOT NULL, name TEXT, phone TEXT NOT NULL);';
const mended = `
  ALTER TABLE accounts RENAME TO strict_accounts;
  CREATE TABLE accounts (id TEXT PRIMARY KEY NOT NULL, name TEXT, phone TEXT);
  INSERT INTO accounts SELECT * FROM strict_accounts;
  DROP TABLE strict_accounts;`;

beforeAll(async () => {
  twin = await startTwin(['--objects', 'Account=300', '--seed', '9']);
  phoneless = [...(await twin.dump('Account')).values()].filter((row) => row['Phone'] === null).map((row) => row['Id']);
  expect(phoneless.length).toBeGreaterThan(10);
});
afterAll(() => twin.stop());
beforeEach(() => {
  workspace = new Workspace();
  sqlite(workspace.target, strict);
});
afterEach(() => workspace.remove());

test('rejected records are listed with the original, the reason and the field', async () => {
  const sync = workspace.accountsSync(twin);
  await workspace.command('run', sync);
  const { code, json } = await workspace.command('rejected', sync);
  expect(code).toBe(0);
  const records = json['records'] as Record<string, any>[];
  expect(new Set(records.map((record) => record['sourceKey']))).toEqual(new Set(phoneless));
  for (const record of records) {
    expect(record).toMatchObject({ field: 'phone', attempts: 1, original: { Id: record['sourceKey'], Phone: null } });
    expect(record['code']).not.toBe('');
    expect(record['message']).toContain('phone');
  }
});

test('a person reads one entry for each, and that there are none', async () => {
  const sync = workspace.accountsSync(twin);
  const file = workspace.write('accounts.json', sync);
  expect((await workspace.plain('rejected', file)).stdout).toBe('no rejected records\n');
  await workspace.plain('run', file);
  const { stdout } = await workspace.plain('rejected', file);
  for (const id of phoneless) expect(stdout).toContain(`${id}: `);
});

test('a replay changes nothing while the cause is there, and clears the list once it is mended', async () => {
  const sync = workspace.accountsSync(twin);
  await workspace.command('run', sync);

  const still = await workspace.command('rejected', sync, '--replay');
  expect(still.code).toBe(2);
  expect(still.json).toMatchObject({ mode: 'replay', read: phoneless.length, rejected: phoneless.length });
  const twice = (await workspace.command('rejected', sync)).json['records'] as Record<string, any>[];
  expect(twice).toHaveLength(phoneless.length);
  expect(twice.every((record) => record['attempts'] === 2)).toBe(true);

  sqlite(workspace.target, mended);
  const replayed = await workspace.command('rejected', sync, '--replay');
  expect(replayed.code).toBe(0);
  expect(replayed.json).toMatchObject({ status: 'succeeded', created: phoneless.length, rejected: 0 });
  expect((await workspace.command('rejected', sync)).json['records']).toEqual([]);
  const counts = sqlite(workspace.target, 'SELECT count(*), count(phone) FROM accounts;');
  expect(counts).toBe(`300|${300 - phoneless.length}`);

  // The replay was no run of the whole: the next one is incremental and has nothing to do.
  const next = await workspace.command('run', sync);
  expect(next.json).toMatchObject({ mode: 'incremental', written: 0, rejected: 0 });
});

test('a good version of a rejected record clears its entry', async () => {
  const sync = workspace.accountsSync(twin);
  await workspace.command('run', sync);
  await twin.control('POST', 'clock', { advanceSeconds: 3_600 });
  await twin.mutate({ object: 'Account', updateIds: phoneless.slice(0, 3), set: { Phone: '+1 555 0100' } });
  await workspace.command('run', sync);
  const left = (await workspace.command('rejected', sync)).json['records'] as Record<string, any>[];
  expect(left.map((record) => record['sourceKey']).sort()).toEqual([...phoneless.slice(3)].sort());
  expect(sqlite(workspace.target, "SELECT count(*) FROM accounts WHERE phone = '+1 555 0100';")).toBe('3');
});
