import type {
  ILoadOptionsFunctions,
  INodeListSearchResult,
  INodePropertyOptions,
  ResourceMapperFields,
} from 'n8n-workflow';

import type { Engine, EndPoint } from '../lib';
import { locatorOf } from './context';
import { databaseEnd } from './database';
import { sharedEngine } from './engine';
import { nodeError } from './errors';
import { type Direction, isMappable, isWritable, itemRow, mappingRow, titleOf } from './fields';
import { salesforceEnd } from './salesforce';

/**
 * The lists that the editor fills from the live systems. n8n binds each one to the call of its parameter panel.
 */

const listedMax = 500;

/** Objects of the org whose name or label holds `filter`. */
export function searchObjects(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
  return inOrg(this, async (engine, end) => {
    const objects = await engine.objects(end, { search: filter, limit: listedMax });
    return {
      results: objects.map(({ name, label }) => ({
        name: label && label !== name ? `${label} (${name})` : name,
        value: name,
      })),
    };
  });
}

/** Tables and views of the database whose name holds `filter`. */
export async function searchTables(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
  try {
    const engine = await sharedEngine();
    const tables = await engine.objects(await databaseEnd(this), { search: filter, limit: listedMax });
    return { results: tables.map(({ name }) => ({ name, value: name })) };
  } catch (error) {
    throw nodeError(this.getNode(), error);
  }
}

/** Syncs that have run on this n8n. */
export async function searchSyncs(this: ILoadOptionsFunctions, filter = ''): Promise<INodeListSearchResult> {
  try {
    const runs = await (await sharedEngine()).status('', listedMax);
    const ids = [...new Set(runs.map(({ syncId }) => syncId))].filter((id) => id.includes(filter));
    return { results: ids.map((id) => ({ name: id, value: id })) };
  } catch (error) {
    throw nodeError(this.getNode(), error);
  }
}

/** Fields of the chosen object that records have as values. */
export function listFields(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
  return inOrg(this, async (engine, end) => {
    const { fields } = await engine.describe(end, locatorOf(this, 'object'));
    return fields.map((field) => ({ name: titleOf(field), value: field.name }));
  });
}

/** Rows of a sync's mapping: fields of the org that the direction can move. */
export function mappingRows(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
  return inOrg(this, async (engine, end) => {
    const direction = this.getNodeParameter('direction') as Direction;
    const { fields } = await engine.describe(end, locatorOf(this, 'object'));
    const rows = fields.filter((field) => field.matchKey || isMappable(field, direction));
    return { fields: rows.map((field) => mappingRow(field, direction)) };
  });
}

/** Rows of an upsert: fields of the org that can be written, and those that records are matched by. */
export function itemRows(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
  return inOrg(this, async (engine, end) => {
    const { fields } = await engine.describe(end, locatorOf(this, 'object'));
    return { fields: fields.filter((field) => field.matchKey || isWritable(field)).map(itemRow) };
  });
}

async function inOrg<T>(
  context: ILoadOptionsFunctions,
  ask: (engine: Engine, end: EndPoint) => Promise<T>,
): Promise<T> {
  try {
    const engine = await sharedEngine();
    const { end, release } = await salesforceEnd(context);
    try {
      return await ask(engine, end);
    } finally {
      release();
    }
  } catch (error) {
    throw nodeError(context.getNode(), error);
  }
}
