import * as fs from 'node:fs';

import type { Logger } from 'pino';

import { Engine, type EngineEvent, type EngineOptions, type RunReport } from '../../lib';
import { buildApp } from './app';
import type { App, Context } from './context';
import { cleaned } from './log';
import { Metrics } from './metrics';
import type { Settings } from './settings';
import { PlanWork } from './sync/plan_work';
import { RunEvents } from './sync/run_events';
import { Supervisor } from './sync/supervisor';
import { SyncWork } from './sync/sync_work';
import { Syncs } from './sync/syncs';
import { askForUpkeep, UpkeepWork } from './sync/upkeep_work';
import type { Work } from './sync/work';

const levels: Record<Settings['logLevel'], EngineOptions['logLevel']> = {
  fatal: 'error',
  error: 'error',
  warn: 'warn',
  info: 'info',
  debug: 'debug',
  trace: 'debug',
  silent: 'error',
};

/** Opens the engine as the settings say. What it tells goes to the log, and to `onEvent`. */
export function openEngine(settings: Settings, log: Logger, onEvent: (event: EngineEvent) => void = () => {}): Engine {
  const options: EngineOptions = {
    home: settings.home,
    databaseUrl: settings.databaseUrl,
    encryptionKeys: settings.encryptionKeys,
    allowLoopback: settings.network.allowLoopback,
    allowPrivate: settings.network.allowPrivate,
    logLevel: levels[settings.logLevel],
  };
  return new Engine(options, (event) => {
    if (event.type === 'log') log[event.level]({ part: 'engine' }, cleaned(event.message));
    onEvent(event);
  });
}

/** The whole service in one process: opened, started when it is told to, stopped in good order. */
export class Service {
  readonly app: App;
  readonly context: Context;
  readonly #closing: AbortController;

  private constructor(app: App, context: Context, closing: AbortController) {
    this.app = app;
    this.context = context;
    this.#closing = closing;
  }

  /** Opens the state and builds the routes. Neither listens nor runs anything. */
  static async open(settings: Settings, log: Logger, now: () => Date = () => new Date()): Promise<Service> {
    const closing = new AbortController();
    const runEvents = new RunEvents();
    const metrics = new Metrics(now);
    fs.mkdirSync(settings.home, { recursive: true, mode: 0o700 });
    for (const folder of settings.allowedFolders) {
      if (folder.startsWith(settings.home)) fs.mkdirSync(folder, { recursive: true });
    }
    const engine = openEngine(settings, log, (event) => {
      runEvents.take(event);
      metrics.onEvent(event);
    });
    metrics.watchEngine(engine);
    try {
      const context = contextOver({ settings, engine, log, now, runEvents, metrics, closing: closing.signal });
      return new Service(await buildApp(context), context, closing);
    } catch (thrown) {
      await engine.close();
      throw thrown;
    }
  }

  /** Goes on with every sync that is to run, and serves the metrics. */
  async start(): Promise<void> {
    const { engine, metrics, now, settings } = this.context;
    await askForUpkeep(engine, now);
    if (settings.metrics) await metrics.listen(settings.host, settings.metrics.port);
    await this.context.supervisor.start();
  }

  /** Ends streams, answers what is under way, lets pages in flight commit, closes the state. */
  async stop(): Promise<void> {
    this.#closing.abort();
    const { metrics, supervisor } = this.context;
    await Promise.all([this.app.close(), metrics.close(), supervisor.stop()]);
    await this.context.engine.close();
  }
}

function contextOver(parts: Omit<Context, 'supervisor' | 'syncs'>): Context {
  const { settings, engine, log, now, runEvents, metrics } = parts;
  const onRun = (report: RunReport) => metrics.onEvent({ type: 'run', report });
  const { batchSizeDefault, queueConcurrency, claimSeconds, retention } = settings;
  const works = [
    new SyncWork({ engine, events: runEvents, now, batchSizeDefault, onRun }),
    new PlanWork(engine, batchSizeDefault, onRun),
    new UpkeepWork(engine, retention, now),
    // Each is handed documents of its own kind alone, which is more than the type of a list can say.
  ] as unknown as Work[];
  const alone = settings.databaseUrl === undefined;
  const supervisor = new Supervisor(works, {
    book: engine.book,
    log,
    now,
    concurrency: queueConcurrency,
    alone,
    leaseMs: claimSeconds * 1000,
  });
  const syncs = new Syncs({ engine, now, batchSizeDefault, wake: () => supervisor.wake() });
  return { ...parts, supervisor, syncs };
}
