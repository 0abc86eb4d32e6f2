import { createHash } from 'node:crypto';

import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import type { Change, Engine, EndPoint } from '../lib';
import { locatorOf, parameterOf } from './context';
import { sharedEngine } from './engine';
import { nodeError } from './errors';
import { isMappable } from './fields';
import { salesforceEnd } from './salesforce';

type Operation = Change['op'];

/** What a trigger keeps with its workflow: which feed it follows, and the token of the batch it gave out last. */
interface Kept extends IDataObject {
  feed?: string;
  token?: string;
}

interface Wanted {
  end: EndPoint;
  object: string;
  fields: string[];
  events: Operation[];
}

interface Options {
  batchSize?: number;
  from?: 'now' | 'start';
}

const batchSizeDefault = 1000;
/** Batches without a wanted event that one poll passes by. The next poll goes on. */
const emptyBatchesMax = 20;
const samplesMax = 3;
const hashCharacters = 16;

/**
 * One poll: gives the next batch of changes, or null. n8n saves what is kept together with the items, and the engine
 * forgets a batch when the next poll shows its token. So a crash in between repeats a batch and loses none.
 * A test in the editor gives a few records as they are, and leaves the feed alone.
 */
export async function poll(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
  try {
    const engine = await sharedEngine();
    const { end, release } = await salesforceEnd(context);
    try {
      const wanted = await readWanted(context, engine, end);
      const changes =
        context.getMode() === 'manual' ? await samples(engine, wanted) : await next(context, engine, wanted);
      return changes.length > 0 ? [changes.map(itemOf)] : null;
    } finally {
      release();
    }
  } catch (error) {
    throw nodeError(context.getNode(), error);
  }
}

async function readWanted(context: IPollFunctions, engine: Engine, end: EndPoint): Promise<Wanted> {
  const object = locatorOf(context, 'object');
  const events = parameterOf(context, 'events') as Operation[];
  const chosen = parameterOf(context, 'fieldNames', []) as string[];
  if (chosen.length > 0) return { end, object, events, fields: chosen };
  const { fields } = await engine.describe(end, object);
  const all = fields.filter((field) => isMappable(field, 'fromSalesforce')).map(({ name }) => name);
  return { end, object, events, fields: all };
}

/** The next batch that holds a wanted event. Batches that hold none are accepted at once: nobody waits for them. */
async function next(context: IPollFunctions, engine: Engine, wanted: Wanted): Promise<Change[]> {
  const { end, object, fields, events } = wanted;
  const { batchSize: limit = batchSizeDefault, from = 'now' } = parameterOf(context, 'options', {}) as Options;
  const id = feedId(context, object);
  const kept = context.getWorkflowStaticData('node') as Kept;
  let accept = kept.feed === id ? kept.token : undefined;
  for (let batch = 0; batch < emptyBatchesMax; batch++) {
    const { records, token, more } = await engine.changes({ id, source: end, object, fields, limit, from, accept });
    Object.assign(kept, { feed: id, token });
    const changes = records.filter(({ op }) => events.includes(op));
    if (changes.length > 0 || !more) return changes;
    accept = token;
  }
  return [];
}

async function samples(engine: Engine, { end, object, fields, events }: Wanted): Promise<Change[]> {
  const { keyField, versionField } = await engine.describe(end, object);
  const stamps = [keyField, versionField].filter(Boolean);
  const limit = samplesMax;
  const { records } = await engine.read(end, { object, fields: [...new Set([...fields, ...stamps])], limit });
  return records.map((record) => ({
    op: events[0] ?? 'updated',
    id: record[keyField] as string,
    version: (record[versionField] ?? '') as string,
    fields: Object.fromEntries(fields.map((field) => [field, record[field]])),
  }));
}

/** A feed belongs to one trigger of one workflow, one object and one login: another choice starts another feed. */
function feedId(context: IPollFunctions, object: string): string {
  const { id, credentials } = context.getNode();
  const login = Object.values(credentials ?? {}).map((credential) => credential.id);
  const parts = JSON.stringify([context.getWorkflow().id, id, object, login]);
  return `feed-${createHash('sha256').update(parts).digest('hex').slice(0, hashCharacters)}`;
}

function itemOf({ op, id, version, fields }: Change): INodeExecutionData {
  return { json: { event: op, id, version, fields: fields } };
}
