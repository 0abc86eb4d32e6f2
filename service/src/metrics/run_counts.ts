import type { Counts, EngineEvent, RunReport } from '../../../lib';

/** What became of records, as the label `outcome` says it. `read` is their sum. */
export const outcomes = ['written', 'unchanged', 'filtered', 'rejected', 'in_review', 'superseded'] as const;

export type Outcome = (typeof outcomes)[number];
export type OutcomeCounts = Record<Outcome, number>;

interface Seen {
  runId: number;
  counts: Counts;
  /** What was not counted since it may be another process's: a run that goes on tells the counts of all its parts. */
  skipped?: Counts;
}

/**
 * Makes steps out of counts that grow, so that no record is counted twice: events tell the counts of a run from its
 * start, of which this process may have seen only a part. Of a run that another process began, the part up to the
 * first page here is not counted here.
 */
export class RunCounts {
  readonly #seen = new Map<string, Seen>();

  /** What is new since the event before. */
  progress(event: Extract<EngineEvent, { type: 'progress' }>): OutcomeCounts {
    const seen = this.#seen.get(event.syncId);
    const counts = countsOf(event);
    if (seen?.runId === event.runId) {
      this.#seen.set(event.syncId, { ...seen, counts });
      return difference(counts, seen.counts);
    }
    const isFirstPage = event.pages <= 1;
    this.#seen.set(event.syncId, { runId: event.runId, counts, ...(!isFirstPage && { skipped: counts }) });
    return isFirstPage ? difference(counts) : difference();
  }

  /** What is new at the end of a run, or of a part of it. */
  end(report: RunReport): OutcomeCounts {
    const seen = this.#seen.get(report.syncId);
    const counts = countsOf(report);
    this.#seen.set(report.syncId, { runId: report.runId, counts });
    if (seen?.runId !== report.runId) return report.resumed ? difference() : difference(counts);
    const step = difference(counts, seen.counts);
    if (report.resumed || !seen.skipped) return step;
    for (const outcome of outcomes) step[outcome] += seen.skipped[outcome];
    return step;
  }
}

function difference(counts?: Counts, before?: Counts): OutcomeCounts {
  const step = (outcome: Outcome) => Math.max(0, (counts?.[outcome] ?? 0) - (before?.[outcome] ?? 0));
  return Object.fromEntries(outcomes.map((outcome) => [outcome, step(outcome)])) as OutcomeCounts;
}

function countsOf(from: Counts): Counts {
  const { read, written, created, updated, deleted, unchanged, filtered, rejected, in_review, superseded } = from;
  return { read, written, created, updated, deleted, unchanged, filtered, rejected, in_review, superseded };
}
