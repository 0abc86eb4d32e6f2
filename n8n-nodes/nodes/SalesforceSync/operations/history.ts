import { type IDataObject, type IExecuteFunctions, type INodeExecutionData, NodeOperationError } from 'n8n-workflow';

import { locatorOf, parameterOf } from '../../../shared/context';
import { sharedEngine } from '../../../shared/engine';

/** The latest runs of a sync, newest first, one item each. */
export async function getStatus(this: IExecuteFunctions): Promise<INodeExecutionData[]> {
  const engine = await sharedEngine();
  return items(await engine.status(syncIdOf(this), parameterOf(this, 'limit') as number));
}

/** Rejected records of a sync in the order of their ids, one item each. */
export async function getRejected(this: IExecuteFunctions): Promise<INodeExecutionData[]> {
  const engine = await sharedEngine();
  return items(await engine.rejected(syncIdOf(this), 0, parameterOf(this, 'limit') as number));
}

function syncIdOf(context: IExecuteFunctions): string {
  const id = locatorOf(context, 'syncId');
  if (id) return id;
  throw new NodeOperationError(context.getNode(), 'Sync: no sync is chosen', {
    description: 'Choose one from the list, or take syncId from the output of its run.',
  });
}

function items(rows: object[]): INodeExecutionData[] {
  return rows.map((row) => ({ json: row as IDataObject, pairedItem: { item: 0 } }));
}
