import type { Conflict, Editor, FieldDecision, Side } from './conflict_types';
import type { PlainRecord, RejectedRecord } from './types';

/** Where the values of one record come from. A member that is not there stands for a value that is not there. */
export interface RecordExplanation {
  syncId: string;
  /** The side that `key` is an identity of. */
  side: Side;
  key: string;
  /** As both systems have the record now; null: not there. Personal values are masked. */
  source: RecordState | null;
  target: RecordState | null;
  /** Of a sync that goes one way. `inDoubt`: a run that crashed may have written the record. */
  link: { targetKey: string; inDoubt: boolean } | null;
  /** Of a sync that reconciles. `held`: it has a conflict that waits. `deleted`: it is not to come back. */
  pair: {
    key: string;
    sourceKey: string;
    targetKey: string;
    held: boolean;
    deleted: boolean;
    inDoubt: Side[];
  } | null;
  fields: FieldExplanation[];
  /** Newest first, at most 20. */
  conflicts: Conflict[];
  /** Its rejected record, if it was refused. */
  rejected: RejectedRecord | null;
}

export interface RecordState {
  key: string;
  /** Its change stamp. */
  version: string;
  /** Who changed it last, where the system tells. */
  changedBy?: Editor;
  values: PlainRecord;
}

export interface FieldExplanation {
  target: string;
  source?: string;
  /** The value in the source, then after each step of the mapping, and at the end. */
  from?: unknown;
  steps?: StepExplanation[];
  mapped?: unknown;
  inTarget?: unknown;
  /** What both sides last agreed on, and what each of them returned then. */
  base?: unknown;
  sourceShadow?: unknown;
  targetShadow?: unknown;
  /** `same`, `source_only`, `target_only`, `both_equal` or `both_differ`. */
  state?: string;
  /** The newest conflict about the field that a person, a rule or the strategy settled. */
  decidedBy?: { conflict: number; outcome: string; rule?: string; took?: FieldDecision; actor?: string; at: string };
}

export interface StepExplanation {
  /** The function's name; `defaultValue` or `onError` for what stood in for a value. */
  step: string;
  /** Not there: the step was left out, failed, or asks others for its answer. */
  value?: unknown;
  fault?: string;
}
