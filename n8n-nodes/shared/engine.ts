import { LoggerProxy } from 'n8n-workflow';

import { Engine, EngineError, type EngineEvent } from '../lib';
import { mayCallOwnNetwork, onShutdown, sharedPlace, stateFolder } from './host.cjs';

/** The engine of a process, with the copy of this package that opened it. */
interface Opened {
  owner: object;
  engine: Promise<Engine>;
}

const place = Symbol.for('n8n-nodes-data-sync.engine');
const thisCopy = {};
/** Why this copy opens no engine any more, or "". */
let closedFor = '';

/**
 * The one engine of this n8n process: opened on first use, closed when n8n ends.
 * State lies in n8n's user folder, or in PostgreSQL when DATABASE_URL is set.
 * After an update in place the new copy of the package closes the engine of the old one before it opens its own: two
 * copies of SQLite must not hold one file in one process.
 *
 * @throws EngineError of kind `unavailable` if the state cannot be opened, `cancelled` in a copy that was replaced and
 *   while n8n ends.
 */
export async function sharedEngine(): Promise<Engine> {
  const opened = sharedPlace()[place] as Opened | undefined;
  if (opened?.owner === thisCopy) return opened.engine;
  if (closedFor) throw new EngineError(closedFor, { kind: 'cancelled' });
  const mine: Opened = { owner: thisCopy, engine: openAfter(opened) };
  sharedPlace()[place] = mine;
  mine.engine.catch(() => leave(mine));
  return mine.engine;
}

/** Closes the engine of this copy, if it has one. Runs stop after the page in flight and go on the next time. */
export async function closeSharedEngine(): Promise<void> {
  const opened = sharedPlace()[place] as Opened | undefined;
  if (opened?.owner !== thisCopy) return;
  leave(opened);
  await (await opened.engine).close();
}

async function openAfter(earlier: Opened | undefined): Promise<Engine> {
  if (earlier) {
    const replaced = await earlier.engine.catch(() => undefined);
    await replaced?.close();
  }
  const ownNetwork = mayCallOwnNetwork();
  const options = { home: stateFolder(), allowLoopback: ownNetwork, allowPrivate: ownNetwork };
  const engine = new Engine(options, log);
  closedFor = 'the package n8n-nodes-data-sync was updated while this ran; run it again';
  onShutdown(end);
  return engine;
}

function end(): void {
  closedFor = 'n8n is shutting down; a sync that was running goes on with its next run';
  closeSharedEngine().catch((error: unknown) => LoggerProxy.error(`data-sync: ${String(error)}`));
}

function leave(opened: Opened): void {
  if (sharedPlace()[place] === opened) sharedPlace()[place] = undefined;
}

function log(event: EngineEvent): void {
  if (event.type === 'log') LoggerProxy[event.level](`data-sync: ${event.message}`);
}
