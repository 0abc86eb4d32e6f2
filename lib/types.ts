import type { ConflictRules, ConflictStrategy } from './conflict_types';
import type { Mapping } from './mapping_types';
import type { Counts, RunReport } from './reports';

/** Shapes of everything that crosses the border to the native core, as JSON. */

/** One system: with its settings, or by the id of an integration that is kept in the engine's book. */
export type EndPoint = ConfiguredEnd | { integration: string };

export interface ConfiguredEnd {
  /** Name of a connector: "salesforce", "postgresql", "sqlite". */
  type: string;
  /** The connector's own settings: docs/connectors. */
  config: Record<string, unknown>;
}

export type DeletePolicy = 'ignore' | 'soft' | 'hard' | 'unlink';

/** One sync, as people write it into a file. */
export interface SyncFile extends Mapping {
  id: string;
  description?: string;
  source: EndPoint;
  target: EndPoint;
  sourceObject: string;
  targetObject: string;
  /** What becomes of a record, or of a field of it, that both sides changed: docs/conflicts.md. */
  conflictResolution?: ConflictStrategy;
  conflicts?: ConflictRules;
  /** `two_way`: the target's changes go to the source too. */
  direction?: 'one_way' | 'two_way';
  /** The target field that records of both sides are matched by; by default the target's key. */
  matchOn?: string;
  /** Of a sync that goes both ways: where records are made that only one side has. `both` by default. */
  creates?: 'both' | 'to_target' | 'to_source' | 'none';
  deletes?: DeletePolicy | { policy: DeletePolicy; limitRecords?: number; limitPercent?: number };
  batchSize?: number;
  batchesInFlight?: number;
  schedule?: string | { cron: string; timeZone?: string };
}

export interface FieldSchema {
  name: string;
  label: string;
  type: string;
  nativeType: string;
  lengthMax?: number;
  precision?: number;
  scale?: number;
  nullable: boolean;
  creatable: boolean;
  updatable: boolean;
  required: boolean;
  unique: boolean;
  /** Records can be matched by it when they are written: Salesforce's Id, external ids and lookups; unique columns. */
  matchKey: boolean;
  values: string[];
  refersTo: string[];
}

export interface Schema {
  object: string;
  keyField: string;
  versionField: string;
  fields: FieldSchema[];
}

/** One row of a list of objects. */
export interface ObjectSummary {
  /** As `object` takes it: `Account`, `public.orders`. */
  name: string;
  label: string;
  queryable: boolean;
  /** May this user make, may it change records? */
  creatable: boolean;
  updatable: boolean;
}

/**
 * A record as a plain object: one member for each field, dotted names flat (`{"Owner.Name": "Ada"}`). Of what the
 * engine gives, a number that JavaScript cannot hold exactly is a text.
 */
export type PlainRecord = Record<string, unknown>;

/** Records that one call of read(), write() or changes() takes or gives at most. A sync has no such limit. */
export const callRecordsMax = 50_000;

export interface ReadRequest {
  object: string;
  /** Field paths: `Name`, `Owner.Name`. */
  fields: string[];
  /** From 1 to callRecordsMax. */
  limit: number;
  /** Only records with a change stamp at or after this; they come in the order of change. Default: all, by key. */
  modifiedAfter?: string | Date;
  /**
   * Also records that were deleted since `modifiedAfter`, which has to be set. They have `_deleted: true`, their key,
   * and what else the system still tells.
   */
  deleted?: boolean;
}

export interface WriteRequest {
  object: string;
  /** The field that records are matched by: `Id`, an external id, a unique column. Each record has to have it. */
  keyField: string;
  /** null clears a field, a member that is not there leaves it alone. Of two with one key the later one holds. */
  records: PlainRecord[];
  mode?: 'upsert';
}

/** An access token of a login that this program owns. */
export interface HostToken {
  accessToken: string;
  /** Where the token is good. Default: `instanceUrl` of the configuration. */
  instanceUrl?: string;
}

/**
 * Gives a token that is good now. `stale` is the one that the system has just refused: another one is wanted, so
 * refresh. Without it, a token that is at hand will do. What it throws is the error of the call that needed the token.
 */
export type TokenSource = (request: { stale?: string }) => Promise<HostToken> | HostToken;

/**
 * Makes values of values, for `custom` transformations: one for each, in order. null and missing values are not among
 * them. A number that JavaScript cannot hold exactly comes as a text. What it throws ends the run that needed it.
 */
export type HostFunction = (page: { values: unknown[]; options: unknown }) => unknown[] | Promise<unknown[]>;

/** What became of one record that was written. */
export interface RowResult {
  /** Place in `records`. */
  index: number;
  outcome: 'created' | 'updated' | 'unchanged' | 'rejected';
  /** The record's identity in the target (Salesforce: its Id), "" where it was rejected. */
  targetKey: string;
  error?: { code: string; message: string; field: string; retryable: boolean };
}

export interface ChangesRequest {
  /** Name of the feed: what it has given out is remembered under it. One reader at a time. */
  id: string;
  /** A table needs the setting `versionField`. */
  source: EndPoint;
  object: string;
  fields: string[];
  /** Changes at most: 1 to callRecordsMax. Default: 1,000. */
  limit?: number;
  /** Token of the batch that was taken in for good. Without it the newest batch comes again. */
  accept?: string;
  /** Where a feed that is new begins: with what changes from now on (default), or with all there is. */
  from?: 'now' | 'start';
  /** Field of the creation stamp, by which `created` is told from `updated`. Default: CreatedDate, if there is one. */
  createdField?: string;
}

export interface Change {
  /** `created`: made since the feed began, and seen for the first time. Without a creation stamp: `updated`. */
  op: 'created' | 'updated' | 'deleted';
  /** The record's key in its system. */
  id: string;
  /**
   * The record's change stamp. `STAMP#2` and so on where it was edited again within the grain of the stamp; "" for a
   * deletion of which the system tells nothing but the id.
   */
  version: string;
  /** Of a deletion: what the system still tells. */
  fields: PlainRecord;
}

export interface ChangeBatch {
  records: Change[];
  /** Give it back as `accept` once `records` are safe. */
  token: string;
  /** More changes are there now. */
  more: boolean;
}

export interface RejectedRecord {
  id: number;
  /** Where the record is. `target`: of a two-way sync, on its way to the source. */
  side: 'source' | 'target';
  /** Its key there. */
  sourceKey: string;
  code: string;
  message: string;
  field: string;
  retryable: boolean;
  attempts: number;
  firstAt: string;
  lastAt: string;
  /** The source record, only the fields that are mapped; personal data is masked. */
  original: Record<string, unknown>;
  /** Only with personal data: kept sealed for a replay, or unreadable since its key was erased. */
  personalData?: 'sealed' | 'erased';
}

/** A document of the book. Numbers that JavaScript cannot hold exactly do not survive it. */
export interface BookDocument<T = Record<string, unknown>> {
  /** A word of a-z, 0-9 and `_`. */
  kind: string;
  /** At most 200 bytes without control characters. */
  id: string;
  /** 1 for a new one, 1 more with every change. */
  revision: number;
  body: T;
  hasSecret: boolean;
  createdAt: string;
  updatedAt: string;
}

/** Who did what. At most 500 bytes in each text, without control characters. Never a secret. */
export interface AuditNote {
  actor: string;
  action: string;
  /** Default: what the call is about ("integration/crm"). */
  subject?: string;
  detail?: Record<string, unknown>;
}

export interface AuditEntry extends Required<AuditNote> {
  /** From 1, without gaps. */
  number: number;
  at: string;
  /** Hexadecimal: SHA-256 over the hash before and this entry. */
  hash: string;
}

/** How long things are kept, in days; what is left out is kept for good. */
export interface Retention {
  /** Runs that ended. The newest of each sync stays. */
  runsDays?: number;
  /** Rejected records, counted from the last try. */
  rejectedDays?: number;
  /** Audit entries. The chain begins anew where they end, and is still verified. */
  auditDays?: number;
  /** Conflicts that are over, with the values that an undo needs. */
  conflictsDays?: number;
  /** What is known of records that were deleted. One that comes back later is a new one. */
  tombstonesDays?: number;
  /** Documents, counted from their last change. */
  documents?: { kind: string; days: number }[];
}

/** How many of each went. */
export interface RetentionCounts {
  runs: number;
  rejected: number;
  audit: number;
  documents: number;
  conflicts: number;
  tombstones: number;
}

export interface SettingSpec {
  name: string;
  type: 'text' | 'secret' | 'url' | 'integer' | 'boolean' | 'choice' | 'list' | 'object';
  required: boolean;
  secret: boolean;
  default?: unknown;
  /** Of a choice. */
  choices?: string[];
  /** Of an integer. */
  min?: number;
  max?: number;
  doc: string;
}

/** What a connector can do and which settings it takes. */
export interface ConnectorSpec {
  type: string;
  /** Can it be a source, can it be a target? */
  reads: boolean;
  writes: boolean;
  settings: SettingSpec[];
}

export type EngineEvent =
  | ({ type: 'progress'; syncId: string; runId: number; phase: 'replay' | 'read' | 'sweep'; pages: number } & Counts)
  | { type: 'run'; report: RunReport }
  | { type: 'log'; level: 'debug' | 'info' | 'warn' | 'error'; message: string };

/** What an engine is opened with. */
export interface EngineOptions {
  /** Directory of the embedded state. Default: DATA_SYNC_HOME, else `.data-sync` in the working directory. */
  home?: string;
  /** postgresql:// URL of a shared state. Default: DATABASE_URL, else the embedded state. */
  databaseUrl?: string;
  /** 32 bytes each as base64, newest first. Default: ENCRYPTION_KEY, else a key file in `home`. */
  encryptionKeys?: string[];
  /** May connectors call this machine or private networks? Default: no. */
  allowLoopback?: boolean;
  allowPrivate?: boolean;
  /** CA certificates as PEM. Default: those of Node. */
  caPem?: string;
  /** Threads for databases, decoding and mapping. Default: 2. */
  workers?: number;
  logLevel?: 'debug' | 'info' | 'warn' | 'error';
}
