import type { Engine } from '../../../lib';
import { every } from '../sync/change';
import { planKind } from '../sync/plan_work';
import { type SyncDocument, syncKind, type SyncState, syncStateKind } from '../sync/sync_document';
import type { WorkBody } from '../sync/work';

/** What the store says, which is the same for every process that shares it. */
export interface StoreView {
  /** Of the syncs that are to run: seconds since the start of the last run that succeeded. */
  lag: Map<string, number>;
  /** Runs and plans that are due and that no process has begun. */
  waiting: number;
  /** How long the first of them has been due. */
  waitSeconds: number;
  syncs: { id: string; source: string; target: string; mode: string }[];
  /** Of syncs that have any. */
  conflicts: { syncId: string; open: number; decided: number }[];
}

/** Looks at all syncs. A sync that was never in step lags since it was made. */
export async function lookAtStore(
  { book, conflicts }: Pick<Engine, 'book' | 'conflicts'>,
  now: Date,
): Promise<StoreView> {
  const view: StoreView = {
    lag: new Map(),
    waiting: 0,
    waitSeconds: 0,
    syncs: [],
    conflicts: await conflicts.counts(),
  };
  for await (const { id, body } of every<SyncDocument>(book, syncKind)) {
    view.syncs.push({ id, source: body.sourceId, target: body.targetId, mode: body.mode });
  }
  for await (const { id, body, createdAt } of every<SyncState>(book, syncStateKind)) {
    if (body.desired === 'running') view.lag.set(id, secondsSince(body.lastSuccess?.startedAt ?? createdAt, now));
    countWaiting(view, body, now);
  }
  for await (const { body } of every<WorkBody>(book, planKind)) countWaiting(view, body, now);
  return view;
}

function countWaiting(view: StoreView, { due, claim }: WorkBody, now: Date): void {
  const time = now.toISOString();
  if (due === undefined || due > time || (claim && claim.until > time)) return;
  view.waiting += 1;
  view.waitSeconds = Math.max(view.waitSeconds, secondsSince(due, now));
}

function secondsSince(time: string, now: Date): number {
  return Math.max(0, (now.getTime() - Date.parse(time)) / 1000);
}
