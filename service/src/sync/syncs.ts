import { randomUUID } from 'node:crypto';

import { type BookDocument, type Engine, EngineError, type SyncFile } from '../../../lib';
import { pointerOf, Problem } from '../problem';
import type { StartRequest, SyncRequest } from '../schemas/sync';
import { change, isRevisionConflict } from './change';
import { firstDue } from './next_due';
import {
  newSyncState,
  type RunWish,
  type SyncDocument,
  syncKind,
  type SyncState,
  syncStateKind,
} from './sync_document';
import { pinnedMapping, syncFileOf } from './sync_file';

export interface SyncsOptions {
  engine: Engine;
  now: () => Date;
  batchSizeDefault: number;
  /** There may be work now. */
  wake: () => Promise<void>;
}

/** What people do with syncs. `actor` is who does it, for the audit log. */
export class Syncs {
  readonly #options: SyncsOptions;

  constructor(options: SyncsOptions) {
    this.#options = options;
  }

  /** Makes a sync, or takes the one that is there, and starts it. @throws Problem `already-exists` if it is another. */
  async begin(request: StartRequest, actor: string): Promise<{ id: string; warnings: string[] }> {
    const { id, ...content } = request;
    if (id !== undefined && Object.keys(content).length === 0) {
      await this.start(id, actor);
      return { id, warnings: [] };
    }
    const made = id ?? `sync-${randomUUID()}`;
    const document = await this.#checked(complete(content));
    await this.#create(made, document, actor);
    await this.start(made, actor);
    return { id: made, warnings: warningsOf(document) };
  }

  async get(id: string): Promise<{ sync: BookDocument<SyncDocument>; state: SyncState }> {
    const { book } = this.#options.engine;
    const sync = await book.get<SyncDocument>(syncKind, id);
    if (!sync) throw Problem.notFound('sync', id);
    return { sync, state: (await book.get<SyncState>(syncStateKind, id))?.body ?? newSyncState };
  }

  /** The sync as the engine takes it. */
  async file(id: string): Promise<SyncFile> {
    const { engine, batchSizeDefault } = this.#options;
    const { sync } = await this.get(id);
    return syncFileOf(engine.book, id, sync.body, batchSizeDefault);
  }

  /** Replaces what the sync is; a run that is under way goes on as it began. */
  async replace(
    { id, revision }: BookDocument<SyncDocument>,
    request: SyncRequest,
    actor: string,
  ): Promise<BookDocument<SyncDocument>> {
    const document = await this.#checked(request);
    return this.#options.engine.book.put(syncKind, id, document, {
      ifRevision: revision,
      audit: { actor, action: 'sync.change' },
    });
  }

  async start(id: string, actor: string): Promise<void> {
    const { engine, now, wake } = this.#options;
    const { sync } = await this.get(id);
    const due = await firstDue(engine, sync.body, now());
    await this.#changeState(id, (state) =>
      state.desired === 'running' && state.due !== undefined
        ? undefined
        : { ...state, desired: 'running', failures: 0, ...(due && { due: due.toISOString() }) },
    );
    await engine.audit.add({ actor, action: 'sync.start', subject: `sync/${id}` });
    await wake();
  }

  /** Lets the page in flight commit, and starts no further run. */
  async stop(id: string, actor: string): Promise<void> {
    await this.get(id);
    const stoppedAt = this.#options.now().toISOString();
    await this.#changeState(id, ({ due: _, wish: __, ...state }) => ({ ...state, desired: 'stopped', stoppedAt }));
    await this.#options.engine.audit.add({ actor, action: 'sync.stop', subject: `sync/${id}` });
    await this.#options.wake();
  }

  /** One run now, or as soon as the one under way has ended; a schedule goes on afterwards. */
  async run(id: string, wish: RunWish, actor: string): Promise<void> {
    await this.get(id);
    const due = this.#options.now().toISOString();
    await this.#changeState(id, (state) => ({ ...state, desired: 'running', wish, due }));
    await this.#options.engine.audit.add({ actor, action: 'sync.run', subject: `sync/${id}`, detail: { ...wish } });
    await this.#options.wake();
  }

  /**
   * A conflict was decided: the sync runs now, and again if a run is under way that may not have met the decision. One
   * that a person stopped does not, and one that this service does not know is left to who runs it on the same store.
   */
  async carryOut(id: string): Promise<void> {
    const { engine, now, wake } = this.#options;
    const time = now().toISOString();
    await change<SyncState>(engine.book, syncStateKind, id, (state) =>
      wasStopped(state) ? undefined : { ...state, desired: 'running', due: time, decidedAt: time },
    );
    await wake();
  }

  /** Tries one rejected record again. @throws Problem `not-found` if the sync has no such record. */
  async replay(syncId: string, rejectedId: number, actor: string): Promise<void> {
    await this.get(syncId);
    const [record] = await this.#options.engine.rejected(syncId, rejectedId - 1, 1);
    if (record?.id !== rejectedId) throw Problem.notFound(`rejected record of sync "${syncId}"`, String(rejectedId));
    await this.run(syncId, { replay: true, rejectedId }, actor);
  }

  /** Forgets the sync with its links, runs, rejected records and data key. Neither system is touched. */
  async remove(sync: BookDocument<SyncDocument>, actor: string): Promise<void> {
    const { engine, batchSizeDefault } = this.#options;
    const { id } = sync;
    const { state } = await this.get(id);
    if (state.claim || state.desired === 'running')
      throw new Problem('in-use', `sync "${id}" is running; stop it first`);
    await engine.forget(await syncFileOf(engine.book, id, sync.body, batchSizeDefault));
    await engine.book.delete(syncKind, id, { ifRevision: sync.revision, audit: { actor, action: 'sync.delete' } });
    await engine.book.delete(syncStateKind, id);
  }

  async #create(id: string, document: SyncDocument, actor: string): Promise<void> {
    const { book } = this.#options.engine;
    try {
      await book.put(syncKind, id, document, { ifRevision: 0, audit: { actor, action: 'sync.create' } });
    } catch (thrown) {
      if (!isRevisionConflict(thrown)) throw thrown;
      const there = await book.get<SyncDocument>(syncKind, id);
      if (JSON.stringify(sorted(there?.body)) === JSON.stringify(sorted(document))) return;
      throw new Problem('already-exists', `there is a sync "${id}" already; change it by PUT /api/sync/${id}`);
    }
  }

  async #changeState(id: string, edit: (state: SyncState) => SyncState | undefined): Promise<void> {
    const { book } = this.#options.engine;
    if (await change<SyncState>(book, syncStateKind, id, edit)) return;
    try {
      await book.put(syncStateKind, id, newSyncState, { ifRevision: 0 });
    } catch (thrown) {
      if (!isRevisionConflict(thrown)) throw thrown;
    }
    await change<SyncState>(book, syncStateKind, id, edit);
  }

  /** Everything that can be known to be wrong before anything runs. */
  async #checked(request: SyncRequest): Promise<SyncDocument> {
    const { engine, now } = this.#options;
    const { config } = request;
    for (const name of ['sourceId', 'targetId'] as const) {
      if (!(await engine.book.get('integration', request[name])))
        throw Problem.at(`/${name}`, `there is no integration "${request[name]}"`);
    }
    if ((config.fieldMappings === undefined) === (config.mapping === undefined))
      throw Problem.at('/config', 'needs either fieldMappings or mapping');
    if (config.schedule !== undefined && request.mode === 'realtime')
      throw Problem.at('/config/schedule', 'is for batch syncs; a realtime sync follows its source all the time');
    if (config.schedule !== undefined) await checkSchedule(engine, config.schedule, now());
    if (config.mapping && (config.validation ?? config.tests))
      throw Problem.at('/config/mapping', 'brings validation and tests of its own: leave those of the sync out');
    const pinned = config.mapping && (await pinnedMapping(engine.book, config.mapping));
    const { fieldMappings = [], validation } = pinned ?? config;
    const { diagnostics } = await engine.previewMapping({
      fieldMappings,
      validation,
      tests: config.tests,
      conflictResolution: config.conflictResolution,
      conflicts: config.conflicts,
      direction: config.direction,
      records: [],
    });
    if (diagnostics.length > 0) throw unfit(diagnostics, pinned !== undefined);
    const mapping = config.mapping && pinned && { ...config.mapping, version: pinned.version };
    return { ...request, config: { ...config, ...(mapping && { mapping }) } };
  }
}

/** By a person, not by having nothing more to do. */
function wasStopped({ desired, stoppedAt, lastRun }: SyncState): boolean {
  return desired === 'stopped' && stoppedAt !== undefined && !(lastRun && lastRun.startedAt > stoppedAt);
}

async function checkSchedule(engine: Engine, schedule: SyncFile['schedule'] & {}, now: Date): Promise<void> {
  try {
    await engine.nextRun(schedule, now);
  } catch (thrown) {
    if (thrown instanceof EngineError && thrown.kind === 'invalid')
      throw Problem.at('/config/schedule', thrown.message);
    throw thrown;
  }
}

/** Faults of a stored mapping are no members of the request, which names it. */
function unfit(diagnostics: { path: string; reason: string; fix: string }[], stored: boolean): Problem {
  const errors = diagnostics.map(({ path, reason, fix }) => ({
    pointer: stored && path.startsWith('fieldMappings') ? '/config/mapping' : `/config${pointerOf(path)}`,
    in: 'body' as const,
    detail: fix === '' ? reason : `${reason}; ${fix}`,
  }));
  return new Problem('invalid', errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('\n'), { errors });
}

function complete(content: Partial<SyncRequest>): SyncRequest {
  const missing = (['sourceId', 'targetId', 'mode', 'config'] as const).filter((name) => content[name] === undefined);
  if (missing.length === 0) return content as SyncRequest;
  const errors = missing.map((name) => ({ pointer: `/${name}`, in: 'body' as const, detail: 'is missing' }));
  throw new Problem('invalid-request', `a new sync needs ${missing.join(', ')}`, { errors });
}

function warningsOf({ mode, config }: SyncDocument): string[] {
  if (mode !== 'realtime') return [];
  return config.events
    ? ['events are not listened to yet: the source is polled, and every change is moved']
    : ['the source is polled'];
}

/** Members in the order of their names, at every depth, so that equal documents have equal texts. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
