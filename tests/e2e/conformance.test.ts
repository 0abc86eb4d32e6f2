// What must hold for every connector of the registry, each against the system it talks to: a simulated Salesforce org,
// a real PostgreSQL, a database file. A connector that joins the registry has to join this table.
import { Engine, type EndPoint, type PlainRecord } from '../../lib';
import { dropDatabase, freshDatabase, postgres, sqlite } from './support/tables';
import { startTwin, type Twin } from './support/twin';
import { salesforce, Workspace } from './support/workspace';

jest.setTimeout(120_000);

const serverUrl = process.env['DATA_SYNC_TEST_PG'];
const database = 'data_sync_conformance';

/** A system with one object: a key, a required name, a note, an amount of 18 digits. */
interface StandIn {
  end: EndPoint;
  wrong: EndPoint;
  object: string;
  key: string;
  name: string;
  note: string;
  amount: string;
  removeOne(): unknown;
}

let twin: Twin;
let workspace: Workspace;
let engine: Engine;
let pgUrl = '';

beforeAll(async () => {
  twin = await startTwin(['--objects', 'Account=0', '--seed', '5']);
  workspace = new Workspace();
  engine = new Engine({ home: workspace.home, allowLoopback: true });
  const columns = 'ext varchar(255) PRIMARY KEY, name varchar(255) NOT NULL, note text, amount';
  sqlite(
    workspace.path('people.db'),
    `CREATE TABLE people (${columns} text, changed_at text DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')));`,
  );
  if (!serverUrl) return;
  pgUrl = freshDatabase(serverUrl, database);
  postgres(pgUrl, `CREATE TABLE people (${columns} numeric(18,2), changed_at timestamptz DEFAULT clock_timestamp())`);
});
afterAll(async () => {
  await engine.close();
  await twin.stop();
  workspace.remove();
  if (serverUrl) dropDatabase(serverUrl, database);
});

const tableFields = { object: 'people', key: 'ext', name: 'name', note: 'note', amount: 'amount' };
const standIns: Record<string, () => StandIn> = {
  salesforce: () => ({
    end: salesforce(twin),
    wrong: salesforce(twin, { clientSecret: 'hunter2' }),
    object: 'Account',
    key: 'Ext__c',
    name: 'Name',
    note: 'Description',
    amount: 'AnnualRevenue',
    removeOne: () => twin.mutate({ object: 'Account', delete: 1, seed: 1 }),
  }),
  sqlite: () => ({
    end: { type: 'sqlite', config: { path: workspace.path('people.db'), versionField: 'changed_at' } },
    wrong: { type: 'sqlite', config: { path: workspace.path('missing/people.db') } },
    ...tableFields,
    removeOne: () => void sqlite(workspace.path('people.db'), "DELETE FROM people WHERE ext = 'again';"),
  }),
  postgresql: () => ({
    end: { type: 'postgresql', config: { connectionString: pgUrl, versionField: 'changed_at' } },
    wrong: {
      type: 'postgresql',
      config: { connectionString: pgUrl.replace(/:[^:@/]+@/, ':hunter2@') },
    },
    ...tableFields,
    removeOne: () => void postgres(pgUrl, "DELETE FROM people WHERE ext = 'again'"),
  }),
};

test('every connector of the registry has a system here', async () => {
  const types = (await engine.connectors()).map(({ type }) => type);
  expect(Object.keys(standIns).sort()).toEqual(types.sort());
});

const present = Object.keys(standIns).filter((type) => type !== 'postgresql' || serverUrl);
describe.each(present)('%s', (type) => {
  let on: StandIn;
  beforeAll(() => {
    on = standIns[type]!();
  });

  const write = (...records: PlainRecord[]) => engine.write(on.end, { object: on.object, keyField: on.key, records });
  const fields = () => [on.key, on.name, on.note, on.amount];
  const read = async () => {
    const { records } = await engine.read(on.end, { object: on.object, fields: fields(), limit: 1_000 });
    return new Map(records.map((record) => [record[on.key], record]));
  };

  test('connects, and says why it does not without a secret', async () => {
    expect(await engine.testConnection(on.end)).toMatchObject({ ok: true });
    const refused = await engine.testConnection(on.wrong);
    expect(refused.ok).toBe(false);
    expect(refused.message.length).toBeGreaterThan(10);
    expect(refused.message).not.toContain('hunter2');
  });

  test('lists its object, and describes it with the key that records are matched by', async () => {
    const objects = await engine.objects(on.end);
    expect(objects.map(({ name }) => name.split('.').at(-1))).toContain(on.object);
    const schema = await engine.describe(on.end, on.object);
    const described = new Map(schema.fields.map((field) => [field.name, field]));
    expect([...described.keys()]).toEqual(expect.arrayContaining(fields()));
    expect(described.get(on.key)).toMatchObject({ matchKey: true, unique: true });
    expect(described.get(on.name)).toMatchObject({ required: true });
    expect(described.get(on.amount)).toMatchObject({ required: false, nullable: true });
    expect(schema.versionField).not.toBe('');
  });

  test('an object or a field that is not there is named', async () => {
    await expect(engine.describe(on.end, 'nothing_here')).rejects.toThrow(/nothing_here/);
    const request = { object: on.object, fields: [on.key, 'no_such_field'], limit: 1 };
    await expect(engine.read(on.end, request)).rejects.toThrow(/no_such_field/);
  });

  test('gives back to the byte what it was given, and tells null from empty as far as the system does', async () => {
    const note = 'quote " and \' and ""\nline\r\nbreak, emoji 👩‍👩‍👧‍👦, שלום, #N/A';
    const results = await write(
      { [on.key]: 'bytes', [on.name]: note.slice(0, 39), [on.note]: note, [on.amount]: '9007199254740993.01' },
      { [on.key]: 'words', [on.name]: '#N/A', [on.note]: 'NULL', [on.amount]: '-0.10' },
      { [on.key]: 'blank', [on.name]: 'NA', [on.note]: null, [on.amount]: null },
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['created', 'created', 'created']);
    const back = await read();
    expect(back.get('bytes')).toMatchObject({ [on.name]: note.slice(0, 39), [on.note]: note });
    expect(back.get('bytes')![on.amount]).toBe('9007199254740993.01');
    expect(back.get('words')).toMatchObject({ [on.name]: '#N/A', [on.note]: 'NULL' });
    expect(Number(back.get('words')![on.amount])).toBe(-0.1);
    expect(back.get('blank')).toMatchObject({ [on.name]: 'NA', [on.note]: null, [on.amount]: null });
  });

  test('a record that is refused costs the others nothing, and results keep their order', async () => {
    const [first, refused, last] = await write(
      { [on.key]: 'r1', [on.name]: 'one' },
      { [on.key]: 'r2', [on.name]: null },
      { [on.key]: 'r3', [on.name]: 'three' },
    );
    expect([first!.outcome, refused!.outcome, last!.outcome]).toEqual(['created', 'rejected', 'created']);
    expect(refused!.error).toMatchObject({ field: on.name, retryable: false });
    expect([...(await read()).keys()]).toEqual(expect.arrayContaining(['r1', 'r3']));
    expect((await read()).has('r2')).toBe(false);
  });

  test('a field that is left out stays, and of two with one key the later one holds', async () => {
    await write({ [on.key]: 'again', [on.name]: 'a', [on.note]: 'kept' });
    await write({ [on.key]: 'again', [on.name]: 'b' });
    expect((await read()).get('again')).toMatchObject({ [on.name]: 'b', [on.note]: 'kept' });
    await write({ [on.key]: 'twice', [on.name]: 'first' }, { [on.key]: 'twice', [on.name]: 'second' });
    expect((await read()).get('twice')).toMatchObject({ [on.name]: 'second' });
  });

  test('a limit gives that many records and says that there are more', async () => {
    const some = await engine.read(on.end, { object: on.object, fields: [on.key], limit: 2 });
    expect([some.records.length, some.more]).toEqual([2, true]);
    const all = await engine.read(on.end, { object: on.object, fields: [on.key], limit: 1_000 });
    expect(all.more).toBe(false);
    expect(new Set(all.records.map((record) => record[on.key])).size).toBe(all.records.length);
  });

  test('a feed tells of each change once, and again until it is accepted', async () => {
    const request = { id: `feed-${type}`, source: on.end, object: on.object, fields: [on.key, on.name] };
    const start = await engine.changes(request);
    await write({ [on.key]: 'fed', [on.name]: 'new' });
    const told = await engine.changes({ ...request, accept: start.token });
    expect(told.records.map((change) => change.fields[on.key])).toEqual(['fed']);
    const repeated = await engine.changes(request);
    expect(repeated.records).toEqual(told.records);
    expect((await engine.changes({ ...request, accept: repeated.token })).records).toEqual([]);
  });

  test('a full sync out of it sees what is gone', async () => {
    const target = workspace.path(`${type}.db`);
    const sync = {
      id: `out-of-${type}`,
      source: on.end,
      target: { type: 'sqlite', config: { path: target, createTable: true, key: 'ext' } },
      sourceObject: on.object,
      targetObject: 'copy',
      fieldMappings: [
        { source: on.key, target: 'ext', required: true },
        { source: on.name, target: 'name' },
      ],
      deletes: { policy: 'hard' as const, limitPercent: 100 },
    };
    const first = await engine.run(sync);
    expect(first).toMatchObject({ status: 'succeeded', rejected: 0 });
    await on.removeOne();
    const second = await engine.run(sync, { full: true });
    expect(second).toMatchObject({ status: 'succeeded', deleted: 1, unchanged: first.read - 1 });
    expect(sqlite(target, 'SELECT count(*) FROM copy;')).toBe(String(first.read - 1));
  });
});
