import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { locatorOf, parameterOf } from '../../../shared/context';
import { sharedEngine } from '../../../shared/engine';
import { isMappable } from '../../../shared/fields';
import { salesforceEnd } from '../../../shared/salesforce';

/** Reads records of one object, one item each, at most as many as the limit says. */
export async function getRecords(this: IExecuteFunctions): Promise<INodeExecutionData[]> {
  const engine = await sharedEngine();
  const { end, release } = await salesforceEnd(this);
  try {
    const object = locatorOf(this, 'object');
    let fields = parameterOf(this, 'fieldNames', []) as string[];
    if (fields.length === 0) {
      const schema = await engine.describe(end, object);
      fields = schema.fields.filter((field) => isMappable(field, 'fromSalesforce')).map(({ name }) => name);
    }
    const limit = parameterOf(this, 'limit') as number;
    const { modifiedAfter, deleted } = parameterOf(this, 'readOptions', {}) as ReadOptions;
    const changed = modifiedAfter ? { modifiedAfter } : {};
    const { records } = await engine.read(end, { object, fields, limit, deleted, ...changed });
    return records.map((record) => ({ json: record as IDataObject, pairedItem: { item: 0 } }));
  } finally {
    release();
  }
}

interface ReadOptions {
  modifiedAfter?: string;
  deleted?: boolean;
}
