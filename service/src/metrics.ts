import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';

import { collectDefaultMetrics, Registry } from 'prom-client';

import type { Engine, EngineEvent, EngineMetrics, RunReport } from '../../lib';
import type { App } from './context';
import { BoundedLabel, otherLabel } from './metrics/bounded_label';
import { type Instruments, makeInstruments } from './metrics/instruments';
import { serveMetrics } from './metrics/listener';
import { outcomes, type OutcomeCounts, RunCounts } from './metrics/run_counts';
import { type Effort, phases, RunEffort } from './metrics/run_effort';
import { lookAtStore, type StoreView } from './metrics/store_view';

/** Syncs with series of their own; all further ones share the label `other`. */
export const syncLabelsMax = 500;
/** Codes of errors with series of their own. */
export const codeLabelsMax = 100;
/** A look at the store is good for so long, however often the metrics are fetched. */
const lookMillis = 5_000;
/** Fetching metrics does not wait longer for the engine. */
const engineMillisMax = 5_000;

interface Look {
  at: number;
  ended: Promise<void>;
  isOver: boolean;
}

type Source = Pick<Engine, 'book' | 'conflicts' | 'metrics'>;

/**
 * What the service tells Prometheus. Events of the engine and requests are counted as they come; what the engine and
 * the store know is asked for when the metrics are fetched.
 */
export class Metrics {
  readonly registry = new Registry();
  readonly #now: () => Date;
  readonly #instruments: Instruments = makeInstruments(this.registry);
  readonly #syncs = new BoundedLabel(syncLabelsMax);
  readonly #codes = new BoundedLabel(codeLabelsMax);
  readonly #counts = new RunCounts();
  readonly #effort = new RunEffort();
  #source?: Source;
  #look?: Look;
  #server?: Server;

  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
    collectDefaultMetrics({ register: this.registry });
  }

  /** Takes what the engine tells: each event once. */
  onEvent(event: EngineEvent): void {
    if (event.type === 'progress') this.#countRecords(event.syncId, this.#counts.progress(event));
    if (event.type === 'run') this.#countRun(event.report);
  }

  /** From now on the engine and its store are looked at when the metrics are fetched. */
  watchEngine(source: Source): void {
    this.#source = source;
  }

  /** Counts requests by route, not by path: what a caller writes makes no series. */
  watchRequests(app: App): void {
    app.addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'none';
      const labels = { method: request.method, route, status: String(reply.statusCode) };
      this.#instruments.requests.observe(labels, reply.elapsedTime / 1000);
      done();
    });
  }

  /** All metrics in Prometheus' text format. A store that does not answer is told, and holds up nothing. */
  async text(): Promise<string> {
    this.#look = this.#freshLook();
    await within(engineMillisMax, this.#look.ended);
    if (!this.#look.isOver) this.#instruments.storeUp.set(0);
    return this.registry.metrics();
  }

  /** Serves GET /metrics. Port 0 takes any free one; gives the port. */
  async listen(host: string, port: number): Promise<number> {
    this.#server = await serveMetrics(() => this.text(), host, port);
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    await new Promise((resolve) => {
      server.close(resolve).closeAllConnections();
    });
  }

  #countRecords(syncId: string, step: OutcomeCounts): void {
    const sync = this.#syncs.of(syncId);
    for (const outcome of outcomes) this.#instruments.records.inc({ sync, outcome }, step[outcome]);
  }

  #countRun(report: RunReport): void {
    const { runs, runSeconds, errors } = this.#instruments;
    const { runId, syncId, status, seconds, error } = report;
    if (runId > 0) {
      this.#countRecords(syncId, this.#counts.end(report));
      this.#effort.end(report);
    }
    runs.inc({ status });
    runSeconds.observe({ status }, seconds);
    if (error) errors.inc({ code: this.#codes.of(error.code || error.kind) });
  }

  /** The last look if it is fresh or under way, else a new one. */
  #freshLook(): Look {
    const at = this.#now().getTime();
    if (this.#look && (!this.#look.isOver || at - this.#look.at < lookMillis)) return this.#look;
    const look: Look = { at, ended: Promise.resolve(), isOver: this.#source === undefined };
    if (this.#source) look.ended = this.#lookAt(this.#source).finally(() => (look.isOver = true));
    return look;
  }

  async #lookAt(source: Source): Promise<void> {
    try {
      const [view, engine] = await Promise.all([lookAtStore(source, this.#now()), source.metrics()]);
      this.#showStore(view);
      this.#showEngine(engine);
      this.#instruments.storeUp.set(1);
    } catch {
      this.#instruments.storeUp.set(0);
    }
  }

  #showStore({ lag, syncs, waiting, waitSeconds, conflicts }: StoreView): void {
    const { lag: lagGauge, info, queueDepth, queueWait, conflicts: held } = this.#instruments;
    held.reset();
    for (const { syncId, open, decided } of conflicts) {
      const sync = this.#syncs.of(syncId);
      held.inc({ sync, state: 'open' }, open);
      held.inc({ sync, state: 'decided' }, decided);
    }
    lagGauge.reset();
    const worst = new Map<string, number>();
    for (const [id, seconds] of lag) {
      const sync = this.#syncs.of(id);
      worst.set(sync, Math.max(seconds, worst.get(sync) ?? 0));
    }
    for (const [sync, seconds] of worst) lagGauge.set({ sync }, seconds);
    info.reset();
    for (const { id, ...ends } of syncs) {
      const sync = this.#syncs.of(id);
      if (sync !== otherLabel) info.set({ sync, ...ends }, 1);
    }
    queueDepth.set(waiting);
    queueWait.set(waitSeconds);
  }

  #showEngine(engine: EngineMetrics): void {
    const { runsActive, quotaUsed, quotaMax } = this.#instruments;
    runsActive.set(engine.runsActive);
    for (const { syncId, quota } of engine.syncs) {
      const sync = this.#syncs.of(syncId);
      if (!quota || sync === otherLabel) continue;
      quotaUsed.set({ sync }, quota.used);
      quotaMax.set({ sync }, quota.max);
    }
    for (const [syncId, effort] of this.#effort.advance(engine)) this.#countEffort(this.#syncs.of(syncId), effort);
  }

  #countEffort(sync: string, effort: Effort): void {
    const { pages, pageSeconds, apiCalls } = this.#instruments;
    pages.inc({ sync }, effort.pages);
    apiCalls.inc({ sync }, effort.apiCalls);
    for (const phase of phases) pageSeconds.inc({ sync, phase }, effort[phase]);
  }
}

/** Waits for it, but not for ever. */
async function within(millis: number, ended: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, millis);
  });
  await Promise.race([ended, late]);
  clearTimeout(timer);
}
