import { type Engine, noCounts, type RunSummary } from '../../../lib';
import type { SyncStatus } from '../schemas/sync';
import { countsOf } from './counts';
import type { SyncDocument, SyncState } from './sync_document';

/** Where a sync stands, from its state and from the newest run in the store. */
export async function statusOf(
  engine: Engine,
  id: string,
  { mode }: SyncDocument,
  state: SyncState,
  now: Date,
): Promise<SyncStatus> {
  const [newest] = await engine.status(id, 1);
  const { lastRun, lastSuccess, totals } = state;
  return {
    id,
    status: stateWord(state),
    activity: activityOf(state),
    mode,
    statistics: {
      recordsSynced: totals.written,
      errors: totals.errors,
      lastSyncTime: lastSuccess?.endedAt ?? null,
      averageProcessingTime: totals.read > 0 ? (totals.seconds * 1000) / totals.read : 0,
    },
    counts: newest ? countsOf(newest) : noCounts,
    run: newest ? runOf(newest) : null,
    guaranteeClass: lastRun && lastRun.runId > 0 ? lastRun.guaranteeClass : null,
    lagSeconds: lastSuccess ? secondsBetween(lastSuccess.startedAt, now) : null,
    quota: lastRun?.quota ?? null,
    nextRunAt: state.claim ? null : (state.due ?? null),
    rejectedNow: newest?.rejectedNow ?? 0,
    linked: newest?.linked ?? 0,
    warnings: lastRun?.warnings ?? [],
    ...errorsOf(state),
  };
}

/** `error`: the last run failed or was held, and nobody has stopped the sync since. */
export function stateWord({ desired, lastRun, claim, stoppedAt = '' }: SyncState): SyncStatus['status'] {
  const failed = lastRun !== undefined && (lastRun.status === 'failed' || lastRun.status === 'held');
  if (failed && !claim && stoppedAt < lastRun.endedAt) return 'error';
  return desired === 'running' || claim ? 'running' : 'stopped';
}

function activityOf({ claim, due, desired, lastRun }: SyncState): SyncStatus['activity'] {
  if (claim) return 'running';
  if (due !== undefined) return 'waiting';
  return desired === 'running' && lastRun?.status === 'held' ? 'held' : 'idle';
}

function runOf({ runId, status, mode, startedAt, pages }: RunSummary): NonNullable<SyncStatus['run']> {
  return { id: runId, status, mode, startedAt, pages };
}

function errorsOf({ lastRun }: SyncState): Pick<SyncStatus, 'errors'> {
  if (!lastRun?.error) return {};
  const { kind, code, message, field } = lastRun.error;
  const retryable = kind === 'unavailable' || kind === 'throttled';
  return { errors: [{ code: code || kind, message, ...(field !== '' && { field }), at: lastRun.endedAt, retryable }] };
}

function secondsBetween(from: string, to: Date): number {
  return Math.max(0, (to.getTime() - Date.parse(from)) / 1000);
}
