import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import type { Conflict, Engine } from '../lib';
import { locatorOf, parameterOf } from './context';
import { sharedEngine } from './engine';
import { nodeError } from './errors';

/** What the trigger keeps with its workflow: which conflicts it follows, and those that it has given out. */
interface Kept extends IDataObject {
  conflictsOf?: string;
  /** The highest number given out. */
  after?: number;
  /** Numbers given out that lie no more than `overlap` below it. */
  given?: number[];
}

interface Options {
  batchSize?: number;
  from?: 'now' | 'start';
}

/**
 * Runs of several processes open conflicts side by side, so one with a lower number may show up later. They are looked
 * for this far back.
 */
const overlap = 1000;
const pageMax = 1000;
const batchSizeDefault = 1000;
const samplesMax = 3;

/**
 * One poll: conflicts that were opened since the last one, each once, or null. n8n saves what is kept together with the
 * items: a crash in between repeats them and loses none. A test in the editor gives a few that are open, else an
 * example, and leaves what is kept alone.
 */
export async function pollConflicts(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
  try {
    const engine = await sharedEngine();
    const syncId = locatorOf(context, 'syncId');
    const conflicts =
      context.getMode() === 'manual' ? await samples(engine, syncId) : await next(context, engine, syncId);
    return conflicts.length > 0 ? [conflicts.map(itemOf)] : null;
  } catch (error) {
    throw nodeError(context.getNode(), error);
  }
}

async function next(context: IPollFunctions, engine: Engine, syncId: string): Promise<Conflict[]> {
  const { batchSize = batchSizeDefault, from = 'now' } = parameterOf(context, 'options', {}) as Options;
  const kept = context.getWorkflowStaticData('node') as Kept;
  const follows = kept.conflictsOf === syncId;
  const { after = 0, given = [] } = follows ? kept : {};
  const known = new Set(given);
  const fresh = (await openAfter(engine, syncId, Math.max(0, after - overlap))).filter(({ id }) => !known.has(id));
  const silent = !follows && from === 'now';
  const taken = silent ? fresh : fresh.slice(0, batchSize);
  const highest = Math.max(after, taken.at(-1)?.id ?? 0);
  const numbers = [...given, ...taken.map(({ id }) => id)];
  Object.assign(kept, { conflictsOf: syncId, after: highest, given: numbers.filter((id) => id > highest - overlap) });
  return silent ? [] : taken;
}

/** All open conflicts with numbers above `after`, in order. */
async function openAfter({ conflicts }: Engine, syncId: string, after: number): Promise<Conflict[]> {
  const found: Conflict[] = [];
  for (let place: number | undefined = after; place !== undefined;) {
    const page = await conflicts.list({ ...(syncId && { syncId }), state: 'open', after: place, limit: pageMax });
    found.push(...page.conflicts);
    place = page.next;
  }
  return found;
}

async function samples({ conflicts }: Engine, syncId: string): Promise<Conflict[]> {
  const open = await conflicts.list({ ...(syncId && { syncId }), state: 'open', limit: samplesMax });
  return open.conflicts.length > 0 ? open.conflicts : [exampleOf(syncId || 'Account-accounts-1f2e3d4c5b')];
}

function exampleOf(syncId: string): Conflict {
  const at = new Date().toISOString();
  return {
    id: 0,
    syncId,
    key: 'example',
    sourceKey: '1',
    targetKey: '1',
    kind: 'both_differ',
    state: 'open',
    fields: ['phone'],
    review: [{ field: 'phone', base: '1', source: '2', target: '3', state: 'both_differ' }],
    sourceHash: '0000000000000000',
    targetHash: '0000000000000000',
    run: 1,
    openedAt: at,
    changedAt: at,
  };
}

function itemOf(conflict: Conflict): INodeExecutionData {
  return { json: { event: 'conflictHeld', ...conflict } };
}
