import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { nodeError } from '../../../shared/errors';
import { getRecords } from './get_records';
import { getRejected, getStatus } from './history';
import { previewSync } from './preview';
import { replayRejected, runSync } from './run';
import { upsertItems } from './upsert_items';

/** What each operation does: reads its parameters once, asks the engine, gives items. */
const operations = {
  run: runSync,
  preview: previewSync,
  getStatus,
  getRecords,
  upsertItems,
  getRejected,
  replayRejected,
};

/** Runs the operation that the node is set to. With "continue on fail" an error becomes an item. */
export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
  try {
    const operation = context.getNodeParameter('operation', 0) as keyof typeof operations;
    return await operations[operation].call(context);
  } catch (thrown) {
    const error = nodeError(context.getNode(), thrown, 0);
    if (!context.continueOnFail()) throw error;
    return [{ json: { error: error.message, details: error.description }, pairedItem: { item: 0 } }];
  }
}
