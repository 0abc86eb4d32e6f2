// Salesforce as the target: records of an SQLite file, upserted by an external id.
import type { FieldMapping, SyncFile } from '../../lib';
import { sqlite } from './support/tables';
import { startTwin, type Twin, type TrueRow } from './support/twin';
import { salesforce, Workspace } from './support/workspace';

jest.setTimeout(120_000);

const people = 1_500;
const fieldMappings: FieldMapping[] = [
  { source: 'key', target: 'Ext__c', required: true },
  { source: 'name', target: 'Name', required: true },
  { source: 'phone', target: 'Phone' },
  { source: 'notes', target: 'Description' },
  { source: 'revenue', target: 'AnnualRevenue' },
  { source: 'industry', target: 'Industry' },
];
const create = `
  CREATE TABLE people (key TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, phone TEXT, notes TEXT,
    revenue DECIMAL_TEXT(18,2), industry TEXT, changed_at TEXT NOT NULL);
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${people})
  INSERT INTO people SELECT printf('K-%05d', i), 'Company ' || i, CASE WHEN i % 7 THEN '+43 ' || i END,
    CASE i % 5 WHEN 0 THEN NULL ELSE 'note ' || i END, CASE WHEN i % 3 THEN i || '.25' END, 'Energy',
    '2026-01-01T00:00:00Z' FROM n;`;

const changed = "changed_at = '2026-01-02T00:00:00Z'";

let twin: Twin;
let workspace: Workspace;

beforeEach(async () => {
  workspace = new Workspace();
  twin = await startTwin(['--objects', 'Account=100', '--seed', '61']);
  sqlite(workspace.path('source.db'), create);
});
afterEach(async () => {
  await twin.stop();
  workspace.remove();
});

const source = (statements: string) => sqlite(workspace.path('source.db'), statements);

function sync(config: Record<string, unknown> = {}, changes: Partial<SyncFile> = {}): SyncFile {
  return {
    id: 'people',
    source: { type: 'sqlite', config: { path: workspace.path('source.db'), versionField: 'changed_at' } },
    target: salesforce(twin, { externalIdField: 'Ext__c', ...config }),
    sourceObject: 'people',
    targetObject: 'Account',
    fieldMappings,
    batchSize: 1_000,
    ...changes,
  };
}

/** The org's records that this test wrote, by external id. */
async function written(): Promise<Map<string, TrueRow>> {
  const rows = [...(await twin.dump('Account')).values()].filter((row) => String(row['Ext__c']).startsWith('K-'));
  return new Map(rows.map((row) => [row['Ext__c'] as string, row]));
}

async function expectOrgEqualsSource(): Promise<void> {
  const quoted = ['key', 'name', 'phone', 'notes', 'revenue', 'industry'].map((name) => `coalesce(hex(${name}), '')`);
  const rows = source(`SELECT ${quoted.join(" || ' ' || ")} FROM people ORDER BY key;`).split('\n');
  const expected = rows.map((row) => row.split(' ').map((cell) => Buffer.from(cell, 'hex').toString('utf8')));
  const text = (value: string | null) => value ?? '';
  const held = [...(await written()).values()]
    .map((row) => fieldMappings.map(({ target }) => text(row[target])))
    .sort(([a], [b]) => (a! < b! ? -1 : 1));
  expect(held).toEqual(expected);
}

const ways: [string, Record<string, unknown>, string][] = [
  ['collections', {}, 'PATCH composite/sobjects'],
  ['Bulk ingest', { bulkWriteThreshold: 500 }, 'jobs/ingest'],
];

describe.each(ways)('by %s', (way, config, route) => {
  const run = (...more: string[]) => workspace.command('run', sync(config), ...more);

  test('records are created, then updated, and what did not change costs nothing', async () => {
    await twin.resetCalls();
    const first = await run();
    expect([first.code, first.json['error']]).toEqual([0, undefined]);
    expect(first.json).toMatchObject({ created: people, updated: 0, rejected: 0, guaranteeClass: 'A' });
    expect(Object.keys((await twin.stats()).byRoute).join()).toContain(route.split(' ').at(-1));
    await expectOrgEqualsSource();

    await twin.resetCalls();
    const nothing = await run();
    expect(nothing.json).toMatchObject({ created: 0, updated: 0, rejected: 0 });
    const quiet = await twin.stats();
    expect(quiet.effects['Account']).toMatchObject({ inserted: people, updated: 0, unchangedWrites: 0 });
    expect(Object.entries(quiet.byRoute).filter(([name]) => /composite|ingest/.test(name))).toEqual([]);

    source(`UPDATE people SET phone = '+43 999', notes = NULL, ${changed} WHERE key < 'K-00050';`);
    const second = await run();
    expect(second.json).toMatchObject({ created: 0, updated: 49, rejected: 0 });
    await expectOrgEqualsSource();
  });

  test('texts arrive to the byte, and a null clears the field', async () => {
    const texts = [
      "''quoted'' \"and\" so on",
      'line\nbreak',
      'carriage\r\nreturn',
      '#N/A',
      'NA',
      'null',
      ',;\t|',
      '🚀 שלום',
    ];
    for (const [index, text] of texts.entries()) {
      source(`UPDATE people SET notes = '${text}', revenue = '9007199254740993.01' WHERE key = 'K-0000${index + 1}';`);
    }
    const { code } = await run();
    expect(code).toBe(0);
    await expectOrgEqualsSource();
    source(`UPDATE people SET notes = NULL, revenue = NULL, ${changed} WHERE key < 'K-00010';`);
    await run();
    await expectOrgEqualsSource();
  });

  test('a record that the org refuses is kept with code and field, and costs no other', async () => {
    source(`UPDATE people SET industry = 'Alchemy' WHERE key IN ('K-00003', 'K-00777');`);
    source(`UPDATE people SET name = printf('%.*c', 300, 'x') WHERE key = 'K-01000';`);
    const { code, json } = await run();
    expect(code).toBe(2);
    expect(json).toMatchObject({ status: 'succeeded', created: people - 3, rejected: 3 });
    const rejected = (await workspace.command('rejected', sync(config))).json['records'] as Record<string, any>[];
    const byKey = new Map(rejected.map((record) => [record['sourceKey'] as string, record]));
    expect([...byKey.keys()].sort()).toEqual(['K-00003', 'K-00777', 'K-01000']);
    expect(byKey.get('K-00003')).toMatchObject({
      code: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      field: 'Industry',
      original: { key: 'K-00003', industry: 'Alchemy' },
    });
    expect(byKey.get('K-01000')).toMatchObject({ code: 'STRING_TOO_LONG', field: 'Name', retryable: false });

    source(`UPDATE people SET industry = 'Energy', name = 'Short', ${changed}
            WHERE key IN ('K-00003', 'K-00777', 'K-01000');`);
    const next = await run();
    expect(next.code).toBe(0);
    expect(next.json).toMatchObject({ created: 3, rejected: 0 });
    await expectOrgEqualsSource();
    expect((await workspace.command('rejected', sync(config))).json['records']).toEqual([]);
  });

  test('rows that are locked for a moment are tried again', async () => {
    const match = way === 'collections' ? 'composite/sobjects' : 'PATCH';
    await twin.faults({ kind: 'lock_row', match, every: 5, count: 2 });
    const { code, json } = await run();
    if (code === 2) {
      // A Bulk job gives the rows back as refused; they are retryable, so the next run takes them first.
      expect(json['rejected']).toBeGreaterThan(0);
      const records = (await workspace.command('rejected', sync(config))).json['records'] as Record<string, any>[];
      for (const record of records) expect(record).toMatchObject({ code: 'UNABLE_TO_LOCK_ROW', retryable: true });
      expect((await run()).code).toBe(0);
    } else {
      expect([code, json['created']]).toEqual([0, people]);
    }
    await expectOrgEqualsSource();
  });

  test('rows that stay locked are kept, and the next run takes them', async () => {
    const match = way === 'collections' ? 'composite/sobjects' : 'PATCH';
    source(`DELETE FROM people WHERE key > 'K-00600';`);
    await twin.faults({ kind: 'lock_row', match, every: 1, count: 10_000 });
    const { code, json } = await run();
    expect(code).toBe(2);
    expect(json).toMatchObject({ status: 'succeeded', created: 0, rejected: 600 });
    const records = (await workspace.command('rejected', sync(config))).json['records'] as Record<string, any>[];
    expect(records).toHaveLength(600);
    for (const record of records) expect(record).toMatchObject({ code: 'UNABLE_TO_LOCK_ROW', retryable: true });
    await twin.clearFaults();
    const next = await run();
    expect([next.code, next.json['created']]).toEqual([0, 600]);
    await expectOrgEqualsSource();
  });

  test('an answer that is lost after the work does no harm', async () => {
    const match = way === 'collections' ? 'composite/sobjects' : 'PATCH';
    await twin.faults({ kind: 'cut', when: 'after', match, count: 1 });
    const { code, json } = await run();
    expect([code, json['rejected']]).toEqual([0, 0]);
    expect((await twin.stats()).effects['Account']).toMatchObject({ inserted: people });
    await expectOrgEqualsSource();
  });

  test('records that are gone from the source are deleted in the org, and only those', async () => {
    const deleting = sync(config, { deletes: { policy: 'hard', limitPercent: 50 } });
    await workspace.command('run', deleting);
    source(`DELETE FROM people WHERE key > 'K-01450';`);
    const { code, json } = await workspace.command('run', deleting, '--full');
    expect([code, json['deleted'], json['updated']]).toEqual([0, 50, 0]);
    await expectOrgEqualsSource();
    expect((await twin.dump('Account')).size).toBe(people - 50 + 100);
  });

  test('of three records with one key, on one page and on two, the first holds it, and none is lost', async () => {
    source(`CREATE TABLE tripled (key TEXT PRIMARY KEY NOT NULL, number TEXT, name TEXT);
            INSERT INTO tripled SELECT key, key, name FROM people LIMIT 10;
            UPDATE tripled SET number = 'K-00001' WHERE key IN ('K-00002', 'K-00009');`);
    const tripled = sync(config, {
      id: 'tripled',
      source: { type: 'sqlite', config: { path: workspace.path('source.db') } },
      sourceObject: 'tripled',
      batchSize: 5,
      fieldMappings: [
        { source: 'number', target: 'Ext__c', required: true },
        { source: 'name', target: 'Name', required: true },
      ],
    });
    const { code, json } = await workspace.command('run', tripled);
    expect([code, json['error']]).toEqual([2, undefined]);
    expect(json).toMatchObject({ created: 8, rejected: 2 });
    source(`UPDATE tripled SET name = 'Taken' WHERE key IN ('K-00002', 'K-00009');`);
    expect((await workspace.command('run', tripled)).json).toMatchObject({ updated: 0, rejected: 2 });
    const held = [...(await twin.dump('Account')).values()].find((row) => row['Ext__c'] === 'K-00001');
    expect(held?.['Name']).not.toBe('Taken');
    source(`DELETE FROM tripled WHERE key IN ('K-00002', 'K-00009');`);
    expect((await workspace.command('run', tripled, '--full')).json).toMatchObject({ unchanged: 8, rejected: 0 });
  });
});

test('Bulk results that come in another order belong to their rows', async () => {
  source(`UPDATE people SET industry = 'Alchemy' WHERE key IN ('K-00003', 'K-00777');`);
  await twin.faults({ kind: 'shuffle_results', match: '', count: 50 });
  const { code, json } = await workspace.command('run', sync({ bulkWriteThreshold: 500 }));
  expect(code).toBe(2);
  expect(json).toMatchObject({ created: people - 2, rejected: 2 });
  const rejected = (await workspace.command('rejected', sync())).json['records'] as Record<string, any>[];
  expect(rejected.map((record) => record['sourceKey']).sort()).toEqual(['K-00003', 'K-00777']);
  // What was linked is linked to its own record: nothing is to be written now.
  const again = await workspace.command('run', sync({ bulkWriteThreshold: 500 }), '--full');
  expect(again.json).toMatchObject({ created: 0, updated: 0 });
});

test('a Bulk job that fails half-way is made good', async () => {
  await twin.faults({ kind: 'job_failed', match: 'PATCH /services/data/v66.0/jobs/ingest' });
  const { code } = await workspace.command('run', sync({ bulkWriteThreshold: 500 }));
  if (code !== 0) expect((await workspace.command('run', sync({ bulkWriteThreshold: 500 }))).code).toBe(0);
  expect((await twin.stats()).effects['Account']).toMatchObject({ inserted: people });
  await expectOrgEqualsSource();
});

test('collections cost one call for 200 records', async () => {
  await twin.resetCalls();
  const { code } = await workspace.command('run', sync());
  expect(code).toBe(0);
  const { byRoute, apiCalls } = await twin.stats();
  const writes = Object.entries(byRoute).filter(([route]) => route.includes('sobjects') && route.includes('composite'));
  expect(writes.reduce((sum, [, calls]) => sum + calls, 0)).toBe(Math.ceil(1_000 / 200) + Math.ceil(500 / 200));
  expect(apiCalls).toBeLessThanOrEqual(8 + 3);
});

test('the origin of a write is told to whoever listens to changes', async () => {
  await twin.resetCalls();
  await workspace.command('run', sync({ clientName: 'our-sync' }));
  expect((await twin.control('GET', 'stats')).byClient['our-sync']).toBeGreaterThan(0);
});
