// One system by itself: what is there, some of its records, and records into it.
import { callRecordsMax, Engine, type EndPoint } from '../../lib';
import { dropDatabase, freshDatabase, postgres, sqlite } from '../e2e/support/tables';
import { startTwin, type Twin } from '../e2e/support/twin';
import { salesforce, Workspace } from '../e2e/support/workspace';
import { errorOf } from './open_engine';

jest.setTimeout(120_000);

const accounts = 3_000;
const serverUrl = process.env['DATA_SYNC_TEST_PG'];

let twin: Twin;
let workspace: Workspace;
let engine: Engine;

beforeAll(async () => {
  twin = await startTwin(['--objects', `Account=${accounts},Contact=50`, '--seed', '21']);
});
afterAll(() => twin.stop());
beforeEach(() => {
  workspace = new Workspace();
  engine = new Engine({ home: workspace.home, allowLoopback: true });
});
afterEach(async () => {
  await engine.close();
  workspace.remove();
});

/** A database file with one table, as an end. */
function orders(rows = 0): EndPoint {
  const path = workspace.path('orders.db');
  sqlite(path, 'CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT, amount NUMERIC, updated_at TEXT);');
  for (let id = 1; id <= rows; id += 1) {
    const minute = String(id % 60).padStart(2, '0');
    sqlite(path, `INSERT INTO orders VALUES (${id}, 'order ${id}', ${id}.5, '2026-01-01T00:${minute}:00Z');`);
  }
  return { type: 'sqlite', config: { path, versionField: 'updated_at' } };
}

describe('a Salesforce org', () => {
  test('lists its objects with their labels and what can be done with them', async () => {
    const all = await engine.objects(salesforce(twin));
    expect(all).toContainEqual({
      name: 'Account',
      label: 'Account',
      queryable: true,
      creatable: true,
      updatable: true,
    });
    expect((await engine.objects(salesforce(twin), { search: 'ACCOU' })).every((one) => /accou/i.test(one.name))).toBe(
      true,
    );
    expect(await engine.objects(salesforce(twin), { limit: 2 })).toHaveLength(2);
  });

  test('describes an object, and tells by which fields records can be matched', async () => {
    const schema = await engine.describe(salesforce(twin), 'account');
    expect(schema).toMatchObject({ object: 'Account', keyField: 'Id', versionField: 'SystemModstamp' });
    const keys = schema.fields.filter((field) => field.matchKey).map((field) => field.name);
    expect(keys).toEqual(expect.arrayContaining(['Id', 'Ext__c']));
    expect(keys).not.toContain('Name');
  });

  test('is tested with one call, and a refusal is an answer', async () => {
    expect(await engine.testConnection(salesforce(twin))).toMatchObject({ ok: true });
    const refused = await engine.testConnection(salesforce(twin, { clientSecret: 'wrong-secret' }));
    expect(refused.ok).toBe(false);
    expect(refused.message).not.toContain('wrong-secret');
  });

  test('gives the records of a limit, and says whether there are more', async () => {
    const some = await engine.read(salesforce(twin), { object: 'Account', fields: ['Id', 'Owner.Name'], limit: 10 });
    expect(some.more).toBe(true);
    expect(some.records).toHaveLength(10);
    expect(Object.keys(some.records[0]!)).toEqual(['Id', 'Owner.Name']);
    const all = await engine.read(salesforce(twin), { object: 'Account', fields: ['Id'], limit: accounts });
    expect(all.more).toBe(false);
    expect(new Set(all.records.map((record) => record.Id)).size).toBe(accounts);
  });

  test('takes records by an external id, and answers for each of them in order', async () => {
    const records = [
      { Ext__c: 'face-1', Name: 'One' },
      { Ext__c: 'face-2', Name: null },
      { Ext__c: 'face-3', Name: 'Three', Phone: '1' },
      { Ext__c: 'face-1', Name: 'One again' },
      { Name: 'no key' },
    ];
    const results = await engine.write(salesforce(twin), { object: 'Account', keyField: 'Ext__c', records });
    expect(results.map((result) => [result.index, result.outcome])).toEqual([
      [0, 'created'],
      [1, 'rejected'],
      [2, 'created'],
      [3, 'updated'],
      [4, 'rejected'],
    ]);
    expect(results[0]!.targetKey).toMatch(/^001/);
    expect(results[3]!.targetKey).toBe(results[0]!.targetKey);
    expect(results[1]!.error).toMatchObject({ code: 'REQUIRED_FIELD_MISSING', retryable: false });
    expect(results[4]!.error).toMatchObject({ code: 'key_missing', field: 'Ext__c' });

    const later = await engine.write(salesforce(twin), {
      object: 'Account',
      keyField: 'Ext__c',
      records: [{ Ext__c: 'face-3', Name: 'Third' }],
    });
    expect(later[0]!.outcome).toBe('updated');
    const since = { modifiedAfter: new Date(Date.now() - 60_000), limit: 100 };
    const read = await engine.read(salesforce(twin), {
      object: 'Account',
      fields: ['Ext__c', 'Name', 'Phone'],
      ...since,
    });
    expect(read.records).toContainEqual({ Ext__c: 'face-3', Name: 'Third', Phone: '1' });
    expect(read.records).toContainEqual({ Ext__c: 'face-1', Name: 'One again', Phone: null });
  });

  test('tells of deletions since a point in time', async () => {
    const { ids } = await twin.mutate({ object: 'Account', delete: 1, hardDelete: 1, ids: true });
    const [binned, purged] = [ids.deleted[0] as string, ids.hardDeleted[0] as string];
    const read = await engine.read(salesforce(twin), {
      object: 'Account',
      fields: ['Name'],
      limit: 100,
      modifiedAfter: new Date(Date.now() - 60_000).toISOString(),
      deleted: true,
    });
    expect(read.records).toContainEqual({ Name: expect.any(String), Id: binned, _deleted: true });
    expect(read.records).toContainEqual({ Id: purged, _deleted: true });
  });

  test('more records than collections are meant for go by bulk job, with a result for each', async () => {
    const records = Array.from({ length: 2_500 }, (_, index) => ({ Ext__c: `bulk-${index}`, Name: `Bulk ${index}` }));
    await twin.resetCalls();
    const results = await engine.write(salesforce(twin), { object: 'Account', keyField: 'Ext__c', records });
    expect(results.map((result) => result.index)).toEqual(records.map((_, index) => index));
    expect(results.every((result) => result.outcome === 'created' && result.targetKey !== '')).toBe(true);
    expect(Object.keys((await twin.stats()).byRoute).some((route) => route.includes('jobs/ingest'))).toBe(true);
  });
});

describe('a SQLite file', () => {
  test('lists and describes its tables', async () => {
    const end = orders();
    expect(await engine.objects(end)).toEqual([
      { name: 'orders', label: 'orders', queryable: true, creatable: true, updatable: true },
    ]);
    const schema = await engine.describe(end, 'orders');
    expect(schema.fields.map((field) => [field.name, field.matchKey])).toEqual([
      ['id', true],
      ['name', false],
      ['amount', false],
      ['updated_at', false],
    ]);
  });

  test('gives records at or after a point in time, in the order of change', async () => {
    const request = { object: 'orders', fields: ['id', 'amount'], limit: 100 };
    const end = orders(5);
    const read = await engine.read(end, { ...request, modifiedAfter: '2026-01-01T00:03:00Z' });
    expect(read).toEqual({ records: [3, 4, 5].map((id) => ({ id, amount: id + 0.5 })), more: false });
    expect(await engine.read(end, { ...request, limit: 5 })).toMatchObject({ more: false });
    expect(await engine.read(end, { ...request, limit: 4 })).toMatchObject({ more: true });
  });

  test('takes records: null clears a column, an absent member leaves it alone', async () => {
    const end = orders(2);
    const results = await engine.write(end, {
      object: 'orders',
      keyField: 'id',
      records: [
        { id: 1, name: null },
        { id: 2, amount: 7 },
        { id: 3, name: 'new "three"', amount: 1.25 },
      ],
    });
    expect(results.map((result) => [result.outcome, result.targetKey])).toEqual([
      ['updated', '1'],
      ['updated', '2'],
      ['created', '3'],
    ]);
    expect(sqlite(workspace.path('orders.db'), 'SELECT id, name, amount FROM orders ORDER BY id;')).toBe(
      '1||1.5\n2|order 2|7\n3|new "three"|1.25',
    );
  });
});

/** Tests that need a server: `npm test` starts one. */
(serverUrl ? describe : describe.skip)('a PostgreSQL database', () => {
  let end: EndPoint;
  let url: string;
  beforeEach(() => {
    url = freshDatabase(serverUrl!, 'data_sync_ends');
    postgres(url, 'CREATE SCHEMA "Sales"');
    postgres(url, 'CREATE TABLE "Sales".orders (id int PRIMARY KEY, sku text UNIQUE, total numeric, at timestamptz)');
    postgres(url, `INSERT INTO "Sales".orders VALUES (1, 'a', 1.10, '2026-01-01Z'), (2, 'b', NULL, '2026-01-02Z')`);
    postgres(url, 'CREATE VIEW totals AS SELECT sum(total) FROM "Sales".orders');
    end = { type: 'postgresql', config: { connectionString: url, versionField: 'at' } };
  });
  afterEach(async () => {
    await engine.close();
    dropDatabase(serverUrl!, 'data_sync_ends');
  });

  test('lists tables and views by schema, and takes those names', async () => {
    expect(await engine.objects(end)).toEqual([
      { name: 'Sales.orders', label: 'orders', queryable: true, creatable: true, updatable: true },
      { name: 'public.totals', label: 'totals', queryable: true, creatable: false, updatable: false },
    ]);
    const schema = await engine.describe(end, 'Sales.orders');
    expect(schema.fields.filter((field) => field.matchKey).map((field) => field.name)).toEqual(['id', 'sku']);
  });

  test('gives records at or after a point in time', async () => {
    const request = { object: 'Sales.orders', fields: ['id', 'total'], limit: 10 };
    const read = await engine.read(end, { ...request, modifiedAfter: '2026-01-02T00:00:00Z' });
    expect(read).toEqual({ records: [{ id: 2, total: null }], more: false });
    expect((await engine.read(end, request)).records).toEqual([
      { id: 1, total: 1.1 },
      { id: 2, total: null },
    ]);
  });

  test('takes records by a unique column, and a refused one costs the others nothing', async () => {
    const results = await engine.write(end, {
      object: 'Sales.orders',
      keyField: 'sku',
      records: [
        { sku: 'b', total: 5, id: 2 },
        { sku: 'c', total: 1, id: 3 },
        { sku: 'd', total: 'much', id: 4 },
      ],
    });
    expect(results.map((result) => [result.outcome, result.targetKey])).toEqual([
      ['updated', 'b'],
      ['created', 'c'],
      ['rejected', ''],
    ]);
    expect(postgres(url, 'SELECT id, sku, total FROM "Sales".orders ORDER BY id')).toBe('1|a|1.10\n2|b|5\n3|c|1');
  });
});

test.each([
  ['limit', { limit: callRecordsMax + 1 }],
  ['limit', { limit: 0 }],
  ['fields', { fields: [] }],
  ['object', { object: '' }],
  ['modifiedAfter', { modifiedAfter: 'yesterday' }],
  ['modifiedAfter', { deleted: true }],
])('a read with a wrong %s is refused by name', async (field, wrong) => {
  const error = await errorOf(engine.read(orders(), { object: 'orders', fields: ['id'], limit: 1, ...wrong }));
  expect(error).toMatchObject({ kind: 'invalid', field });
  expect(error.message).toContain(field);
});

test('a write without the key field is refused before anything is written', async () => {
  const request = { object: 'orders', keyField: 'sku', records: [{ id: 1 }] };
  expect(await errorOf(engine.write(orders(), request))).toMatchObject({ kind: 'invalid', field: 'keyField' });
});

test('an end with an unknown setting is refused', async () => {
  const error = await errorOf(engine.objects({ type: 'sqlite', config: { file: 'x' } }));
  expect(error.message).toContain('end.config.file');
});
