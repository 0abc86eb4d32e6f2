import type { Engine, RunReport } from '../../../lib';
import type { SyncDocument } from './sync_document';

export const pollSecondsDefault = 15;
/** After a failure that may pass: so long, then twice as long each time, up to the longest. */
const retrySecondsFirst = 10;
const retrySecondsMax = 3_600;
/** A sync without a schedule is given up after so many failures in a row. */
const failuresMax = 8;
/** Another process runs the sync: it is asked again after so long. */
const elsewhereSeconds = 5;

const passing = new Set(['unavailable', 'throttled', 'conflict', 'cancelled']);

/** When the sync runs next, after a run that ended at `endedAt`. Undefined: not by itself. */
export async function nextDue(
  engine: Engine,
  { mode, config }: Pick<SyncDocument, 'mode' | 'config'>,
  report: Pick<RunReport, 'status' | 'error' | 'runId'>,
  failures: number,
  endedAt: Date,
): Promise<Date | undefined> {
  if (report.status === 'held') return undefined;
  const scheduled = await byPlan(engine, mode, config, endedAt);
  if (report.status !== 'failed') return scheduled;
  const kind = report.error?.kind ?? 'internal';
  if (kind === 'conflict' && report.runId === 0) return later(endedAt, elsewhereSeconds);
  if (!passing.has(kind)) return mode === 'realtime' ? later(endedAt, retrySecondsMax) : scheduled;
  if (!scheduled && failures + 1 >= failuresMax) return undefined;
  const retry = later(endedAt, Math.min(retrySecondsMax, retrySecondsFirst * 2 ** failures));
  return scheduled && scheduled < retry && mode === 'batch' ? scheduled : retry;
}

/** When a sync that is started now runs for the first time: one with a schedule waits for it. */
export async function firstDue(engine: Engine, { mode, config }: SyncDocument, now: Date): Promise<Date | undefined> {
  if (mode === 'realtime' || config.schedule === undefined) return now;
  return engine.nextRun(config.schedule, now).then((due) => due ?? undefined);
}

async function byPlan(
  engine: Engine,
  mode: SyncDocument['mode'],
  config: SyncDocument['config'],
  endedAt: Date,
): Promise<Date | undefined> {
  if (mode === 'realtime') return later(endedAt, config.pollSeconds ?? pollSecondsDefault);
  if (config.schedule === undefined) return undefined;
  return (await engine.nextRun(config.schedule, endedAt)) ?? undefined;
}

function later(time: Date, seconds: number): Date {
  return new Date(time.getTime() + seconds * 1000);
}
