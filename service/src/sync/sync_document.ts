import type { DeletePolicy, FieldMapping, MappingTest, RecordRule, RunReport, SyncFile } from '../../../lib';
import type { WorkBody } from './work';

/** Kind of the documents that say what a sync is. Only people change them. */
export const syncKind = 'sync';
/** Kind of the documents that say where a sync stands, with the same ids. */
export const syncStateKind = 'sync_state';

export type SyncMode = 'batch' | 'realtime';

/** What a sync is. The mapping is pinned: a newer version of it is taken only when a person says so. */
export interface SyncDocument {
  sourceId: string;
  targetId: string;
  mode: SyncMode;
  config: SyncConfig;
}

export interface SyncConfig {
  sourceObject: string;
  targetObject: string;
  fieldMappings?: FieldMapping[];
  /** Rules for the whole record. */
  validation?: RecordRule[];
  tests?: MappingTest[];
  /** Instead of fieldMappings: a stored mapping. Without `version` the newest one is pinned when the sync is saved. */
  mapping?: { id: string; version?: number };
  schedule?: SyncFile['schedule'];
  events?: string[];
  /** Of a realtime sync: time between the end of a run and the next. */
  pollSeconds?: number;
  conflictResolution?: SyncFile['conflictResolution'];
  conflicts?: SyncFile['conflicts'];
  direction?: SyncFile['direction'];
  matchOn?: string;
  creates?: SyncFile['creates'];
  deletes?: DeletePolicy | { policy: DeletePolicy; limitRecords?: number; limitPercent?: number };
  batchSize?: number;
  batchesInFlight?: number;
}

/** How the next run differs from a usual one. Gone once a run has done so. */
export interface RunWish {
  full?: boolean;
  /** Do what the breaker held. */
  approve?: boolean;
  replay?: boolean;
  /** With replay: this rejected record only. */
  rejectedId?: number;
}

/** Where a sync stands. */
export interface SyncState extends WorkBody {
  desired: 'running' | 'stopped';
  wish?: RunWish;
  /** When a conflict was decided: a run that began before may not have met the decision, so another one follows. */
  decidedAt?: string;
  lastRun?: FinishedRun;
  /** When a person stopped it the last time: what had failed before is known to them. */
  stoppedAt?: string;
  lastSuccess?: { startedAt: string; endedAt: string };
  /** Runs that failed, in a row. */
  failures: number;
  totals: SyncTotals;
}

export type FinishedRun = RunReport & { startedAt: string; endedAt: string };

/** Over all runs. */
export interface SyncTotals {
  runs: number;
  read: number;
  written: number;
  /** Records that were rejected, and runs that failed. */
  errors: number;
  seconds: number;
}

export const newSyncState: SyncState = {
  desired: 'stopped',
  failures: 0,
  totals: { runs: 0, read: 0, written: 0, errors: 0, seconds: 0 },
};
