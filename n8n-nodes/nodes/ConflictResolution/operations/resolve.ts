import { type IDataObject, type IExecuteFunctions, type INodeExecutionData, NodeOperationError } from 'n8n-workflow';

import {
  callRecordsMax,
  type ConflictStrategy,
  type FieldReview,
  type ResolvedRecord,
  type ResolveRequest,
  type SidedRecord,
} from '../../../lib';
import { sharedEngine } from '../../../shared/engine';
import { type Branch, branchOf, type Match, matched, unmatched } from './branches';
import { policyOf } from './policy';

interface Panel {
  keyField: string;
  /** Of the change stamp, or "". */
  stampField: string;
  trace: boolean;
}

/**
 * Resolves the items of two branches: one item for each key, on the first output if all its fields are settled, else on
 * the second one with what is left to decide. It is paired with all the items that it was made of.
 */
export async function resolve(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
  const panel = panelOf(context);
  const inputs = context.getNodeParameter('useBase', 0, false) ? [0, 1, 2] : [0, 1];
  const branches = inputs.map((input) => branchOf(context, input, panel.keyField));
  // What only the base has is gone on both sides: nothing is left of it.
  const matches = matched(branches).filter(({ places: [source, target] }) => (source ?? target) !== undefined);
  const strategy = context.getNodeParameter('strategy', 0) as ConflictStrategy;
  const records = matches.map((match) => sidedRecord(branches, match, panel));
  const results = await resolveAll(context, { ...policyOf(context), strategy, records });

  const resolved: INodeExecutionData[] = [];
  const review: INodeExecutionData[] = [];
  for (const [index, result] of results.entries()) {
    const match = matches[index] as Match;
    const output = result.review.length > 0 ? review : resolved;
    output.push({ json: jsonOf(branches, match, result, panel), ...originOf(branches, match) });
  }
  return [resolved, [...review, ...unmatched(branches).map((one) => unmatchedItem(branches, one, panel.keyField))]];
}

function panelOf(context: IExecuteFunctions): Panel {
  const keyField = (context.getNodeParameter('keyField', 0, '') as string).trim();
  if (!keyField) {
    const description = 'Name the field that tells which items of both branches are the same record.';
    throw new NodeOperationError(context.getNode(), 'Key Field: it is empty', { description });
  }
  const stampField = (context.getNodeParameter('stampField', 0, '') as string).trim();
  const { trace = false } = context.getNodeParameter('options', 0, {}) as { trace?: boolean };
  return { keyField, stampField, trace };
}

async function resolveAll(context: IExecuteFunctions, request: ResolveRequest): Promise<ResolvedRecord[]> {
  const { conflicts } = await sharedEngine();
  const all: ResolvedRecord[][] = [];
  for (let from = 0; from < request.records.length; from += callRecordsMax) {
    context.getExecutionCancelSignal()?.throwIfAborted();
    all.push(await conflicts.resolve({ ...request, records: request.records.slice(from, from + callRecordsMax) }));
  }
  return all.flat();
}

/** The key is the same on both sides whatever its type, and stamps always differ: neither is compared. */
function sidedRecord(branches: Branch[], match: Match, { keyField, stampField }: Panel): SidedRecord {
  const [source, target, base] = match.places.map((_, input) => itemOf(branches, match, input)?.json ?? null);
  const plain = (json: IDataObject): IDataObject => without(json, keyField, stampField);
  return {
    ...(base && { base: plain(base) }),
    source: source ? plain(source) : null,
    target: target ? plain(target) : null,
    ...(source && stampOf('sourceAt', source[stampField])),
    ...(target && stampOf('targetAt', target[stampField])),
  };
}

function stampOf(name: 'sourceAt' | 'targetAt', value: unknown): Partial<SidedRecord> {
  if (typeof value !== 'string' && typeof value !== 'number') return {};
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? {} : { [name]: time.toISOString() };
}

function jsonOf(branches: Branch[], match: Match, result: ResolvedRecord, panel: Panel): IDataObject {
  const sides = [0, 1].map((input): IDataObject => itemOf(branches, match, input)?.json ?? {});
  const { keyField, stampField, trace } = panel;
  const stamp = stampField && latest(sides.map((json) => json[stampField]));
  return {
    [keyField]: sides[0]?.[keyField] ?? sides[1]?.[keyField],
    ...(result.record as IDataObject),
    ...(stamp !== '' && stamp !== undefined && { [stampField]: stamp }),
    ...(trace && { _trace: result.trace }),
    ...(result.review.length > 0 && { _review: result.review }),
  };
}

function latest(stamps: unknown[]): unknown {
  const time = (stamp: unknown): number => new Date(stamp as string).getTime() || -Infinity;
  return stamps.reduce((newest, stamp) => (time(stamp) > time(newest) ? stamp : newest));
}

/** The items that a result was made of; of two binaries with one name the source's holds. */
function originOf(branches: Branch[], match: Match): Pick<INodeExecutionData, 'pairedItem' | 'binary'> {
  const pairedItem = match.places.flatMap((item, input) => (item === undefined ? [] : [{ item, input }]));
  const binary = { ...itemOf(branches, match, 1)?.binary, ...itemOf(branches, match, 0)?.binary };
  return { pairedItem, ...(Object.keys(binary).length > 0 && { binary }) };
}

function unmatchedItem(
  branches: Branch[],
  { input, item, reason }: ReturnType<typeof unmatched>[number],
  keyField: string,
): INodeExecutionData {
  const { json, binary } = branches[input]?.items[item] as INodeExecutionData;
  const review: FieldReview[] = [{ field: keyField, state: reason }];
  return { json: { ...json, _review: review }, pairedItem: { item, input }, ...(binary && { binary }) };
}

function itemOf(branches: Branch[], { places }: Match, input: number): INodeExecutionData | undefined {
  const place = places[input];
  return place === undefined ? undefined : branches[input]?.items[place];
}

function without(json: IDataObject, ...names: string[]): IDataObject {
  return Object.fromEntries(Object.entries(json).filter(([name]) => !names.includes(name)));
}
