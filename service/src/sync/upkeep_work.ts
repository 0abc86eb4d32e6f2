import type { BookDocument, Engine, RetentionCounts } from '../../../lib';
import { planKind } from './plan_work';
import type { Work, WorkBody } from './work';

export const upkeepKind = 'upkeep';
export const retentionId = 'retention';

/** Days that plans are kept; what they would have done is out of date long before. */
const planDays = 7;
const everyMs = 3_600_000;

export interface Retention {
  runsDays: number;
  rejectedDays: number;
  auditDays: number;
  conflictsDays: number;
  tombstonesDays: number;
}

interface UpkeepDocument extends WorkBody {
  last?: { at: string; deleted: RetentionCounts };
}

/** Deletes what is older than it may become, once an hour for all processes together. */
export class UpkeepWork implements Work<UpkeepDocument> {
  readonly kind = upkeepKind;
  readonly #engine: Engine;
  readonly #retention: Retention;
  readonly #now: () => Date;

  constructor(engine: Engine, retention: Retention, now: () => Date) {
    this.#engine = engine;
    this.#retention = retention;
    this.#now = now;
  }

  async perform(_: BookDocument<UpkeepDocument>): Promise<(body: UpkeepDocument) => UpkeepDocument> {
    const limited = Object.entries(this.#retention).filter(([, days]) => days > 0);
    const deleted = await this.#engine.applyRetention({
      ...(Object.fromEntries(limited) as Partial<Retention>),
      documents: [
        { kind: planKind, days: planDays },
        { kind: 'idempotency', days: 1 },
      ],
    });
    const at = this.#now();
    const due = new Date(at.getTime() + everyMs).toISOString();
    return (body) => ({ ...body, due, last: { at: at.toISOString(), deleted } });
  }

  async stop(): Promise<void> {}

  unwanted(): boolean {
    return false;
  }
}

/** Makes the document that asks for upkeep, at the first start over a store. */
export async function askForUpkeep(engine: Engine, now: () => Date): Promise<void> {
  if (await engine.book.get(upkeepKind, retentionId)) return;
  try {
    await engine.book.put(upkeepKind, retentionId, { due: now().toISOString() }, { ifRevision: 0 });
  } catch (thrown) {
    // Another process was quicker.
    if (!(await engine.book.get(upkeepKind, retentionId))) throw thrown;
  }
}
