import type { RuleCounter } from './reports';
import type { PlainRecord, Schema, SyncFile } from './types';

/** Shapes of mappings: what fills which field, and what came of it. */

/** `docs/mapping.md` tells what `params` holds for each type. */
export interface Transformation {
  type: 'format' | 'lookup' | 'calculate' | 'custom';
  params: unknown;
}

/** What a mapped value has to be: `{"rule": "email"}`, with what the rule needs beside it. */
export interface FieldRule {
  rule: string;
  /** `error`, the default, rejects the record; `warn` is counted and told. */
  severity?: 'error' | 'warn';
  message?: string;
  [setting: string]: unknown;
}

/** What the fields of a mapped record have to be together: an expression over `record.<target field>`. */
export interface RecordRule {
  expression: string;
  message: string;
  severity?: 'error' | 'warn';
}

/** A unit test that a mapping carries with it. */
export interface MappingTest {
  name?: string;
  input: Record<string, unknown>;
  /** Fields that come out with these values, others may too; or `{rejected: code}`. */
  expect: Record<string, unknown>;
}

export interface FieldMapping {
  /** Path in the source record: `Name`, `Owner.Name`, `tags[0]`. */
  source: string;
  /** Field of the target. */
  target: string;
  /** Several run one after the other. */
  transformation?: Transformation | Transformation[];
  required?: boolean;
  defaultValue?: unknown;
  onError?: 'fail_record' | 'null' | 'skip_field' | 'keep';
  /** Personal data: sealed where the engine keeps it, masked where it tells of it. */
  pii?: boolean;
  /** Rules for the mapped value. */
  validate?: FieldRule[];
  /** Of a sync that goes both ways: `to_target` keeps the target's edits of the field from the source. */
  direction?: 'both' | 'to_target';
  /** How to get the source's value back from the target's, where that does not follow from `transformation`. */
  reverse?: Transformation | Transformation[];
}

/** A mapping whole: what a sync file and a mapping document of the REST service hold side by side. */
export interface Mapping {
  fieldMappings: FieldMapping[];
  validation?: RecordRule[];
  tests?: MappingTest[];
}

/** Records that one previewMapping() takes at most. */
export const previewRecordsMax = 1_000;

/** Stored tables by id, {id: {from: to}}, for lookups with `stored`. */
export type LookupTables = Record<string, Record<string, unknown>>;

/** What else is said is of the sync whose mapping it is: its faults are among the diagnostics. */
export interface MappingPreviewRequest
  extends Mapping, Pick<SyncFile, 'conflictResolution' | 'conflicts' | 'direction'> {
  /** In the place of those that are kept in the book. */
  tables?: LookupTables;
  /** At most previewRecordsMax. `Owner.Name` is found as a member of a member, or as a flat name as read() gives it. */
  records: object[];
  /** As describe() gives them; then the mapping is held against them as before a run. */
  sourceSchema?: Schema;
  targetSchema?: Schema;
}

/** What a mapping makes of one record. Fields are flat, as write() takes them. */
export type MappedRecord = { output: PlainRecord } | { rejected: { code: string; field: string; message: string } };

export interface MappingPreview {
  /** One for each sample, in order; none if the mapping does not compile. */
  records: MappedRecord[];
  /** What is wrong with the mapping: a run would not start. `path` as in `fieldMappings[2].target`. */
  diagnostics: { path: string; reason: string; fix: string }[];
  /** What a run would start with all the same. */
  warnings: string[];
  /** Target fields that are marked `pii`, or read what is personal for another field. */
  personal: string[];
  /** Of the mapping's own tests, in order. */
  tests: { name: string; ok: boolean; got: MappedRecord }[];
}

export interface ApplyMappingRequest extends Omit<Mapping, 'tests'> {
  /** In the place of those that are kept in the book. */
  tables?: LookupTables;
  /** At most callRecordsMax, as for a preview. */
  records: object[];
}

export interface AppliedMapping {
  /** One for each record, in order. */
  results: MappedRecord[];
  /** What befell some of the records and rejected none. */
  warnings: string[];
  counters: RuleCounter[];
}
