// One generated script: people work in a simulated org and in a table while a two-way sync runs between them.
import { type Conflict, type Engine, EngineError, type RunReport, type SyncFile } from '../../../lib';
import { Dice } from '../../lib/feed_model';
import { EditBook, otherPlace, type Place, spelt } from './edit_book';
import { killedRun } from './killed_run';
import { type Cells, type Column, orgFields, OrgPeople } from './org_people';
import { peopleColumns, type StampedPeople } from './stamped_people';
import type { Twin } from './twin';
import { drawFaults, drawSettings, type WorldSettings } from './two_way_settings';
import { salesforce, type Workspace } from './workspace';

/** People began so long ago. PostgreSQL is not asked for stamps that are older than ten minutes. */
const beganSecondsAgo = 540;
const secondsMax = 500;
const firstRecords = 24;
const keys = 30;
const tags = ['Key', 'Partner', 'Trial', 'At risk', 'EU', 'US'];
const clearable: Column[] = ['phone', 'website', 'notes', 'tags', 'staff'];
const quoted = (cell: string | null) => (cell === null ? 'NULL' : `'${cell.replaceAll("'", "''")}'`);

export type Rows = Map<string, Cells>;

interface Spot {
  place: Place;
  key: string;
  column: Column;
}

export class TwoWayScript {
  readonly settings: WorldSettings;
  readonly book = new EditBook();
  /** What happened, for the one who reads of a failure. */
  readonly journal: string[] = [];
  readonly sync: SyncFile;
  /** By number of a conflict: the epoch of people's edits at whose end it was noted. */
  readonly epochs = new Map<number, number>();
  org!: OrgPeople;
  readonly #dice: Dice;
  #time = 0;
  #began = 0;
  #next = 1;
  #statements: string[] = [];
  #isRough = false;
  #newest?: Spot;
  #ids = new Map<string, string>();
  #live: Record<Place, Rows> = { org: new Map(), table: new Map() };

  constructor(
    readonly seed: number,
    readonly twin: Twin,
    readonly table: StampedPeople,
    readonly engine: Engine,
    readonly workspace: Workspace,
  ) {
    this.#dice = new Dice(seed);
    this.settings = drawSettings(this.#dice);
    const { strategy, conflicts } = this.settings;
    this.sync = {
      id: table.name,
      source: salesforce(twin),
      target: table.end,
      sourceObject: 'Account',
      targetObject: table.name,
      fieldMappings: Object.entries(orgFields).map(([target, source]) => ({ source, target })),
      direction: 'two_way',
      matchOn: 'ext',
      conflictResolution: strategy,
      conflicts,
      deletes: { policy: 'hard', limitPercent: 100, limitRecords: 1_000 },
      batchSize: 10,
    };
    this.journal.push(JSON.stringify(this.settings));
  }

  /** Edits and runs; then two runs in which nothing happens and nothing fails. */
  async play(): Promise<void> {
    this.org = await OrgPeople.in(this.twin);
    this.#began = Date.now() - beganSecondsAgo * 1_000;
    const { now } = await this.twin.control<{ now: string }>('POST', 'clock', { advanceSeconds: 0 });
    const ahead = Math.round((this.#began - Date.parse(now)) / 1_000) + this.settings.skewSeconds;
    await this.twin.control('POST', 'clock', { advanceSeconds: ahead });
    await this.#passTime(1);
    for (let i = 0; i < firstRecords; i += 1) await this.#create();
    await this.run();
    for (let rounds = 1 + this.#dice.roll(4); rounds > 0; rounds -= 1) {
      await this.#look();
      for (let acts = 4 + this.#dice.roll(12); acts > 0; acts -= 1) await this.#act();
      await this.#runInWeather();
    }
    // What is deleted in a table is seen by a full run.
    await this.settle(this.settings.deletes);
    await this.settle(false);
  }

  /** A run in which nothing may go wrong. */
  async settle(full: boolean): Promise<RunReport> {
    const report = await this.run(full);
    expect([report?.status, report?.error, report?.rejected]).toEqual(['succeeded', undefined, 0]);
    return report!;
  }

  /** One run, stopped after so many milliseconds. No report: it did not come to its beginning. */
  async run(full = false, stopAfter = Infinity): Promise<RunReport | undefined> {
    await this.#passTime(2);
    this.#write();
    const report = await this.#attempt(full, stopAfter);
    if (!report) return undefined;
    const { mode, status, created, updated, deleted, in_review, rejected, resumed, error } = report;
    const told = { run: report.runId, mode, status, created, updated, deleted, in_review, rejected, resumed };
    this.journal.push(JSON.stringify({ ...told, error: error?.message }));
    const outcomes = [created, updated, deleted, report.unchanged, report.filtered, rejected, in_review];
    expect(outcomes.reduce((sum, count) => sum + count, report.superseded)).toBe(report.read);
    for (const { id } of await this.conflicts()) if (!this.epochs.has(id)) this.epochs.set(id, this.book.epoch);
    if (status === 'succeeded' && !resumed && rejected === 0) {
      const [org, table] = [await this.rowsOf('org'), await this.rowsOf('table')];
      this.book.runEnded([...org.keys()].filter((key) => table.has(key)));
    }
    return report;
  }

  async conflicts(): Promise<Conflict[]> {
    const { conflicts, next } = await this.engine.conflicts.list({ syncId: this.sync.id, limit: 1_000 });
    expect(next).toBeUndefined();
    return conflicts;
  }

  /** All records of one side that are not deleted, by key, as they are. */
  async rowsOf(place: Place): Promise<Rows> {
    if (place === 'org') return new Map([...(await this.org.rows())].map(([key, { cells }]) => [key, cells]));
    const rows = [...this.table.rows()];
    return new Map(
      rows.map(([key, cells]) => [key, Object.fromEntries(peopleColumns.map((column, i) => [column, cells[i]]))]),
    );
  }

  async #attempt(full: boolean, stopAfter: number): Promise<RunReport | undefined> {
    const running = this.engine.run(this.sync, { full });
    const timer = stopAfter < Infinity && setTimeout(() => void this.engine.stop(this.sync.id), stopAfter);
    try {
      return await running;
    } catch (thrown) {
      if (!(thrown instanceof EngineError) || !this.#isRough) throw thrown;
      this.journal.push(`a run ended before it had begun: ${thrown.message}`);
      return undefined;
    } finally {
      if (timer) clearTimeout(timer);
    }
  }

  async #runInWeather(): Promise<void> {
    const { faults, stops, kills } = this.settings;
    const storm = faults ? drawFaults(this.#dice) : [];
    if (storm.length > 0) {
      this.journal.push(`faults ${JSON.stringify(storm)}`);
      await this.twin.faults(...storm);
    }
    this.#isRough = faults || stops;
    if (kills && this.#dice.roll(2) === 0) await this.#runAndKill();
    else await this.run(this.#dice.roll(6) === 0, stops && this.#dice.roll(2) === 0 ? this.#dice.roll(60) : Infinity);
    this.#isRough = false;
    await this.twin.clearFaults();
  }

  async #runAndKill(): Promise<void> {
    await this.#passTime(2);
    this.#write();
    const moment = { pages: this.#dice.roll(5), delayMs: this.#dice.roll(25) };
    const killed = await killedRun(this.workspace, this.sync, moment);
    this.journal.push(`a run ${killed ? 'was killed' : 'ended before it could be killed'} ${JSON.stringify(moment)}`);
  }

  /** What people did to the table since the last run. */
  #write(): void {
    this.table.byPerson(this.#statements.splice(0), this.#now());
  }

  async #passTime(seconds: number): Promise<void> {
    const { now } = await this.twin.control<{ now: string }>('POST', 'clock', { advanceSeconds: seconds });
    this.#time = Date.parse(now) - this.settings.skewSeconds * 1_000;
    expect(this.#time - this.#began).toBeLessThan(secondsMax * 1_000);
  }

  async #look(): Promise<void> {
    this.#ids = new Map([...(await this.org.rows())].map(([key, { id }]) => [key, id]));
    this.#live = { org: await this.rowsOf('org'), table: await this.rowsOf('table') };
  }

  async #act(): Promise<void> {
    await this.#passTime(this.settings.hasty ? this.#dice.roll(2) : [1, 1, 2, 4, 7, 12][this.#dice.roll(6)]!);
    if (this.#newest && this.#dice.roll(4) === 0) return this.#answer(this.#newest);
    const roll = this.#dice.roll(10);
    const place: Place = this.#dice.roll(2) === 0 ? 'org' : 'table';
    const alive = [...this.#live[place].keys()].sort();
    if (roll < 2 || alive.length === 0) return this.#create(place);
    // Most happens to a few records, so that both sides meet.
    const key = alive[this.#dice.roll(this.#dice.roll(3) === 0 ? alive.length : Math.min(8, alive.length))]!;
    if ((roll === 2 || (roll === 3 && this.settings.recreates)) && this.settings.deletes)
      return this.#remove(place, key);
    const columns: Column[] = ['name', ...clearable, 'revenue', 'revenue'];
    await this.#edit(place, key, columns[this.#dice.roll(columns.length)]!);
  }

  /** Somebody on the other side writes into the field that was written into last. */
  async #answer({ place, key, column }: Spot): Promise<void> {
    const other = otherPlace(place);
    if (this.#live[other].has(key)) await this.#edit(other, key, column);
  }

  async #create(place: Place = this.#dice.roll(2) === 0 ? 'org' : 'table'): Promise<void> {
    const gone = this.settings.recreates && this.#dice.roll(2) === 0 ? [...this.book.everDeleted].sort() : [];
    const key = gone[this.#dice.roll(gone.length || 1)] ?? `k${String(this.#dice.roll(keys)).padStart(2, '0')}`;
    if (this.#live[place].has(key)) return;
    if (this.book.deleted.has(key) && !this.settings.recreates) return;
    const cells: Cells = { ext: key, ...this.#group() };
    for (const column of ['name', ...clearable] as Column[])
      if (column === 'name' || this.#dice.roll(3) > 0) cells[column] = this.#value(place, column, null).cell;
    this.journal.push(`${this.#now()} ${place} creates ${JSON.stringify(cells)}`);
    if (place === 'org') this.#ids.set(key, await this.org.create(cells));
    else this.#insert(cells);
    this.#live[place].set(key, cells);
    this.book.create(place, key, cells, this.#time);
  }

  async #edit(place: Place, key: string, column: Column): Promise<void> {
    const held = this.#live[place].get(key)!;
    this.#newest = { place, key, column };
    const clears = clearable.includes(column) && this.#dice.roll(8) === 0;
    const { cell, added } = clears ? { cell: null } : this.#value(place, column, held[column] ?? null);
    const cells: Cells = column === 'revenue' ? this.#group() : { [column]: cell };
    this.journal.push(`${this.#now()} ${place} edits ${key} ${JSON.stringify(cells)}`);
    const sets = Object.entries(cells).map(([name, value]) => `${name} = ${quoted(value)}`);
    if (place === 'org') await this.org.edit(this.#ids.get(key)!, cells);
    else this.#say(`UPDATE ${this.table.name} SET ${sets.join()}, changed_at = '${this.#now()}' WHERE ext = '${key}'`);
    Object.assign(held, cells);
    this.book.edit(place, key, cells, this.#time, added);
  }

  async #remove(place: Place, key: string): Promise<void> {
    this.journal.push(`${this.#now()} ${place} deletes ${key}`);
    if (place === 'org') await this.org.remove(key, this.#ids.get(key)!);
    else this.#say(`DELETE FROM ${this.table.name} WHERE ext = '${key}'`);
    this.book.remove(place, key, this.#live[place].get(key)!);
    this.#live[place].delete(key);
  }

  #insert(cells: Cells): void {
    const names = [...Object.keys(cells), 'changed_at'].join();
    const values = [...Object.values(cells), this.#now()].map((cell) => quoted(cell));
    this.#say(`INSERT INTO ${this.table.name} (${names}) VALUES (${values.join()})`);
  }

  #say(statement: string): void {
    this.#statements.push(statement);
  }

  #now(): string {
    return new Date(this.#time).toISOString();
  }

  /** Revenue and city are always written together. */
  #group(): Cells {
    return { revenue: `${(this.#next += 1)}.${['5', '25', '50'][this.#dice.roll(3)]!}`, city: this.#word('c') };
  }

  #word(letter: string): string {
    return `${letter}${String((this.#next += 1)).padStart(5, '0')}`;
  }

  /** A new value that no other edit has, but for choices and numbers; of a list what was added to it. */
  #value(place: Place, column: Column, held: string | null): { cell: string; added?: string } {
    if (column === 'staff') return { cell: String(this.#dice.roll(10_000)) };
    if (column === 'tags') return { cell: tags.filter(() => this.#dice.roll(2) === 0).join(';') || 'Key' };
    const word = this.#word('ABZ'[this.#dice.roll(3)]!);
    if (column === 'notes') {
      const parts = (spelt('notes', held) ?? '').split(';').filter((part) => part !== '' && this.#dice.roll(3) > 0);
      return { cell: [...parts, word].join(';'), added: word };
    }
    // The org trims texts.
    if (place === 'table' && this.#dice.roll(6) === 0) return { cell: `  ${word} ` };
    return { cell: this.#dice.roll(6) === 0 ? `${word} Ž’漢 "x"` : word };
  }
}
