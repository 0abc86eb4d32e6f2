import type { BookDocument, Engine, PlanReport, RunReport } from '../../../lib';
import { problemOf } from '../plugins/errors';
import type { SyncDocument } from './sync_document';
import { syncFileOf } from './sync_file';
import type { Work, WorkBody } from './work';

export const planKind = 'plan';

/** A dry run, and what came of it. The sync is kept as it was when the plan was asked for. */
export interface PlanDocument extends WorkBody {
  syncId: string;
  sync: SyncDocument;
  how: { full?: boolean; samples?: number };
  status: 'planning' | 'planned' | 'applying' | 'applied' | 'failed';
  plan?: PlanReport;
  applied?: RunReport;
  error?: { code: string; message: string };
  createdAt: string;
}

/** Makes plans, and does what a plan says. */
export class PlanWork implements Work<PlanDocument> {
  readonly kind = planKind;
  readonly #engine: Engine;
  readonly #batchSizeDefault: number;
  readonly #onRun: (report: RunReport) => void;

  /** `onRun` hears of every plan that was applied: that is a run. */
  constructor(engine: Engine, batchSizeDefault: number, onRun: (report: RunReport) => void = () => {}) {
    this.#engine = engine;
    this.#batchSizeDefault = batchSizeDefault;
    this.#onRun = onRun;
  }

  async perform({ id, body }: BookDocument<PlanDocument>): Promise<(body: PlanDocument) => PlanDocument> {
    const changes = await this.#outcome(id, body);
    return ({ due: _, ...rest }) => ({ ...rest, ...changes });
  }

  /** A plan writes nothing and is short; an apply is a run of its sync. */
  async stop(id: string): Promise<void> {
    const plan = await this.#engine.book.get<PlanDocument>(planKind, id);
    if (plan?.body.status === 'applying') await this.#engine.stop(plan.body.syncId);
  }

  unwanted(): boolean {
    return false;
  }

  async #outcome(id: string, { syncId, sync, how, status, due }: PlanDocument): Promise<Partial<PlanDocument>> {
    try {
      const file = await syncFileOf(this.#engine.book, syncId, sync, this.#batchSizeDefault);
      if (status === 'planning')
        return { status: 'planned', plan: await this.#engine.plan(file, { ...how, keep: id }) };
      const applied = await this.#engine.apply(file, id);
      this.#onRun(applied);
      if (applied.status === 'stopped') return { status: 'applying', due, applied };
      return { status: applied.status === 'succeeded' ? 'applied' : 'failed', applied, ...errorOf(applied) };
    } catch (thrown) {
      const problem = problemOf(thrown);
      return { status: 'failed', error: { code: problem.code, message: problem.message } };
    }
  }
}

function errorOf({ error }: RunReport): Pick<PlanDocument, 'error'> {
  return error ? { error: { code: error.code || error.kind, message: error.message } } : {};
}
