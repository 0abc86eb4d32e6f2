import type { PlainRecord } from './types';

/** Shapes of conflicts and of what decides them, as JSON. Their meaning: docs/conflicts.md. */

export type Side = 'source' | 'target';

export type ConflictStrategy = 'source_wins' | 'target_wins' | 'merge' | 'last_write_wins' | 'manual';

/** How a field is settled that both sides changed. */
export interface ConflictRule {
  rule: 'authority' | 'max' | 'min' | 'union' | 'concat' | 'counter' | 'coalesce' | 'custom';
  /** Of `authority`: whose value holds; of `coalesce`: who is asked first. */
  side?: Side;
  /** Of `union` and `concat`: what stands between the parts of a text. */
  separator?: string;
  /** Of `custom`: over `base`, `source` and `target`. */
  expression?: string;
}

/** What settles the fields that both sides changed. */
export interface ConflictPolicy {
  /** By field. */
  rules?: Record<string, ConflictRule>;
  /** Fields that are decided as one: the amount and its currency. */
  groups?: string[][];
  /** Stamps that are no further apart are a tie. */
  skewSeconds?: number;
  /** Breaks ties. */
  priority?: Side;
}

export type ConflictState = 'open' | 'decided' | 'closed';

/**
 * How a closed one ended: by a decision, by a rule or strategy, by the sides coming together or moving by themselves,
 * or by an undo.
 */
export type ConflictOutcome = 'applied' | 'settled' | 'gone' | 'undone';

/** Members that are left out do not filter. */
export interface ConflictFilter {
  syncId?: string;
  state?: ConflictState;
  outcome?: ConflictOutcome;
  kind?: string;
  /** Conflicts about this field. */
  field?: string;
  /** Of the pair, or of its record on either side. */
  key?: string;
}

/** Who changed a record last, by the system's own name for them. */
export interface Editor {
  user: string;
  /** The login of this sync: it wrote the record itself, or automation that its write set off did. */
  self: boolean;
}

/** A conflict with all that is needed to decide it. */
export interface Conflict {
  id: number;
  syncId: string;
  key: string;
  sourceKey: string;
  targetKey: string;
  /** `both_differ`, `create_create`, `delete_update`, `unique_violation`, `missing_parent` and others. */
  kind: string;
  state: ConflictState;
  outcome?: ConflictOutcome;
  /** Names of the fields in conflict. */
  fields: string[];
  /** Their values, and how they stand. Personal ones are masked. */
  review: FieldReview[];
  /** Of both sides' values: a decision carries them. */
  sourceHash: string;
  targetHash: string;
  /** When each side was last changed, where that is known. */
  sourceAt?: string;
  targetAt?: string;
  /** Who changed each side last, where the system tells. */
  sourceBy?: Editor;
  targetBy?: Editor;
  /** Why it was held, if that is not plain from its kind. */
  reason?: string;
  /** What was decided, and by whom. Values for conflicts that hold personal data are masked. */
  decision?: ConflictWord;
  actor?: string;
  /** The run that opened it. */
  run: number;
  openedAt: string;
  changedAt: string;
}

export interface ConflictWord {
  take?: Side;
  fields?: Record<string, FieldDecision>;
  undo?: boolean;
}

/** A side, or a value that neither has. */
export type FieldDecision = Side | { value: unknown };

export interface ConflictDecision {
  id: number;
  /** As the conflict had them when it was looked at. */
  sourceHash: string;
  targetHash: string;
  /** For all fields that `fields` does not name. Of a `delete_update`: the side whose state holds. */
  take?: Side;
  fields?: Record<string, FieldDecision>;
  /** Who decides. */
  actor?: string;
}

/** What became of one conflict of many. */
export interface ManyDecided {
  /** In order of id. `code`: why one was not decided, `moved` or `closed`. */
  results: { id: number; syncId: string; decided: boolean; code?: string; message?: string }[];
  decided: number;
  /** Those that were not. */
  moved: number;
  /** There are further ones: call again. */
  more: boolean;
}

/** `conflicts` of a sync file. */
export interface ConflictRules extends ConflictPolicy {
  /** Of `merge`: for fields without a rule. `manual` by default. */
  fallback?: Exclude<ConflictStrategy, 'merge'>;
  /** What a record comes to that one side deleted and the other changed. `review` by default. */
  deleteUpdate?: 'review' | 'delete_wins' | 'update_wins';
}

export interface RulesPreviewRequest extends ConflictRules {
  syncId: string;
  /** `merge` by default. */
  strategy?: ConflictStrategy;
}

export interface RulesPreview {
  /** Of the open conflicts, at most 10,000. */
  open: { looked: number; settled: number; left: number };
  /** There are open conflicts that were not looked at. */
  more: boolean;
  /** How people decided the newest 1,000, next to what the rules would have done. */
  decided: { looked: number; same: number; other: number; left: number };
  fields: { field: string; settled: number; left: number }[];
  /** Some open ones. */
  samples: RuledConflict[];
}

/** What rules make of one conflict. Personal values are masked. */
export interface RuledConflict {
  id: number;
  key: string;
  kind: string;
  /** Of a deletion that `deleteUpdate` settles: the side whose state holds. */
  take?: Side;
  /** `took` is null where the rules leave the field. */
  fields: { field: string; took: FieldDecision | null; rule: string }[];
}

export interface RulesApplyRequest extends RulesPreviewRequest {
  /** Goes on behind this number: `after` of the answer before. */
  after?: number;
  /** Conflicts to look at: at most 500 (500). */
  limit?: number;
  /** Who decides. */
  actor?: string;
}

export interface RulesApplied {
  looked: number;
  decided: number;
  /** They changed meanwhile, and are as they were. */
  moved: number;
  /** The rules do not settle them wholly: they stay open. */
  left: number;
  /** There are further ones, behind `after`. */
  more: boolean;
  after?: number;
  /** In order of id. `code`: why one was not decided, `left`, `moved` or `closed`. */
  results: (RuledConflict & { syncId: string; decided: boolean; code?: string; message?: string })[];
}

/** A record on both sides. null: that side has none. `base`: what both last agreed on, if that is known. */
export interface SidedRecord {
  base?: PlainRecord;
  source: PlainRecord | null;
  target: PlainRecord | null;
  /** When each side was last changed: ISO 8601. */
  sourceAt?: string;
  targetAt?: string;
}

export interface ResolveRequest extends Omit<ConflictRules, 'deleteUpdate'> {
  /** At most callRecordsMax. */
  records: SidedRecord[];
  strategy: ConflictStrategy;
}

/** A field that a person has to decide. */
export interface FieldReview {
  field: string;
  base?: unknown;
  source?: unknown;
  target?: unknown;
  state: string;
  /** What a rule or the strategy took or would take, and which. */
  took?: FieldDecision;
  rule?: string;
  /** Number of its atomic group. */
  group?: number;
}

export interface ResolvedRecord {
  /** The settled fields. */
  record: PlainRecord;
  /** Empty: all is settled. */
  review: FieldReview[];
  /** How each field was settled. */
  trace: { field: string; state: string; took: string; rule: string }[];
}
