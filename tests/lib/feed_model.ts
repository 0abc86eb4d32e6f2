// What a change feed has to give, told from the true state of a system by code that knows nothing of the feed.
import type { Change } from '../../lib';

/** A record as it is: its change stamp, and the values of the fields that the feed reads. */
export interface TrueRecord {
  stamp: string;
  values: Record<string, unknown>;
}

interface Given {
  /** Empty for a deletion. */
  stamp: string;
  values: string;
  gone: boolean;
}

const isGone: Given = { stamp: '', values: '', gone: true };

/** Follows a system from one look to the next, and judges every change that the feed gives. */
export class FeedModel {
  /** What was accepted last, by id; what the feed was begun with counts. */
  readonly #accepted = new Map<string, Given>();
  readonly #acceptedVersions = new Set<string>();
  /** Everything that was true at some look since the id's newest accepted version. */
  readonly #true = new Map<string, Given[]>();
  #now = new Map<string, TrueRecord>();
  #offered: Change[] = [];
  accepted = 0;

  constructor(begin: Map<string, TrueRecord>, history: boolean) {
    this.#now = begin;
    for (const [id, record] of begin) {
      if (history) this.#accepted.set(id, given(record));
      else this.#true.set(id, [given(record)]);
    }
  }

  /** The system after a change. */
  observe(next: Map<string, TrueRecord>): void {
    for (const [id, record] of next) this.#note(id, given(record));
    for (const id of this.#now.keys()) if (!next.has(id)) this.#note(id, isGone);
    this.#now = next;
  }

  /** A batch: every change in it was true, is new, and is there once. */
  offer(changes: Change[]): void {
    const seen = new Map<string, Given>();
    for (const change of changes) {
      const one = this.#match(change, seen.get(change.id));
      const before = seen.get(change.id) ?? this.#accepted.get(change.id);
      if (change.op === 'deleted' ? before?.gone : same(before, one))
        throw new Error(`given again: ${JSON.stringify(change)}`);
      if (change.op !== 'deleted' && this.#acceptedVersions.has(`${change.id} ${change.version}`))
        throw new Error(`one version twice: ${JSON.stringify(change)}`);
      if (change.op === 'created' && before) throw new Error(`created twice: ${JSON.stringify(change)}`);
      seen.set(change.id, one);
    }
    this.#offered = changes;
  }

  /** The caller has the newest batch. */
  accept(): void {
    for (const change of this.#offered) {
      this.#accepted.set(change.id, this.#match(change));
      if (change.version) this.#acceptedVersions.add(`${change.id} ${change.version}`);
    }
    this.accepted += this.#offered.length;
    this.#offered = [];
  }

  /** Ids whose present state was not given. Empty once everything was read. */
  missing(): string[] {
    const ids = new Set([...this.#now.keys(), ...this.#true.keys()]);
    return [...ids].filter((id) => {
      const record = this.#now.get(id);
      const last = this.#accepted.get(id);
      if (record) return !same(last, given(record));
      // What came and went between two looks of the feed need not be told.
      return last !== undefined && !last.gone;
    });
  }

  #note(id: string, one: Given): void {
    const known = this.#true.get(id) ?? [];
    if (!same(known.at(-1), one)) known.push(one);
    this.#true.set(id, known);
  }

  #match(change: Change, after?: Given): Given {
    const stamp = change.version.replace(/#\d+$/, '');
    if (change.op === 'deleted') {
      if (!this.#true.get(change.id)?.some((one) => one.gone)) throw new Error(`not deleted: ${change.id}`);
      return isGone;
    }
    const wanted = { stamp, values: text(change.fields), gone: false };
    if (this.#true.get(change.id)?.some((one) => same(one, wanted) && one !== after)) return wanted;
    throw new Error(`never true: ${JSON.stringify(change)}; was ${JSON.stringify(this.#true.get(change.id))}`);
  }
}

function given({ stamp, values }: TrueRecord): Given {
  return { stamp, values: text(values), gone: false };
}

function same(a: Given | undefined, b: Given): boolean {
  return a !== undefined && a.gone === b.gone && a.stamp === b.stamp && a.values === b.values;
}

function text(values: Record<string, unknown>): string {
  return JSON.stringify(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The same numbers for the same seed. */
export class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = seed * 2_654_435_761 + 1;
  }
  /** From 0 to sides - 1. */
  roll(sides: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * sides);
  }
}
