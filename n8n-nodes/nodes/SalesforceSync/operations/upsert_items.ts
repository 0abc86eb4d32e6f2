import {
  type IDataObject,
  type IExecuteFunctions,
  type INodeExecutionData,
  NodeOperationError,
  type ResourceMapperValue,
} from 'n8n-workflow';

import { callRecordsMax, type Engine, type EndPoint, type RowResult } from '../../../lib';
import { locatorOf } from '../../../shared/context';
import { sharedEngine } from '../../../shared/engine';
import { rowError } from '../../../shared/errors';
import { isWritable } from '../../../shared/fields';
import { recordsOf } from '../../../shared/item_mapping';
import { salesforceEnd } from '../../../shared/salesforce';

/**
 * Writes one record for each incoming item, in collections or by Bulk API as their number asks for, and gives one item
 * each, paired with its own. All records are written before a refused one fails the node.
 */
export async function upsertItems(this: IExecuteFunctions): Promise<INodeExecutionData[]> {
  const engine = await sharedEngine();
  const { end, release } = await salesforceEnd(this);
  try {
    const object = locatorOf(this, 'object');
    const keyField = matchField(this);
    const { fields } = await engine.describe(end, object);
    const known = new Set(fields.filter((field) => field.matchKey || isWritable(field)).map(({ name }) => name));
    const records = recordsOf(this, 'values', this.getInputData(), known);
    const rows = await writeAll(this, engine, end, { object, keyField, records });
    return rows.map((row, index) => itemOf(this, row, records[index]?.[keyField], index));
  } finally {
    release();
  }
}

function matchField(context: IExecuteFunctions): string {
  const mapper = context.getNode().parameters['values'] as unknown as ResourceMapperValue;
  const field = mapper.matchingColumns[0];
  if (field) return field;
  throw new NodeOperationError(context.getNode(), 'Values: no field to match on is chosen', {
    description: 'Choose the external ID that tells which record an item belongs to.',
  });
}

async function writeAll(
  context: IExecuteFunctions,
  engine: Engine,
  end: EndPoint,
  { object, keyField, records }: { object: string; keyField: string; records: IDataObject[] },
): Promise<RowResult[]> {
  const rows: RowResult[] = [];
  for (let from = 0; from < records.length; from += callRecordsMax) {
    if (context.getExecutionCancelSignal()?.aborted) break;
    const part = records.slice(from, from + callRecordsMax);
    rows.push(...(await engine.write(end, { object, keyField, records: part })));
  }
  return rows;
}

/** n8n sends an item with these two members to the error output, and leaves the details alone. */
function itemOf(context: IExecuteFunctions, row: RowResult, key: unknown, index: number): INodeExecutionData {
  const result = { outcome: row.outcome, id: row.targetKey, key: key as string };
  if (!row.error) return { json: result, pairedItem: { item: index } };
  if (!context.continueOnFail()) throw rowError(context.getNode(), row.error, index);
  const { message, ...reason } = row.error;
  return { json: { error: message, details: { ...result, ...reason } }, pairedItem: { item: index } };
}
