import { Audit, Book, toMillis } from './book';
import { Conflicts } from './conflicts';
import { EngineError } from './errors';
import type { Side } from './conflict_types';
import type { RecordExplanation } from './explain_types';
import * as host from './host.cjs';
import { loadNative, type Native } from './load';
import type { AppliedMapping, ApplyMappingRequest, MappingPreview, MappingPreviewRequest } from './mapping_types';
import type { EngineMetrics, PlanReport, RunReport, RunSummary } from './reports';
import type {
  AuditNote,
  ChangeBatch,
  ChangesRequest,
  ConnectorSpec,
  EndPoint,
  EngineEvent,
  EngineOptions,
  HostFunction,
  HostToken,
  ObjectSummary,
  PlainRecord,
  ReadRequest,
  RejectedRecord,
  Retention,
  RetentionCounts,
  RowResult,
  Schema,
  SyncFile,
  TokenSource,
  WriteRequest,
} from './types';

/**
 * One native engine. Opens its state at once, runs syncs off JavaScript's thread, and must be closed.
 *
 * @example
 * const engine = new Engine({ home: './state' }, (event) => console.log(event));
 * const report = await engine.run(file);
 * await engine.close();
 */
export class Engine {
  readonly book = new Book((method, body) => this.#call(method, body));
  readonly audit = new Audit((method, body) => this.#call(method, body));
  readonly conflicts = new Conflicts((method, body) => this.#call(method, body));
  readonly #native: Native;
  readonly #handle: unknown;
  readonly #tokens = new Map<string, TokenSource>();
  readonly #functions = new Map<string, HostFunction>();
  #closing?: Promise<unknown>;

  /** @throws EngineError of kind `invalid` for a wrong option, `unavailable` if the state cannot be opened. */
  constructor(options: EngineOptions = {}, onEvent: (event: EngineEvent) => void = () => {}) {
    this.#native = loadNative();
    try {
      this.#handle = this.#native.open(JSON.stringify(withDefaults(options)), (event) => this.#take(event, onEvent));
    } catch (thrown) {
      throw EngineError.from(thrown);
    }
  }

  /** Runs a sync to its end. Resumes an unfinished run. A run that failed or was held is a report, not an exception. */
  run(
    file: SyncFile,
    how: { full?: boolean; approve?: boolean; replay?: boolean; rejectedId?: number } = {},
  ): Promise<RunReport> {
    return this.#call('sync.run', { file, ...how });
  }

  /** Runs a sync at each time of its schedule until stop() or close(); each run is a `run` event. */
  runOnSchedule(file: SyncFile): Promise<void> {
    return this.#call('sync.schedule', { file });
  }

  /** Asks a run to commit the page in flight and stop. Its promise settles with status `stopped`. */
  stop(syncId: string): Promise<{ stopping: boolean }> {
    return this.#call('sync.stop', { syncId });
  }

  /**
   * What the next run would do. Writes nothing into either system. `keep` is an id under which every effect is kept in
   * the state for apply(): at most 1,000,000, for 30 days, in the place of an older plan with that id.
   */
  plan(file: SyncFile, how: { full?: boolean; samples?: number; keep?: string } = {}): Promise<PlanReport> {
    return this.#call('sync.plan', { file, ...how });
  }

  /**
   * Does exactly what a kept plan showed: a record that has changed since, on either side, is left alone and counts as
   * superseded. The next run goes on where it would have without this. After a crash or a stop, apply it again.
   * @throws EngineError of kind `conflict` with the code `plan_stale` if the sync is another one by now.
   */
  apply(file: SyncFile, planId: string): Promise<RunReport> {
    return this.#call('sync.apply', { file, planId });
  }

  /** Drops a kept plan. False: there was none. */
  async forgetPlan(planId: string): Promise<boolean> {
    const { forgotten } = await this.#call<{ forgotten: boolean }>('plan.forget', { planId });
    return forgotten;
  }

  /** Connects to both systems. */
  test(file: SyncFile): Promise<Record<'source' | 'target', { ok: boolean; message: string }>> {
    return this.#call('sync.test', { file });
  }

  /** What both systems say about their objects. */
  schema(file: SyncFile): Promise<{ source: Schema; target: Schema | null }> {
    return this.#call('sync.schema', { file });
  }

  /** Runs of one sync or of all, newest first; `before`: only those with a lower number. */
  async status(syncId = '', limit = 20, before?: number): Promise<RunSummary[]> {
    const { runs } = await this.#call<{ runs: RunSummary[] }>('sync.status', { syncId, limit, before });
    return runs;
  }

  /** Rejected records in order of their id, after `after`. */
  async rejected(syncId: string, after = 0, limit = 100): Promise<RejectedRecord[]> {
    const { records } = await this.#call<{ records: RejectedRecord[] }>('sync.rejected', { syncId, after, limit });
    return records;
  }

  /**
   * Where the values of one record come from: both systems, what the state knows, every step of the mapping, every
   * conflict. `key` is its identity on `side` (the source). Reads both systems and writes to none.
   * @throws EngineError of kind `invalid` with the code `not_found` if nobody knows the record.
   */
  explain(file: SyncFile, key: string, side: Side = 'source'): Promise<RecordExplanation> {
    return this.#call('record.explain', { file, key, side });
  }

  /** Forgets links, pairs, conflicts, runs and rejected records of a sync. Touches neither system. */
  forget(file: SyncFile): Promise<void> {
    return this.#call('sync.forget', { file });
  }

  /** The objects of one system that can be read or written; `search` looks at names and labels, whatever their case. */
  async objects(end: EndPoint, how: { search?: string; limit?: number } = {}): Promise<ObjectSummary[]> {
    const { objects } = await this.#call<{ objects: ObjectSummary[] }>('end.objects', { end, ...how });
    return objects;
  }

  /** What one system says about an object. */
  describe(end: EndPoint, object: string): Promise<Schema> {
    return this.#call('end.describe', { end, object });
  }

  /** Connects to one system, with one cheap call. A refusal is an answer, wrong settings are an exception. */
  testConnection(end: EndPoint): Promise<{ ok: boolean; message: string }> {
    return this.#call('end.test', { end });
  }

  /** Some records of an object. `more`: the limit left some out. */
  async read(end: EndPoint, request: ReadRequest): Promise<{ records: PlainRecord[]; more: boolean }> {
    const { modifiedAfter, ...rest } = request;
    const since = modifiedAfter === undefined ? {} : { modifiedAfter: toMillis('modifiedAfter', modifiedAfter) };
    return this.#call('end.read', { end, ...rest, ...since });
  }

  /** Upserts records by key, with one result for each, in order. A record that is refused costs the others nothing. */
  async write(end: EndPoint, request: WriteRequest): Promise<RowResult[]> {
    const { records, ...rest } = request;
    if (records.length === 0) return [];
    const body = { end, ...rest, fields: fieldsOf(records), records: JSON.stringify(records) };
    const { results } = await this.#call<{ results: RowResult[] }>('end.write', body);
    return results;
  }

  /**
   * What has changed in an object since the feed was last read: every version of a record once, deletions too. A batch
   * counts as taken when its token comes back as `accept`; until then it is given again, so that a crash in between
   * repeats changes and never loses one.
   */
  changes(request: ChangesRequest): Promise<ChangeBatch> {
    return this.#call('feed.read', request);
  }

  /** Forgets what a feed has given out. The next call begins it anew. */
  async forgetChanges(id: string): Promise<void> {
    await this.#call('feed.forget', { id });
  }

  /**
   * The first time that a schedule comes true after `after` (default: now); null if it never does.
   * @throws EngineError of kind `invalid` with the field `schedule`.
   */
  async nextRun(schedule: NonNullable<SyncFile['schedule']>, after?: Date): Promise<Date | null> {
    const since = after === undefined ? {} : { after: toMillis('after', after) };
    const { next } = await this.#call<{ next: string | null }>('schedule.next', { schedule, ...since });
    return next === null ? null : new Date(next);
  }

  /** What this process is doing and did last. Nothing of it outlives the engine. */
  metrics(): Promise<EngineMetrics> {
    return this.#call('engine.metrics', {});
  }

  /** Tries a mapping on sample records and its own tests. Faults of the mapping are diagnostics, not an exception. */
  previewMapping(request: MappingPreviewRequest): Promise<MappingPreview> {
    return this.#call('mapping.preview', { ...request, records: JSON.stringify(request.records) });
  }

  /**
   * Maps records, off JavaScript's thread. A record that is rejected costs the others nothing.
   * @throws EngineError of kind `invalid` with every fault of a mapping that does not compile.
   */
  applyMapping(request: ApplyMappingRequest): Promise<AppliedMapping> {
    return this.#call('mapping.apply', { ...request, records: JSON.stringify(request.records) });
  }

  /**
   * Wraps every data key, and every rotated refresh token, by the newest of `encryptionKeys`. Syncs may run meanwhile.
   * The order of a rotation: put the new key in front of the old one in every process, call this, drop the old key.
   */
  rotateKeys(audit?: AuditNote): Promise<{ rewrapped: number; current: number }> {
    return this.#call('keys.rotate', { audit });
  }

  /**
   * Erases one data key ("integration/ID", "sync/ID"): what it sealed can be read no more, wherever copies of it are.
   * False if there is none.
   */
  async eraseKey(name: string, audit?: AuditNote): Promise<boolean> {
    const { erased } = await this.#call<{ erased: boolean }>('keys.erase', { name, audit });
    return erased;
  }

  /** Deletes what is older than its time, and says how many of each. */
  applyRetention(how: Retention, audit?: AuditNote): Promise<RetentionCounts> {
    return this.#call('retention.apply', { ...how, audit });
  }

  /** Every connector with its settings. */
  async connectors(): Promise<ConnectorSpec[]> {
    const { connectors } = await this.#call<{ connectors: ConnectorSpec[] }>('connector.specs', {});
    return connectors;
  }

  /**
   * Gives the access tokens of `credential`, for ends with `"auth": "host"`: the engine asks when it needs the first
   * one and after a refusal, once at a time, and never refreshes by itself. Ends when the function it gives is called.
   */
  provideToken(credential: string, source: TokenSource): () => void {
    this.#tokens.set(credential, source);
    return () => {
      if (this.#tokens.get(credential) === source) this.#tokens.delete(credential);
    };
  }

  /**
   * Makes `custom` transformations able to call a function by name. It gets the values of a page at once and gives one
   * for each, in order; an Error in the place of a value fails that value alone. A mapping that names a function does
   * not compile before it is registered. Ends when the function that it gives is called.
   *
   * @example
   * engine.register('score', async ({ values }) => values.map((value) => String(value).length));
   */
  register(name: string, made: HostFunction): () => void {
    if (name === '') throw new EngineError('a function needs a name', { kind: 'invalid', field: 'name' });
    this.#functions.set(name, made);
    this.#tellFunctions();
    return () => {
      if (this.#functions.get(name) === made && this.#functions.delete(name)) this.#tellFunctions();
    };
  }

  /** Stops all runs after the page in flight and closes the state. The engine is of no use afterwards. */
  async close(): Promise<void> {
    this.#closing ??= this.#native.close(this.#handle);
    await this.#closing;
  }

  #take(text: string, onEvent: (event: EngineEvent) => void): void {
    const event = JSON.parse(text) as EngineEvent | Ask;
    if (event.type === 'ask') void this.#answer(event);
    else pass(event, onEvent);
  }

  /** Calls reach the core in the order they were made, so that nothing has to wait for this one. */
  #tellFunctions(): void {
    this.#call('host.functions', { names: [...this.#functions.keys()] }).catch(() => {});
  }

  async #answer(asked: Ask): Promise<void> {
    const { ask } = asked;
    const answer =
      asked.what === 'token'
        ? await tokenFrom(this.#tokens.get(asked.credential), asked.stale)
        : await valuesFrom(this.#functions.get(asked.function), asked);
    try {
      await this.#tell({ ask, ...answer });
    } catch (thrown) {
      // What the source gave is no token. If the engine was closed meanwhile, nobody waits for it any more.
      await this.#tell({ ask, error: messageOf(thrown) }).catch(() => {});
    }
  }

  async #tell(answer: object): Promise<void> {
    if (!this.#closing) await this.#native.call(this.#handle, 'host.answer', JSON.stringify(answer));
  }

  async #call<T>(method: string, body: object): Promise<T> {
    if (this.#closing) throw new EngineError('this engine was closed; open another one', { kind: 'cancelled' });
    try {
      return JSON.parse(await this.#native.call(this.#handle, method, JSON.stringify(body))) as T;
    } catch (thrown) {
      throw EngineError.from(thrown);
    }
  }
}

/** Every field that some record has. */
function fieldsOf(records: PlainRecord[]): string[] {
  const fields = new Set<string>();
  for (const record of records) for (const field of Object.keys(record)) fields.add(field);
  return [...fields];
}

/** What the core wants to know from this program. The only event with a secret in it, and never passed on. */
type Ask = { type: 'ask'; ask: number } & (
  | { what: 'token'; credential: string; stale: string }
  | { what: 'function'; function: string; values: unknown[]; options: unknown }
);

type Values = { values: unknown[]; errors: Record<number, string> } | { error: string };

async function valuesFrom(
  made: HostFunction | undefined,
  { values, options }: { values: unknown[]; options: unknown },
): Promise<Values> {
  if (!made) return { error: 'it is not registered any more' };
  try {
    const given = await made({ values, options });
    if (!Array.isArray(given)) return { error: 'it must give a list of values' };
    const errors: Record<number, string> = {};
    given.forEach((value, place) => {
      if (value instanceof Error) errors[place] = value.message;
    });
    return { values: given.map((value: unknown) => (value instanceof Error ? null : value)), errors };
  } catch (thrown) {
    return { error: messageOf(thrown) };
  }
}

async function tokenFrom(
  source: TokenSource | undefined,
  stale: string,
): Promise<{ token: HostToken } | { error: string }> {
  if (!source) return { error: 'this program provides no token for it' };
  try {
    return { token: await source(stale === '' ? {} : { stale }) };
  } catch (thrown) {
    return { error: messageOf(thrown) };
  }
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** An exception of the listener is its own affair: an uncaught one of the process, not of the run that told it. */
function pass(event: EngineEvent, onEvent: (event: EngineEvent) => void): void {
  queueMicrotask(() => {
    onEvent(event);
  });
}

function withDefaults(options: EngineOptions): EngineOptions {
  const keys = host
    .setting('ENCRYPTION_KEY')
    ?.split(',')
    .map((key) => key.trim())
    .filter(Boolean);
  return {
    ...options,
    home: host.absolutePath(options.home ?? host.setting('DATA_SYNC_HOME') ?? '.data-sync'),
    databaseUrl: options.databaseUrl ?? host.setting('DATABASE_URL'),
    encryptionKeys: options.encryptionKeys ?? keys,
    caPem: options.caPem ?? host.trustedCertificates(),
  };
}
