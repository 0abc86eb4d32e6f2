import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { Conflict } from '../../../lib';
import { parameterOf } from '../../../shared/context';
import { sharedEngine } from '../../../shared/engine';
import { filterOf } from './filter';
import { rulesOfSync } from './policy';

/** Conflicts that one call of the engine gives at most. */
const pageMax = 1000;

/** Conflicts in order of id, one item each. */
export async function getMany(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
  const { conflicts } = await sharedEngine();
  const wanted = parameterOf(context, 'returnAll') === true ? Infinity : (parameterOf(context, 'limit') as number);
  const filter = filterOf(context);
  const found: Conflict[] = [];
  for (let after: number | undefined; found.length < wanted;) {
    const page = await conflicts.list({ ...filter, after, limit: Math.min(pageMax, wanted - found.length) });
    found.push(...page.conflicts);
    if (page.next === undefined) break;
    after = page.next;
  }
  return [found.map((conflict) => ({ json: conflict as unknown as IDataObject, pairedItem: { item: 0 } }))];
}

/** What the rules would settle of the open conflicts of a sync: one item. */
export async function previewRules(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
  const rules = rulesOfSync(context);
  const { conflicts } = await sharedEngine();
  const preview = await conflicts.preview(rules);
  return [[{ json: { ...preview }, pairedItem: { item: 0 } }]];
}
