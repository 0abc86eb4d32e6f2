/**
 * What really happened to the data, in order. A test compares the ledger with what a client believes it did: a
 * record written twice shows up twice here, whatever the client was told.
 */
import type { Clock } from '../clock';

export type Operation = 'inserted' | 'updated' | 'deleted' | 'unchangedWrites';

export interface Effect {
  seq: number;
  /** Seconds since 1970 on the org's clock. */
  at: number;
  object: string;
  op: Operation;
  id: string;
  /** Value of Ext__c at that time, if the object has it. */
  key: string | null;
  /** `api` for clients, `mutate` for changes ordered through the control endpoint. */
  by: 'api' | 'mutate';
}

export type EffectCounts = Record<string, Record<Operation, number>>;

export class Ledger {
  private readonly effects: Effect[] = [];
  /** Who is writing now; the control endpoint sets it for the time of its changes. */
  by: Effect['by'] = 'api';

  constructor(private readonly clock: Clock) {}

  record(object: string, op: Operation, id: string, key: string | null): void {
    this.effects.push({ seq: this.effects.length + 1, at: this.clock.now(), object, op, id, key, by: this.by });
  }

  /** Number of effects so far; `rollback` to it forgets what came later. */
  mark(): number {
    return this.effects.length;
  }

  rollback(mark: number): void {
    this.effects.length = mark;
  }

  /** Effects by object and kind, of clients or of the control endpoint. */
  counts(by: Effect['by']): EffectCounts {
    const counts: EffectCounts = {};
    for (const effect of this.effects) {
      if (effect.by !== by) continue;
      const kinds = (counts[effect.object] ??= { inserted: 0, updated: 0, deleted: 0, unchangedWrites: 0 });
      kinds[effect.op]++;
    }
    return counts;
  }

  *lines(object: string | null): Generator<string> {
    for (const effect of this.effects) {
      if (object === null || effect.object.toLowerCase() === object.toLowerCase()) yield `${JSON.stringify(effect)}\n`;
    }
  }
}
