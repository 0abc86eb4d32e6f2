import * as path from 'node:path';
import * as tls from 'node:tls';

import { EngineError } from './errors';
import { loadNative, type Native } from './load';
import type {
  EngineEvent,
  EngineOptions,
  PlanReport,
  RejectedRecord,
  RunReport,
  RunSummary,
  Schema,
  SyncFile,
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
  readonly #native: Native;
  readonly #handle: unknown;
  #closing?: Promise<unknown>;

  /** @throws EngineError of kind `invalid` for a wrong option, `unavailable` if the state cannot be opened. */
  constructor(options: EngineOptions = {}, onEvent: (event: EngineEvent) => void = () => {}) {
    this.#native = loadNative();
    try {
      this.#handle = this.#native.open(JSON.stringify(withDefaults(options)), (event) => pass(event, onEvent));
    } catch (thrown) {
      throw EngineError.from(thrown);
    }
  }

  /** Runs a sync to its end. Resumes an unfinished run. A run that failed or was held is a report, not an exception. */
  run(file: SyncFile, how: { full?: boolean; approve?: boolean; replay?: boolean } = {}): Promise<RunReport> {
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

  /** What the next run would do. Writes nothing. */
  plan(file: SyncFile, how: { full?: boolean; samples?: number } = {}): Promise<PlanReport> {
    return this.#call('sync.plan', { file, ...how });
  }

  /** Connects to both systems. */
  test(file: SyncFile): Promise<Record<'source' | 'target', { ok: boolean; message: string }>> {
    return this.#call('sync.test', { file });
  }

  /** What both systems say about their objects. */
  schema(file: SyncFile): Promise<{ source: Schema; target: Schema | null }> {
    return this.#call('sync.schema', { file });
  }

  /** Runs of one sync or of all, newest first. */
  async status(syncId = '', limit = 20): Promise<RunSummary[]> {
    const { runs } = await this.#call<{ runs: RunSummary[] }>('sync.status', { syncId, limit });
    return runs;
  }

  /** Rejected records in order of their id, after `after`. */
  async rejected(syncId: string, after = 0, limit = 100): Promise<RejectedRecord[]> {
    const { records } = await this.#call<{ records: RejectedRecord[] }>('sync.rejected', { syncId, after, limit });
    return records;
  }

  /** Forgets links, runs and rejected records of a sync. Touches neither system. */
  forget(file: SyncFile): Promise<void> {
    return this.#call('sync.forget', { file });
  }

  /** Stops all runs after the page in flight and closes the state. The engine is of no use afterwards. */
  async close(): Promise<void> {
    this.#closing ??= this.#native.close(this.#handle);
    await this.#closing;
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

/** An exception of the listener is its own affair: an uncaught one of the process, not of the run that told it. */
function pass(event: string, onEvent: (event: EngineEvent) => void): void {
  try {
    onEvent(JSON.parse(event) as EngineEvent);
  } catch (thrown) {
    queueMicrotask(() => {
      throw thrown;
    });
  }
}

function withDefaults(options: EngineOptions): EngineOptions {
  const keys = process.env.ENCRYPTION_KEY?.split(',')
    .map((key) => key.trim())
    .filter(Boolean);
  return {
    ...options,
    home: path.resolve(options.home ?? process.env.DATA_SYNC_HOME ?? '.data-sync'),
    databaseUrl: options.databaseUrl ?? process.env.DATABASE_URL,
    encryptionKeys: options.encryptionKeys ?? keys,
    caPem: options.caPem ?? nodeCertificates(),
  };
}

/** The CA certificates that Node itself trusts, so that NODE_EXTRA_CA_CERTS and --use-system-ca hold here too. */
function nodeCertificates(): string {
  const newer = tls as typeof tls & { getCACertificates?: (type: 'default' | 'extra') => string[] };
  const pem = newer.getCACertificates
    ? [...newer.getCACertificates('default'), ...newer.getCACertificates('extra')]
    : [...tls.rootCertificates];
  return pem.join('\n');
}
