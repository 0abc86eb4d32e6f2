import type { Counts } from '../../../lib';

/** The counts of a report, and nothing else of it. */
export function countsOf(report: Counts): Counts {
  const { read, written, created, updated, deleted, unchanged, filtered, rejected, in_review, superseded } = report;
  return { read, written, created, updated, deleted, unchanged, filtered, rejected, in_review, superseded };
}
