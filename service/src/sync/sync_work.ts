import { type BookDocument, type Engine, EngineError, failedReport, type RunReport } from '../../../lib';
import { nextDue } from './next_due';
import type { RunEvents } from './run_events';
import { type FinishedRun, type SyncDocument, syncKind, type SyncState, syncStateKind } from './sync_document';
import { syncFileOf } from './sync_file';
import type { Work } from './work';

interface SyncWorkOptions {
  engine: Engine;
  events: RunEvents;
  now: () => Date;
  batchSizeDefault: number;
  /** Hears of every run that ended. */
  onRun?: (report: RunReport) => void;
}

/** A run of a sync, whenever its state says that one is due. */
export class SyncWork implements Work<SyncState> {
  readonly kind = syncStateKind;
  readonly #options: SyncWorkOptions;

  constructor(options: SyncWorkOptions) {
    this.#options = options;
  }

  async perform({ id, body }: BookDocument<SyncState>): Promise<(body: SyncState) => SyncState> {
    const { engine, now, events, onRun } = this.#options;
    const sync = await engine.book.get<SyncDocument>(syncKind, id);
    if (!sync) return ({ due: _, ...rest }) => ({ ...rest, desired: 'stopped' });
    const startedAt = now().toISOString();
    events.begin(id);
    const report = await this.#run(id, sync.body, body);
    const endedAt = now();
    events.end(report);
    onRun?.(report);
    const due = await nextDue(engine, sync.body, report, body.failures, endedAt);
    return (state) => stateAfter(state, body, { ...report, startedAt, endedAt: endedAt.toISOString() }, due);
  }

  async stop(id: string): Promise<void> {
    await this.#options.engine.stop(id);
  }

  unwanted({ desired }: SyncState): boolean {
    return desired === 'stopped';
  }

  /** A run that could not even begin is a report too. */
  async #run(id: string, sync: SyncDocument, { wish }: SyncState): Promise<RunReport> {
    const { engine, batchSizeDefault } = this.#options;
    try {
      const file = await syncFileOf(engine.book, id, sync, batchSizeDefault);
      return await engine.run(file, wish);
    } catch (thrown) {
      return { ...failedReport(EngineError.from(thrown)), syncId: id };
    }
  }
}

/** The state as the run leaves it. `before`: as the run found it. Somebody may have changed it meanwhile. */
function stateAfter(state: SyncState, before: SyncState, run: FinishedRun, due: Date | undefined): SyncState {
  const { due: _, wish, ...rest } = state;
  const ended = run.status !== 'stopped';
  // A run that was stopped goes on as it was wished for; a wish that came meanwhile is for the next run.
  const wishWaits = wish !== undefined && (!ended || JSON.stringify(wish) !== JSON.stringify(before.wish));
  const again = wishWaits || state.decidedAt !== before.decidedAt;
  const next = again || !ended ? run.endedAt : due?.toISOString();
  const goesOn = state.desired === 'running' && (next !== undefined || run.status === 'held');
  return {
    ...rest,
    desired: goesOn ? 'running' : 'stopped',
    ...(goesOn && next && { due: next }),
    ...(goesOn && wishWaits && { wish }),
    lastRun: run,
    ...(run.status === 'succeeded' && { lastSuccess: { startedAt: run.startedAt, endedAt: run.endedAt } }),
    failures: run.status === 'failed' ? state.failures + 1 : ended ? 0 : state.failures,
    totals: ended ? totalsAfter(state.totals, run) : state.totals,
  };
}

/** The counts of a report are those of the whole run, so a run is added when it has ended, not each time it stops. */
function totalsAfter(totals: SyncState['totals'], run: RunReport): SyncState['totals'] {
  return {
    runs: totals.runs + 1,
    read: totals.read + run.read,
    written: totals.written + run.written,
    errors: totals.errors + run.rejected + (run.status === 'failed' ? 1 : 0),
    seconds: totals.seconds + run.seconds,
  };
}
