// Systems whose users are at work while a feed reads them.
import { spawn } from 'node:child_process';

import { postgres, sqlite } from '../e2e/support/tables';
import type { Twin } from '../e2e/support/twin';
import { salesforce } from '../e2e/support/workspace';
import type { World } from './feed_caller';
import type { Dice, TrueRecord } from './feed_model';

const accountFields = ['Name', 'Phone', 'Description', 'Rating'];

export function org(twin: Twin): World {
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
      // Records that are older than any late commit: no change has a stamp before its record's creation.
      const some = async (count: number) => [...(await twin.dump('Account')).keys()].sort().slice(0, count);
      const mutate = (what: object) => twin.mutate({ object: 'Account', seed, ...what });
      const kinds = [
        () => mutate({ insert: 1 + dice.roll(30) }),
        () => mutate({ update: 1 + dice.roll(60) }),
        () => mutate({ update: 20, set: { Phone: String(seed) } }),
        async () => mutate({ updateIds: await some(10), lateBy: 60 + dice.roll(400) }),
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

const stampOf = (millis: number) => new Date(millis).toISOString();

export function sqliteTable(path: string): World {
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

/** A session of psql whose transaction stays open until it is told to end. */
class Transaction {
  readonly #shell;

  constructor(url: string) {
    this.#shell = spawn('psql', [url, '-qAt', '-v', 'ON_ERROR_STOP=1'], { stdio: ['pipe', 'pipe', 'inherit'] });
  }

  /** Ends when the statement has had its effect. */
  async begin(statement: string): Promise<void> {
    const done = new Promise<void>((resolve) => this.#shell.stdout.once('data', () => resolve()));
    this.#shell.stdin.write(`BEGIN;\n${statement};\nSELECT 'done';\n`);
    await done;
  }

  async commit(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#shell.once('exit', () => resolve()));
    this.#shell.stdin.end('COMMIT;\n');
    await ended;
  }
}

/** A table in the database of `url`, some of whose transactions commit behind later ones. */
export class PostgresTable implements World {
  readonly source;
  readonly object = 'public.orders';
  readonly fields = ['name'];
  readonly #url: string;
  #open?: Transaction;
  #last = 0;

  constructor(url: string) {
    this.#url = url;
    const config = { connectionString: url, versionField: 'changed', softDeleteField: 'removed' };
    this.source = { type: 'postgresql', config };
    const columns = 'id int PRIMARY KEY, name text, changed timestamptz, removed boolean DEFAULT false';
    postgres(url, `CREATE TABLE orders (${columns})`);
    postgres(url, this.#added(50, "now() - interval '1 day'"));
  }

  look(): Promise<Map<string, TrueRecord>> {
    const all = 'SELECT json_agg(json_build_array(id, changed, name)) FROM orders WHERE NOT removed';
    const rows = JSON.parse(postgres(this.#url, `SET TIME ZONE 'UTC'; ${all}`)) as [number, string, string][];
    const record = ([id, time, name]: (typeof rows)[0]): [string, TrueRecord] => [
      String(id),
      { stamp: time.replace('+00:00', 'Z'), values: { name } },
    ];
    return Promise.resolve(new Map(rows.map(record)));
  }

  async change(dice: Dice): Promise<void> {
    if (this.#open && dice.roll(2) === 0) return this.close();
    // One at a time: two could wait for each other's rows.
    if (!this.#open && dice.roll(4) === 0) {
      this.#open = new Transaction(this.#url);
      return this.#open.begin(this.#added(3, 'now()'));
    }
    const some = (part: number) => `id % ${part} = ${dice.roll(part)} AND NOT removed`;
    const edited = (stamp: string) =>
      `UPDATE orders SET name = 'n${dice.roll(1e6)}', changed = ${stamp} WHERE ${some(7)}`;
    const kinds = [
      () => this.#added(1 + dice.roll(20), 'now()'),
      () => edited('now()'),
      () => edited(`now() - interval '${dice.roll(500)} seconds'`),
      () => `UPDATE orders SET removed = true, changed = now() WHERE ${some(31)}`,
    ];
    postgres(this.#url, kinds[dice.roll(kinds.length)]!());
  }

  /** Commits what is still open. */
  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.commit();
  }

  #added(count: number, stamp: string): string {
    const first = this.#last + 1;
    this.#last += count;
    return `INSERT INTO orders SELECT n, 'new ' || n, ${stamp} FROM generate_series(${first}, ${this.#last}) AS n`;
  }
}
