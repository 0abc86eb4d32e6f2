import { createHash } from 'node:crypto';

import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { DeletePolicy, EndPoint, SyncFile } from '../lib';
import { locatorOf } from './context';
import { databaseEnd } from './database';
import { nodeError } from './errors';
import type { Direction } from './fields';
import { readMapping } from './mapping';
import { type OpenEnd, salesforceEnd } from './salesforce';

/** A sync as the node's parameters describe it. `release` it when the run is over. */
export interface OpenSync {
  file: SyncFile;
  /** Reads everything, not only what changed. */
  full: boolean;
  /** Lets a run go on that would delete or change unusually many records. */
  approve: boolean;
  release: () => void;
}

/** Values of the collection "Options". What is not there has the engine's default. */
interface Options {
  syncId?: string;
  runMode?: 'incremental' | 'full';
  approve?: boolean;
  batchSize?: number;
  deletes?: DeletePolicy;
  conflictResolution?: 'source_wins' | 'target_wins';
  apiReservePercent?: number;
  createTable?: boolean;
  softDeleteField?: string;
  versionField?: string;
}

const hashCharacters = 10;
const namePartMax = 40;

/** Reads all parameters of a sync, once. */
export async function readSync(context: IExecuteFunctions): Promise<OpenSync> {
  const options = context.getNodeParameter('options', 0, {}) as Options;
  const salesforce = await salesforceEnd(context, defined({ apiReservePercent: options.apiReservePercent }));
  try {
    const file = await readFile(context, options, salesforce);
    const full = options.runMode === 'full';
    return { file, full, approve: options.approve === true, release: salesforce.release };
  } catch (error) {
    salesforce.release();
    throw nodeError(context.getNode(), error);
  }
}

async function readFile(context: IExecuteFunctions, options: Options, salesforce: OpenEnd): Promise<SyncFile> {
  const direction = context.getNodeParameter('direction', 0) as Direction;
  const reading = direction === 'fromSalesforce';
  const [object, table] = [locatorOf(context, 'object'), locatorOf(context, 'table')];
  const database = await databaseEnd(context, databaseSettings(options, reading));
  const { fieldMappings, key } = await readMapping(context, {
    direction,
    object,
    table,
    end: salesforce.end,
    database,
  });
  if (reading) database.config['key'] = key;
  else salesforce.end.config['externalIdField'] = key;
  const ends = {
    source: reading ? salesforce.end : database,
    target: reading ? database : salesforce.end,
    sourceObject: reading ? object : table,
    targetObject: reading ? table : object,
  };
  const { conflictResolution, deletes, batchSize } = options;
  const id = options.syncId?.trim() ? options.syncId.trim() : derivedId(ends);
  return { id, ...ends, fieldMappings, ...defined({ conflictResolution, deletes, batchSize }) };
}

function databaseSettings(options: Options, isTarget: boolean): IDataObject {
  const { createTable, softDeleteField, versionField } = options;
  const asTarget = { createTable: createTable ?? true, softDeleteField };
  return defined(isTarget ? asTarget : { versionField, softDeleteField });
}

/**
 * The id of a sync that nobody named: the same for the same systems and objects, so that another node, or another
 * operation of this one, finds its state.
 */
export function derivedId(sync: Pick<SyncFile, 'source' | 'target' | 'sourceObject' | 'targetObject'>): string {
  const { sourceObject, targetObject } = sync;
  const ends = JSON.stringify([address(sync.source), sourceObject, address(sync.target), targetObject]);
  const hash = createHash('sha256').update(ends).digest('hex').slice(0, hashCharacters);
  const name = [sourceObject, targetObject].map((part) => part.replace(/[^A-Za-z0-9._-]+/g, '_').slice(0, namePartMax));
  return `${name.join('-')}-${hash}`;
}

/** Where a system is, without who logs in. */
function address(end: EndPoint): unknown[] {
  if ('integration' in end) return ['integration', end.integration];
  const { type, config } = end;
  const names = ['instanceUrl', 'loginUrl', 'host', 'port', 'database', 'path'];
  return [type, ...names.map((name) => config[name] ?? null)];
}

function defined<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
}
