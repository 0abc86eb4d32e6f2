// A simulated Salesforce org and a table, kept in step in both directions. Judged by the org's true state and by psql.
import type { SyncFile } from '../../lib';
import {
  dropDatabase,
  freshDatabase,
  postgres,
  postgresRows,
  sqlite,
  sqliteRows,
  type TableRow,
} from './support/tables';
import { startTwin, type Twin } from './support/twin';
import { salesforce, Workspace } from './support/workspace';

jest.setTimeout(180_000);

const serverUrl = process.env['DATA_SYNC_TEST_PG'];
const accounts = 250;
const fields: [field: string, column: string][] = [
  ['Ext__c', 'ext'],
  ['Name', 'name'],
  ['Phone', 'phone'],
  ['Industry', 'industry'],
];
const columns = fields.map(([, column]) => column);

/** A table whose stamp changes with every change, whoever makes it. */
interface Table {
  end(): SyncFile['target'];
  name: string;
  run(statement: string): string;
  rows(): Map<string, TableRow>;
  remove(): void;
}

function postgresTable(): Table {
  const url = freshDatabase(serverUrl!, 'data_sync_two_way');
  const run = (statement: string) => postgres(url, statement);
  run(`CREATE TABLE people (ext text PRIMARY KEY, name text NOT NULL, phone text, industry text,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp());
    CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN NEW.changed_at := clock_timestamp(); RETURN NEW; END';
    CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON people FOR EACH ROW EXECUTE FUNCTION stamp();`);
  return {
    end: () => ({ type: 'postgresql', config: { connectionString: url, versionField: 'changed_at' } }),
    name: 'people',
    run,
    rows: () => postgresRows(url, 'people', columns),
    remove: () => dropDatabase(serverUrl!, 'data_sync_two_way'),
  };
}

function sqliteTable(workspace: Workspace): Table {
  const file = workspace.path('people.db');
  const run = (statement: string) => sqlite(file, statement);
  const now = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";
  run(`CREATE TABLE people (ext TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, phone TEXT, industry TEXT,
    changed_at TEXT NOT NULL DEFAULT (${now}));
    CREATE TRIGGER stamp AFTER UPDATE ON people WHEN NEW.changed_at IS OLD.changed_at
    BEGIN UPDATE people SET changed_at = ${now} WHERE ext = NEW.ext; END;`);
  return {
    end: () => ({ type: 'sqlite', config: { path: file, versionField: 'changed_at' } }),
    name: 'people',
    run,
    rows: () => sqliteRows(file, 'people', columns),
    remove: () => undefined,
  };
}

const systems: [string, (workspace: Workspace) => Table][] = [
  ['SQLite', sqliteTable],
  ...(serverUrl ? [['PostgreSQL', postgresTable] as [string, (workspace: Workspace) => Table]] : []),
];

describe.each(systems)('a simulated Salesforce org and %s', (_, open) => {
  let twin: Twin;
  let workspace: Workspace;
  let table: Table;

  beforeEach(async () => {
    workspace = new Workspace();
    table = open(workspace);
    twin = await startTwin(['--objects', `Account=${accounts}`, '--seed', '71']);
  });
  afterEach(async () => {
    await twin.stop();
    workspace.remove();
    table.remove();
  });

  const sync = (more: Partial<SyncFile> = {}): SyncFile => ({
    id: 'both',
    source: salesforce(twin, { externalIdField: 'Ext__c' }),
    target: table.end(),
    sourceObject: 'Account',
    targetObject: 'people',
    fieldMappings: fields.map(([source, target]) => ({ source, target })),
    direction: 'two_way',
    matchOn: 'ext',
    conflictResolution: 'merge',
    deletes: { policy: 'hard', limitPercent: 100 },
    batchSize: 100,
    ...more,
  });
  const run = async (file = sync(), ...more: string[]) => {
    const { code, json } = await workspace.command('run', file, ...more);
    expect([code, json['error']]).toEqual([0, undefined]);
    expect(json['read']).toBe(
      ['created', 'updated', 'deleted', 'unchanged', 'filtered', 'rejected', 'in_review', 'superseded'].reduce(
        (sum, name) => sum + (json[name] as number),
        0,
      ),
    );
    return json;
  };
  const org = async (): Promise<Map<string, TableRow>> => {
    const rows = [...(await twin.dump('Account')).values()];
    return new Map(rows.map((row) => [row['Ext__c'] as string, fields.map(([field]) => row[field] ?? null)]));
  };
  const idOf = async (ext: string): Promise<string> =>
    [...(await twin.dump('Account')).values()].find((row) => row['Ext__c'] === ext)!['Id'] as string;
  const edit = async (ext: string, set: object) =>
    twin.mutate({ object: 'Account', update: 1, updateIds: [await idOf(ext)], set });
  const expectSame = async () => expect(table.rows()).toEqual(await org());

  test('new records, edits and deletions go both ways, and nothing is written without a reason', async () => {
    table.run(
      `INSERT INTO people (ext, name, phone) VALUES ('T-1', 'From the table', '+43 1'), ('T-2', 'Another', NULL);`,
    );
    expect(await run()).toMatchObject({ created: accounts + 2, rejected: 0, in_review: 0 });
    await expectSame();
    const { effects } = await twin.stats();
    for (const more of [[], ['--full']])
      expect(await run(sync(), ...more)).toMatchObject({ created: 0, updated: 0, deleted: 0 });
    expect((await twin.stats()).effects).toEqual(effects);

    const [first, second, third] = [...table.rows().keys()].filter((ext) => ext.startsWith('A-'));
    await edit(first!, { Phone: '+43 2', Industry: 'Energy' });
    table.run(`UPDATE people SET name = 'Renamed here' WHERE ext = '${first!}';`);
    table.run(`UPDATE people SET phone = NULL WHERE ext = 'T-1';`);
    await twin.mutate({ object: 'Account', delete: 1, seed: 5 });
    await run();
    await expectSame();
    expect(table.rows().get(first!)).toEqual([first, 'Renamed here', '+43 2', 'Energy']);

    // What is deleted in a table is seen by a full read.
    table.run(`DELETE FROM people WHERE ext IN ('T-2', '${second!}', '${third!}');`);
    await run(sync(), '--full');
    await expectSame();
    expect(table.rows().has('T-2')).toBe(false);
    expect((await org()).has('T-2')).toBe(false);
    expect(await run()).toMatchObject({ created: 0, updated: 0, deleted: 0 });
  });

  test('a conflict waits for a person, is decided, carried out, explained and undone', async () => {
    await run();
    const [ext] = [...table.rows().keys()];
    const before = table.rows().get(ext!)!;
    await edit(ext!, { Phone: '+43 777', Industry: 'Energy' });
    table.run(`UPDATE people SET phone = '+43 888' WHERE ext = '${ext!}';`);
    const held = await run();
    expect(held['in_review']).toBeGreaterThan(0);
    expect(table.rows().get(ext!)).toEqual([ext, before[1], '+43 888', 'Energy']);

    const { json } = await workspace.command('conflicts', sync());
    const [conflict] = json['conflicts'] as { id: number; kind: string; review: object[] }[];
    const editor = { user: expect.stringMatching(/^005/), self: false };
    expect(conflict).toMatchObject({ kind: 'both_differ', key: ext, sourceBy: editor });
    expect(conflict).not.toHaveProperty('targetBy');
    expect(conflict!.review).toEqual([
      expect.objectContaining({ field: 'phone', source: '+43 777', target: '+43 888', base: before[2] ?? null }),
    ]);
    const file = workspace.write('both.json', sync());
    await workspace.plain('decide', file, String(conflict!.id), '--take', 'target', '--json');
    await run();
    await expectSame();
    expect(table.rows().get(ext!)![2]).toBe('+43 888');

    const told = await workspace.plain('explain', file, await idOf(ext!), '--json');
    expect(told.stdout).toContain('+43 888');
    expect(told.stdout).toContain('applied');
    expect(JSON.parse(told.stdout)).toMatchObject({ source: { changedBy: { ...editor, self: true } } });
  });

  test('a value that the org refuses costs that record alone, and is tried again', async () => {
    await run();
    const [ext] = [...table.rows().keys()];
    table.run(`UPDATE people SET name = '${'x'.repeat(300)}' WHERE ext = '${ext!}';`);
    table.run(`INSERT INTO people (ext, name) VALUES ('T-9', 'Good');`);
    const { code, json } = await workspace.command('run', sync());
    expect(code).toBe(2);
    expect(json).toMatchObject({ created: 1, rejected: 1 });
    table.run(`UPDATE people SET name = 'short again' WHERE ext = '${ext!}';`);
    await run();
    await expectSame();
  });
});
