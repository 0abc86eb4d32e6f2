// The change feed: every version of every record once, whatever happens in between.
import { spawn } from 'node:child_process';

import { Engine, EngineError, type ChangesRequest, type EndPoint } from '../../lib';
import { dropDatabase, freshDatabase, postgres, sqlite } from '../e2e/support/tables';
import { startTwin, type Twin } from '../e2e/support/twin';
import { salesforce, Workspace } from '../e2e/support/workspace';
import { Dice, FeedModel, type TrueRecord } from './feed_model';

jest.setTimeout(300_000);

const serverUrl = process.env['DATA_SYNC_TEST_PG'];
const databaseName = 'data_sync_feed';

let workspace: Workspace;
let engine: Engine;

beforeEach(() => {
  workspace = new Workspace();
  engine = open();
});
afterEach(async () => {
  await engine.close();
  workspace.remove();
});

function open(options: ConstructorParameters<typeof Engine>[0] = {}): Engine {
  return new Engine({ home: workspace.home, allowLoopback: true, ...options });
}

async function errorOf(promise: Promise<unknown>): Promise<EngineError> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(EngineError);
  return thrown as EngineError;
}

/** One object of one system, and what its users do with it. */
interface World {
  source: EndPoint;
  object: string;
  fields: string[];
  look(): Promise<Map<string, TrueRecord>>;
  /** One random change: new records, edits (many of one stamp, or late commits), deletions, or time that passes. */
  change(dice: Dice): Promise<void>;
}

/** Reads until nothing is left. Some batches are lost by a crash: their token never comes back. */
class Caller {
  #token?: string;
  batches = 0;
  repeated = 0;

  constructor(
    readonly request: ChangesRequest,
    readonly model: FeedModel,
  ) {}

  /** One call. `crash`: the answer gets lost before its token is kept. True: there is more. */
  async call(reader: Engine, crash: boolean): Promise<boolean> {
    const { records, token, more } = await reader.changes({ ...this.request, accept: this.#token });
    expect(records.length).toBeLessThanOrEqual(this.request.limit!);
    this.model.offer(records);
    if (crash) {
      this.repeated += 1;
      return true;
    }
    this.#token = token;
    this.model.accept();
    this.batches += 1;
    return more;
  }

  async drain(reader: Engine): Promise<void> {
    // A pass that was under way ends where it was to end when it began: what came since is in the one after it.
    for (let pass = 0; pass < 2; pass += 1) while (await this.call(reader, false));
    expect(this.model.missing()).toEqual([]);
  }
}

/** Users change things while the feed is read; the engine is opened anew now and then. */
async function live(world: World, seed: number, rounds: number, options: object = {}): Promise<Caller> {
  const dice = new Dice(seed);
  const from = seed % 2 === 0 ? 'start' : 'now';
  const model = new FeedModel(await world.look(), from === 'now');
  const { source, object, fields } = world;
  const caller = new Caller({ id: `feed-${seed}`, source, object, fields, from, limit: 4 + dice.roll(40) }, model);
  await caller.call(engine, false);
  for (let round = 0; round < rounds; round += 1) {
    await world.change(dice);
    model.observe(await world.look());
    for (let calls = dice.roll(3); calls > 0; calls -= 1) await caller.call(engine, dice.roll(4) === 0);
    if (dice.roll(10) === 0) {
      await engine.close();
      engine = open(options);
    }
    if (dice.roll(6) === 0) await caller.drain(engine);
  }
  await caller.drain(engine);
  // Once everything was given, a feed is silent.
  const given = model.accepted;
  await caller.drain(engine);
  expect(model.accepted).toBe(given);
  return caller;
}

const accountFields = ['Name', 'Phone', 'Description', 'Rating'];

function org(twin: Twin): World {
  return {
    source: salesforce(twin),
    object: 'Account',
    fields: accountFields,
    async look() {
      const rows = await twin.dump('Account');
      const record = (row: Record<string, unknown>) => ({
        stamp: String(row.SystemModstamp).replace('+0000', 'Z'),
        values: Object.fromEntries(accountFields.map((field) => [field, row[field]])),
      });
      return new Map([...rows].map(([id, row]) => [id, record(row)]));
    },
    async change(dice) {
      const seed = dice.roll(1_000_000);
      const mutate = (what: object) => twin.mutate({ object: 'Account', seed, ...what });
      const kinds = [
        () => mutate({ insert: 1 + dice.roll(30) }),
        () => mutate({ update: 1 + dice.roll(60) }),
        () => mutate({ update: 20, set: { Phone: String(seed) } }),
        () => mutate({ update: 10, lateBy: 60 + dice.roll(400) }),
        () => mutate({ insert: 5, lateBy: 60 + dice.roll(400) }),
        () => mutate({ delete: 1 + dice.roll(5) }),
        () => mutate({ hardDelete: 1 + dice.roll(3) }),
        () => mutate({ update: 450, sameStamp: false }),
        () => twin.control('POST', 'clock', { advanceSeconds: 30 + dice.roll(1_500) }),
      ];
      await kinds[dice.roll(kinds.length)]!();
    },
  };
}

describe('of a Salesforce org', () => {
  let twin: Twin;
  beforeEach(async () => {
    twin = await startTwin(['--objects', 'Account=400', '--seed', '31']);
  });
  afterEach(() => twin.stop());

  const feed = (more: Partial<ChangesRequest> = {}): ChangesRequest => ({
    id: 'accounts',
    source: salesforce(twin),
    object: 'Account',
    fields: ['Name', 'Phone'],
    ...more,
  });

  test.each([1, 2, 3, 4])('every version comes once, whatever users and crashes do (seed %i)', async (seed) => {
    const caller = await live(org(twin), seed, 40);
    expect(caller.model.accepted).toBeGreaterThan(100);
    expect(caller.repeated).toBeGreaterThan(0);
  });

  test('a feed that begins now gives no history, then tells new records, edits and deletions apart', async () => {
    expect(await engine.changes(feed())).toMatchObject({ records: [], more: false });
    const { ids } = await twin.mutate({ object: 'Account', insert: 2, update: 3, delete: 1, hardDelete: 1, ids: true });
    const { records, token } = await engine.changes(feed());
    const byOp = (op: string) => records.filter((one) => one.op === op).map((one) => one.id);
    expect(byOp('created').sort()).toEqual([...ids.inserted].sort());
    expect(byOp('updated').sort()).toEqual([...ids.updated].sort());
    expect(byOp('deleted').sort()).toEqual([...ids.deleted, ...ids.hardDeleted].sort());
    expect(await engine.changes(feed({ accept: token }))).toEqual({ records: [], token, more: false });

    await twin.mutate({ object: 'Account', updateIds: ids.inserted, update: 2, set: { Phone: '7' } });
    const again = await engine.changes(feed({ accept: token }));
    expect(again.records.map((one) => [one.op, one.fields.Phone])).toEqual([
      ['updated', '7'],
      ['updated', '7'],
    ]);
  });

  test('a record that was given as created is updated from then on, also when the window has left it', async () => {
    await engine.changes(feed());
    const { ids } = await twin.mutate({ object: 'Account', insert: 1, ids: true });
    let { token } = await engine.changes(feed());
    for (let pass = 0; pass < 4; pass += 1) {
      await twin.control('POST', 'clock', { advanceSeconds: 1_000 });
      ({ token } = await engine.changes(feed({ accept: token })));
    }
    await twin.mutate({ object: 'Account', updateIds: ids.inserted, update: 1, set: { Phone: '9' } });
    const { records } = await engine.changes(feed({ accept: token }));
    expect(records).toMatchObject([{ op: 'updated', id: ids.inserted[0] }]);
  });

  test('a batch comes again until its token is accepted, also by another engine', async () => {
    await engine.changes(feed());
    await twin.mutate({ object: 'Account', update: 10, set: { Phone: '1' } });
    const first = await engine.changes(feed());
    expect(first.records).toHaveLength(10);
    await engine.close();
    engine = open();
    const second = await engine.changes(feed());
    expect(second.records).toEqual(first.records);
    const third = await engine.changes(feed({ accept: second.token }));
    expect(third.records).toEqual([]);
  });

  test('an old token accepts nothing, and one that the feed has not given is refused', async () => {
    const begun = await engine.changes(feed());
    const edits = async (phone: string) => twin.mutate({ object: 'Account', update: 1, set: { Phone: phone } });
    await edits('1');
    const first = await engine.changes(feed({ accept: begun.token }));
    await edits('2');
    const second = await engine.changes(feed({ accept: first.token }));
    expect(second.records).toHaveLength(1);
    expect((await engine.changes(feed({ accept: begun.token }))).records).toEqual(second.records);
    const unknown = await errorOf(engine.changes(feed({ accept: 'token-1' })));
    expect(unknown).toMatchObject({ kind: 'conflict', field: 'accept', code: 'feed_token_unknown' });
    await engine.forgetChanges('accounts');
    expect((await errorOf(engine.changes(feed({ accept: second.token })))).code).toBe('feed_token_unknown');
  });

  test('two edits within one second are two versions', async () => {
    await engine.changes(feed());
    const { ids } = await twin.mutate({ object: 'Account', update: 1, set: { Phone: '1' }, ids: true });
    const first = await engine.changes(feed());
    const before = (await twin.dump('Account')).get(ids.updated[0])!.SystemModstamp;
    await twin.mutate({ object: 'Account', update: 1, updateIds: ids.updated, set: { Phone: '2' } });
    const after = (await twin.dump('Account')).get(ids.updated[0])!.SystemModstamp;
    const second = await engine.changes(feed({ accept: first.token }));
    expect(second.records).toMatchObject([{ op: 'updated', id: ids.updated[0], fields: { Phone: '2' } }]);
    if (before === after) expect(second.records[0]!.version).toBe(`${first.records[0]!.version}#2`);
  });

  test('more ids than any list would hold come through, in batches within the limit', async () => {
    await engine.changes(feed());
    await twin.mutate({ object: 'Account', insert: 12_000 });
    const seen = new Set<string>();
    let answer = await engine.changes(feed({ limit: 5_000 }));
    for (;;) {
      expect(answer.records.length).toBeLessThanOrEqual(5_000);
      for (const { id, op } of answer.records) {
        expect(op).toBe('created');
        expect(seen.has(id)).toBe(false);
        seen.add(id);
      }
      const { token, more } = answer;
      answer = await engine.changes(feed({ accept: token, limit: 5_000 }));
      if (!more && answer.records.length === 0) break;
    }
    expect(seen.size).toBe(12_000);
  });

  test('a feed that begins at the start gives all records as created, page by page', async () => {
    const request = feed({ id: 'all', from: 'start', limit: 150 });
    const seen = new Set<string>();
    let { records, token, more } = await engine.changes(request);
    for (;;) {
      for (const { op, id } of records) {
        expect(op).toBe('created');
        seen.add(id);
      }
      if (!more) break;
      ({ records, token, more } = await engine.changes({ ...request, accept: token }));
    }
    expect(seen.size).toBe(400);
  });

  test('a failed read costs nothing: the next call gives what it would have given', async () => {
    await engine.changes(feed());
    await twin.mutate({ object: 'Account', update: 30, set: { Phone: '1' } });
    await twin.faults({ kind: 'query_timeout', match: 'ORDER BY' });
    expect((await errorOf(engine.changes(feed()))).code).toBe('QUERY_TIMEOUT');
    expect((await engine.changes(feed())).records).toHaveLength(30);
  });

  test('other fields for a feed give nothing again', async () => {
    await engine.changes(feed());
    await twin.mutate({ object: 'Account', update: 5, set: { Phone: '1' } });
    const { token } = await engine.changes(feed());
    expect((await engine.changes(feed({ accept: token, fields: ['Description'] }))).records).toEqual([]);
  });

  test('another object under the same id is refused, and so are two readers at once', async () => {
    await engine.changes(feed());
    expect(await errorOf(engine.changes(feed({ object: 'Contact', fields: ['LastName'] })))).toMatchObject({
      kind: 'invalid',
      field: 'id',
    });
    await twin.faults({ kind: 'slow', match: 'ORDER BY', delayMs: 1_000 });
    const slow = engine.changes(feed());
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await errorOf(engine.changes(feed()))).kind).toBe('conflict');
    await slow;
  });
});

const stampOf = (millis: number) => new Date(millis).toISOString();

describe('of an SQLite table', () => {
  function table(): World {
    const path = workspace.path('orders.db');
    sqlite(path, 'CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT, changed TEXT, removed INTEGER DEFAULT 0);');
    let last = 0;
    const add = (count: number, stamp: string) => {
      const rows = Array.from({ length: count }, () => `(${(last += 1)}, 'order ${last}', '${stamp}', 0)`);
      sqlite(path, `INSERT INTO orders VALUES ${rows.join(', ')};`);
    };
    add(50, stampOf(Date.now() - 86_400_000));
    return {
      source: { type: 'sqlite', config: { path, versionField: 'changed', softDeleteField: 'removed' } },
      object: 'orders',
      fields: ['name'],
      look() {
        const text = sqlite(path, "SELECT id || '|' || changed || '|' || name FROM orders WHERE removed = 0;");
        const rows = text.split('\n').map((line) => line.split('|') as [string, string, string]);
        return Promise.resolve(new Map(rows.map(([id, stamp, name]) => [id, { stamp, values: { name } }])));
      },
      change(dice) {
        const now = stampOf(Date.now());
        const some = `id % 7 = ${dice.roll(7)} AND removed = 0`;
        const edit = (stamp: string) =>
          sqlite(path, `UPDATE orders SET name = 'n${dice.roll(1e6)}', changed = '${stamp}' WHERE ${some};`);
        const kinds = [
          () => add(1 + dice.roll(20), now),
          () => edit(now),
          () => edit(stampOf(Date.now() - 1_000 * dice.roll(500))),
          () => add(3, stampOf(Date.now() - 1_000 * dice.roll(500))),
          () => sqlite(path, `UPDATE orders SET removed = 1, changed = '${now}' WHERE id % 31 = ${dice.roll(31)};`),
        ];
        kinds[dice.roll(kinds.length)]!();
        return Promise.resolve();
      },
    };
  }

  test.each([1, 2, 3])('every version comes once, whatever users and crashes do (seed %i)', async (seed) => {
    expect((await live(table(), seed, 40)).model.accepted).toBeGreaterThan(50);
  });

  test('is refused without a change stamp, by the name of the setting', async () => {
    const { source } = table();
    const config = { path: source.config.path };
    const request = { id: 'x', source: { type: 'sqlite', config }, object: 'orders', fields: ['name'] };
    expect((await errorOf(engine.changes(request))).message).toContain('versionField');
  });
});

/** Tests that need a server: `npm test` starts one. */
(serverUrl ? describe : describe.skip)('of a PostgreSQL table', () => {
  let url: string;
  let sessions: Transaction[];

  /** A session of psql whose transaction stays open until it is told to end. */
  class Transaction {
    readonly #shell = spawn('psql', [url, '-qAt', '-v', 'ON_ERROR_STOP=1'], { stdio: ['pipe', 'pipe', 'inherit'] });

    /** Ends when the statements have had their effect. */
    async begin(statements: string): Promise<void> {
      const done = new Promise<void>((resolve) => this.#shell.stdout.once('data', () => resolve()));
      this.#shell.stdin.write(`BEGIN;\n${statements}\nSELECT 'done';\n`);
      await done;
    }

    async commit(): Promise<void> {
      const ended = new Promise<void>((resolve) => this.#shell.once('exit', () => resolve()));
      this.#shell.stdin.end('COMMIT;\n');
      await ended;
    }
  }

  beforeEach(() => {
    url = freshDatabase(serverUrl!, databaseName);
    sessions = [];
    postgres(
      url,
      'CREATE TABLE orders (id int PRIMARY KEY, name text, changed timestamptz, removed boolean DEFAULT false)',
    );
    postgres(
      url,
      "INSERT INTO orders SELECT n, 'order ' || n, now() - interval '1 day' FROM generate_series(1, 50) AS n",
    );
  });
  afterEach(async () => {
    for (const session of sessions) await session.commit();
    await engine.close();
    dropDatabase(serverUrl!, databaseName);
  });

  function table(): World {
    let last = 50;
    const add = (count: number, stamp: string) => {
      postgres(
        url,
        `INSERT INTO orders SELECT n, 'new ' || n, ${stamp} FROM generate_series(${last + 1}, ${last + count}) AS n`,
      );
      last += count;
    };
    const edit = (dice: Dice, stamp: string) =>
      `UPDATE orders SET name = 'n${dice.roll(1e6)}', changed = ${stamp} WHERE id % 7 = ${dice.roll(7)} AND NOT removed;`;
    return {
      source: {
        type: 'postgresql',
        config: { connectionString: url, versionField: 'changed', softDeleteField: 'removed' },
      },
      object: 'public.orders',
      fields: ['name'],
      look() {
        const seen = 'SELECT json_agg(json_build_array(id, changed, name)) FROM orders WHERE NOT removed';
        const rows = JSON.parse(postgres(url, `SET TIME ZONE 'UTC'; ${seen}`)) as [number, string, string][];
        return Promise.resolve(
          new Map(
            rows.map(([id, time, name]) => [String(id), { stamp: time.replace('+00:00', 'Z'), values: { name } }]),
          ),
        );
      },
      async change(dice) {
        const open = sessions.shift();
        if (open && dice.roll(2) === 0) return open.commit();
        if (open) sessions.unshift(open);
        const kinds = [
          () => add(1 + dice.roll(20), 'now()'),
          () => postgres(url, edit(dice, 'now()')),
          () => postgres(url, edit(dice, `now() - interval '${dice.roll(500)} seconds'`)),
          () =>
            postgres(
              url,
              `UPDATE orders SET removed = true, changed = now() WHERE id % 31 = ${dice.roll(31)} AND NOT removed`,
            ),
        ];
        // A transaction that commits behind later ones. One at a time: two could wait for each other's rows.
        if (!open && dice.roll(4) === 0) {
          const session = new Transaction();
          last += 3;
          await session.begin(
            `INSERT INTO orders SELECT n, 'late ' || n, now() FROM generate_series(${last - 2}, ${last}) AS n;`,
          );
          sessions.push(session);
        } else kinds[dice.roll(kinds.length)]!();
      },
    };
  }

  test.each([1, 2, 3])('every version comes once, whatever users and crashes do (seed %i)', async (seed) => {
    expect((await live(table(), seed, 40)).model.accepted).toBeGreaterThan(50);
  });

  test('what a feed must not forget can be kept in PostgreSQL as well', async () => {
    await engine.close();
    engine = open({ databaseUrl: url });
    expect((await live(table(), 4, 40, { databaseUrl: url })).model.accepted).toBeGreaterThan(50);
  });
});
