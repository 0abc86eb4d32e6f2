/** What runs tell about themselves: while they are under way, at their end, and afterwards. */

/** What became of every record: read = written + unchanged + filtered + rejected + in_review + superseded. */
export interface Counts {
  read: number;
  written: number;
  created: number;
  updated: number;
  deleted: number;
  unchanged: number;
  filtered: number;
  rejected: number;
  in_review: number;
  superseded: number;
}

/** Of a run that has met no record. */
export const noCounts: Readonly<Counts> = {
  read: 0,
  written: 0,
  created: 0,
  updated: 0,
  deleted: 0,
  unchanged: 0,
  filtered: 0,
  rejected: 0,
  in_review: 0,
  superseded: 0,
};

/** Seconds that pages spent in each phase, waiting included. Pages overlap: the sum may be more than the run took. */
export interface Phases {
  fetch: number;
  map: number;
  decide: number;
  write: number;
  commit: number;
}

/** Calls that a system counts and limits (Salesforce: those of the org in 24 hours), as it last told. */
export interface Quota {
  used: number;
  max: number;
}

/** How often a rule of the mapping was looked at and did not hold, in this process. */
export interface RuleCounter {
  /** Its place in the sync file. */
  at: string;
  /** `onError` (values it took care of), `lookup`, `custom`, or the name of a validation rule. */
  rule: string;
  checked: number;
  failed: number;
  /** Of lookups and functions: questions that were put, each once a page. */
  asked?: number;
}

export interface RunReport extends Counts {
  syncId: string;
  runId: number;
  status: 'succeeded' | 'stopped' | 'failed' | 'held';
  mode: 'full' | 'incremental' | 'replay' | 'apply';
  /** True if this run went on where an earlier one had stopped. Counts are those of the whole run. */
  resumed: boolean;
  pages: number;
  apiCalls: number;
  seconds: number;
  /** Records read per second in this process. */
  recordsPerSecond: number;
  /** Highest memory of this process, in MiB. */
  peakRssMb: number;
  /** A: a repeat changes nothing (upsert by key). See docs/delivery.md. */
  guaranteeClass: 'A' | 'B' | 'C' | 'D';
  warnings: string[];
  /** Changes when the systems, the objects or what the mapping does change. */
  planHash: string;
  rules: RuleCounter[];
  /** Of the time in this process. */
  phases: Phases;
  /** Only where a system tells it. */
  quota?: Quota;
  error?: { kind: string; message: string; code: string; field: string };
}

export interface FieldDifference {
  field: string;
  from: string | null;
  to: string | null;
}

/** Of a sync that reconciles, what is created, updated or deleted names the side. `review`: it would be held. */
export type PlannedAction =
  'create' | 'update' | 'delete' | `${'create' | 'update' | 'delete'} ${'source' | 'target'}` | 'reject' | 'review';

export interface PlanReport extends Counts {
  syncId: string;
  mode: 'full' | 'incremental';
  status: 'planned';
  apiCalls: number;
  seconds: number;
  guaranteeClass: 'A' | 'B' | 'C' | 'D';
  warnings: string[];
  rules: RuleCounter[];
  /** Of a plan that is kept: how many effects. */
  effects?: number;
  /** A sample of what would be written, in page order. */
  differences: { key: string; action: PlannedAction; fields: FieldDifference[] }[];
}

export interface RunSummary extends Counts {
  syncId: string;
  runId: number;
  status: string;
  mode: string;
  pages: number;
  /** As in a report: runs with another one went by another mapping. */
  planHash: string;
  startedAt: string;
  endedAt?: string;
  error: string;
  /** Rejected records kept for this sync now. */
  rejectedNow: number;
  linked: number;
}

/** Of this process: runs under way, and the last run of each sync. */
export interface EngineMetrics {
  runsActive: number;
  syncs: {
    syncId: string;
    /** 0 until the first page was committed. */
    runId: number;
    active: boolean;
    pages: number;
    apiCalls: number;
    phases: Phases;
    quota?: Quota;
    counts: Counts;
  }[];
}
