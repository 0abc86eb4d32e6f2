/**
 * Changes to the org that no client made: the other people who work in it. All rows of one call carry one
 * SystemModstamp, as after a bulk transaction, unless `sameStamp` is false. `lateBy` gives them an older stamp: rows
 * of a long transaction that commit behind a reader's cursor.
 */
import { Random } from '../random';
import type { Org } from '../store/org';
import type { Table, Values } from '../store/table';
import { coerce } from '../writes/coerce';
import type { Json } from '../json';
import type { Operation } from '../store/ledger';

export interface Mutation {
  object: string;
  insert?: number;
  update?: number;
  delete?: number;
  hardDelete?: number;
  /** Rows deleted as losers of a merge; MasterRecordId names a row that stays. */
  merge?: number;
  seed?: number;
  sameStamp?: boolean;
  lateBy?: number;
  /** Field values to write into the updated rows, instead of made-up ones. */
  set?: Record<string, Json>;
  /** Update these rows instead of chosen ones. */
  updateIds?: string[];
  /** Answer with the ids too. */
  ids?: boolean;
}

/** With sameStamp=false the clock moves one second for this many rows. */
const ROWS_PER_SECOND = 200;
/** Fields whose value a change borrows from another row. */
const BORROWED: Record<string, string[]> = {
  Account: ['Description', 'AnnualRevenue', 'Industry', 'Rating', 'Tags__c'],
  Contact: ['Title', 'Department', 'FirstName'],
  Invoice__c: ['Status__c', 'Due__c'],
};
const OWN_TEXT: Record<string, string> = { Account: 'Phone', Contact: 'Phone' };

type Kind = 'inserted' | 'updated' | 'deleted' | 'hardDeleted' | 'merged';
export type MutationReport = Record<Kind, number> & { ids?: Record<Kind, string[]> };

export class Mutator {
  private round = 0;

  constructor(private readonly org: Org) {}

  run(mutation: Mutation): MutationReport {
    const table = this.org.table(mutation.object);
    const random = new Random((mutation.seed ?? 1) + 1_000_003 * this.round++);
    const chosen = this.choose(table, mutation, random);
    const done: Record<Kind, string[]> = { inserted: [], updated: [], deleted: [], hardDeleted: [], merged: [] };
    this.org.ledger.by = 'mutate';
    try {
      this.work(table, mutation, random, chosen, done);
    } finally {
      this.org.ledger.by = 'api';
    }
    const counts = Object.fromEntries(Object.entries(done).map(([kind, ids]) => [kind, ids.length])) as Record<
      Kind,
      number
    >;
    return mutation.ids ? { ...counts, ids: done } : counts;
  }

  private work(
    table: Table,
    mutation: Mutation,
    random: Random,
    chosen: Record<'update' | 'delete' | 'hardDelete' | 'merge', Int32Array>,
    done: Record<Kind, string[]>,
  ): void {
    let rows = 0;
    const stamp = (): number => {
      if (mutation.sameStamp === false && rows++ % ROWS_PER_SECOND === 0) this.org.clock.advance(1);
      return at === null ? this.org.clock.now() - (mutation.lateBy ?? 0) : at;
    };
    let at: number | null = null;
    at = mutation.sameStamp === false ? null : stamp();
    const note = (kind: Kind, op: Operation, row: number): void => {
      const key = table.value('Ext__c', row);
      const id = table.ids.encode(row);
      done[kind].push(id);
      this.org.ledger.record(table.schema.name, op, id, key === null ? null : String(key));
    };
    for (let i = 0; i < (mutation.insert ?? 0); i++) {
      const created = stamp();
      note('inserted', 'inserted', table.generate({ created, modified: created }));
    }
    for (const row of chosen.update) {
      table.update(row, this.change(table, mutation, row, random), stamp(), this.org.personId);
      note('updated', 'updated', row);
    }
    for (const row of chosen.delete) {
      note('deleted', 'deleted', row);
      table.delete(row, null, stamp());
    }
    for (const row of chosen.merge) {
      note('merged', 'deleted', row);
      table.delete(row, this.anyLiveId(table, row), stamp());
    }
    for (const row of chosen.hardDelete) {
      note('hardDeleted', 'deleted', row);
      table.purge(row);
    }
  }

  private choose(table: Table, mutation: Mutation, random: Random) {
    const wanted = (name: 'update' | 'delete' | 'hardDelete' | 'merge'): number => mutation[name] ?? 0;
    const live = Int32Array.from({ length: table.size }, (_, row) => row).filter((row) => table.isLive(row));
    const total = wanted('update') + wanted('delete') + wanted('hardDelete') + wanted('merge');
    const rows = random.sample(live, total);
    let at = 0;
    const take = (name: 'update' | 'delete' | 'hardDelete' | 'merge'): Int32Array =>
      rows.subarray(at, (at += wanted(name)));
    const chosen = {
      update: take('update'),
      delete: take('delete'),
      hardDelete: take('hardDelete'),
      merge: take('merge'),
    };
    if (!mutation.updateIds) return chosen;
    return {
      ...chosen,
      update: Int32Array.from(mutation.updateIds.map((id) => table.ids.decode(id)).filter((row) => table.isLive(row))),
    };
  }

  /** New values for a row; at least one differs from what it held. */
  private change(table: Table, { set }: Mutation, row: number, random: Random): Values {
    if (set) return this.given(table, set);
    const values: Values = {};
    const text = OWN_TEXT[table.schema.name];
    if (text && table.field(text)) values[text] = `+1 (415) 7${String(this.round).padStart(2, '0')}-${row}`;
    else if (table.field('Amount__c'))
      values['Amount__c'] = `${this.round}${random.below(100_000)}.${1 + random.below(9)}`;
    const borrowed = (BORROWED[table.schema.name] ?? []).filter((name) => table.field(name));
    const name = borrowed[random.below(Math.max(1, borrowed.length))];
    if (name) values[name] = table.value(name, random.below(table.size));
    return values;
  }

  private given(table: Table, set: Record<string, Json>): Values {
    const values: Values = {};
    for (const [name, raw] of Object.entries(set)) {
      const f = table.field(name);
      const result = f && coerce(f, raw);
      if (!f || !result || 'error' in result)
        throw new Error(`set.${name}: not a field of ${table.schema.name} or a bad value`);
      values[f.name] = result.value;
    }
    return values;
  }

  private anyLiveId(table: Table, except: number): string | null {
    for (let row = 0; row < table.size; row++) if (row !== except && table.isLive(row)) return table.ids.encode(row);
    return null;
  }
}
