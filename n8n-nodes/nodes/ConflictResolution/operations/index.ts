import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { nodeError } from '../../../shared/errors';
import { applyRules, decide, decideMany, undo } from './decide';
import { getMany, previewRules } from './look';
import { resolve } from './resolve';

/** What each operation does: reads its parameters, asks the engine, gives items for each output. */
const operations = { getMany, previewRules, applyRules, decide, decideMany, undo, resolve };

/** Runs the operation that the node is set to. With "continue on fail" an error becomes an item. */
export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
  const operation = context.getNodeParameter('operation', 0) as keyof typeof operations;
  try {
    return await operations[operation](context);
  } catch (thrown) {
    const error = nodeError(context.getNode(), thrown);
    if (!context.continueOnFail()) throw error;
    return [[{ json: { error: error.message, details: error.description }, pairedItem: { item: 0 } }]];
  }
}
