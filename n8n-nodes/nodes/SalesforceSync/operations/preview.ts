import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { sharedEngine } from '../../../shared/engine';
import { readSync } from '../../../shared/sync';

/** Says what the next run would do, and writes nothing: one item with counts and a sample of differences. */
export async function previewSync(this: IExecuteFunctions): Promise<INodeExecutionData[]> {
  const engine = await sharedEngine();
  const { file, full, release } = await readSync(this);
  try {
    const plan = await engine.plan(file, { full });
    return [{ json: plan as unknown as IDataObject, pairedItem: { item: 0 } }];
  } finally {
    release();
  }
}
