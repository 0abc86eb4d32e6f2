import { type IDataObject, type IExecuteFunctions, type INodeExecutionData, NodeOperationError } from 'n8n-workflow';

import type { Conflict, Engine, FieldDecision, RulesApplied, Side } from '../../../lib';
import { sharedEngine } from '../../../shared/engine';
import { nodeError } from '../../../shared/errors';
import { filterOf } from './filter';
import { rulesOfSync } from './policy';

/** One row of "Fields". */
interface FieldRow {
  field: string;
  take: Side | 'value';
  value?: unknown;
}

/** Decides the conflict of each incoming item. One that has moved meanwhile costs the others nothing. */
export function decide(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
  return forEachItem(context, async ({ conflicts }, item) => {
    const text = (name: string): string => context.getNodeParameter(name, item) as string;
    return conflicts.decide({
      id: idOf(context, item),
      sourceHash: text('sourceHash'),
      targetHash: text('targetHash'),
      take: context.getNodeParameter('take', item) as Side,
      fields: fieldsOf(context, item),
      actor: actorOf(context),
    });
  });
}

export function undo(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
  return forEachItem(context, ({ conflicts }, item) =>
    conflicts.undo({ id: idOf(context, item), actor: actorOf(context) }),
  );
}

/**
 * Decides all open conflicts that the filter fits, once for all incoming items. One item: how many were decided, and
 * which were not because a side has moved.
 */
export async function decideMany(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
  const { conflicts } = await sharedEngine();
  const take = context.getNodeParameter('take', 0) as Side;
  const filter = filterOf(context);
  delete filter.state;
  let decided = 0;
  const refused = new Map<number, IDataObject>();
  for (let more = true; more;) {
    context.getExecutionCancelSignal()?.throwIfAborted();
    const part = await conflicts.decideMany({ filter, take, actor: actorOf(context) });
    decided += part.decided;
    for (const { decided: done, ...one } of part.results) if (!done) refused.set(one.id, one);
    // Those that moved stay open, and would be found again for ever.
    more = part.more && part.decided > 0;
  }
  return [[{ json: { decided, refused: [...refused.values()] }, pairedItem: { item: 0 } }]];
}

/**
 * Decides all open conflicts of a sync that the rules settle, once for all incoming items. One item: how many were
 * looked at, decided, and left to a person, and which were not decided because a side has moved.
 */
export async function applyRules(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
  const rules = rulesOfSync(context);
  const { conflicts } = await sharedEngine();
  const sum = { looked: 0, decided: 0, left: 0 };
  const refused: IDataObject[] = [];
  for (let after: number | undefined = 0; after !== undefined;) {
    context.getExecutionCancelSignal()?.throwIfAborted();
    const part: RulesApplied = await conflicts.applyRules({ ...rules, after, actor: actorOf(context) });
    for (const name of ['looked', 'decided', 'left'] as const) sum[name] += part[name];
    for (const { id, syncId, decided, code, message } of part.results) {
      if (!decided && code !== 'left') refused.push({ id, syncId, code, message });
    }
    after = part.after;
  }
  return [[{ json: { ...sum, refused }, pairedItem: { item: 0 } }]];
}

/** One item for each incoming one, paired with it; with "continue on fail" what was refused is one with the reason. */
async function forEachItem(
  context: IExecuteFunctions,
  act: (engine: Engine, item: number) => Promise<Conflict>,
): Promise<INodeExecutionData[][]> {
  const engine = await sharedEngine();
  const out: INodeExecutionData[] = [];
  for (const item of context.getInputData().keys()) {
    try {
      const conflict = await act(engine, item);
      out.push({ json: conflict as unknown as IDataObject, pairedItem: { item } });
    } catch (thrown) {
      const error = nodeError(context.getNode(), thrown, item);
      if (!context.continueOnFail()) throw error;
      out.push({ json: { error: error.message, details: error.description }, pairedItem: { item } });
    }
  }
  return [out];
}

function idOf(context: IExecuteFunctions, item: number): number {
  const given = context.getNodeParameter('conflictId', item) as string | number;
  const id = Number(given);
  if (Number.isSafeInteger(id) && id > 0) return id;
  throw new NodeOperationError(context.getNode(), `Conflict ID: "${given}" is no number of a conflict`, {
    itemIndex: item,
    description: 'Take id from what Get Many gives.',
  });
}

/** A value that was typed in is a text; an expression keeps its type. */
function fieldsOf(context: IExecuteFunctions, item: number): Record<string, FieldDecision> | undefined {
  const rows = context.getNodeParameter('fields.field', item, []) as FieldRow[];
  if (rows.length === 0) return undefined;
  return Object.fromEntries(
    rows.map(({ field, take, value }) => [field.trim(), take === 'value' ? { value: value ?? null } : take]),
  );
}

function actorOf(context: IExecuteFunctions): string {
  const { name, id } = context.getWorkflow();
  return `n8n: ${name ?? id ?? 'workflow'}`;
}
