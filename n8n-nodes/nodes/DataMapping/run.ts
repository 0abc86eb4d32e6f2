import { type IDataObject, type IExecuteFunctions, type INodeExecutionData, NodeOperationError } from 'n8n-workflow';

import { callRecordsMax, type Engine, EngineError, type MappedRecord } from '../../lib';
import { sharedEngine } from '../../shared/engine';
import { nodeError } from '../../shared/errors';
import { readWork, type Work } from './read_mapping';

/** Mapped items, then rejected ones. With "continue on fail" an error of the node becomes an item. */
export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
  try {
    const items = context.getInputData();
    const work = readWork(context, items);
    const results = await mapAll(context, await sharedEngine(), work);
    return sorted(context, items, results);
  } catch (thrown) {
    const error = nodeError(context.getNode(), thrown);
    if (!context.continueOnFail()) throw error;
    return [[{ json: { error: error.message, details: error.description }, pairedItem: { item: 0 } }], []];
  }
}

/** One native call for all items, up to what a call takes. */
async function mapAll(context: IExecuteFunctions, engine: Engine, { mapping, records }: Work): Promise<MappedRecord[]> {
  const all: MappedRecord[][] = [];
  const warnings = new Set<string>();
  for (let from = 0; from < records.length; from += callRecordsMax) {
    context.getExecutionCancelSignal()?.throwIfAborted();
    const part = records.slice(from, from + callRecordsMax);
    const applied = await engine.applyMapping({ ...mapping, records: part }).catch(async (thrown: unknown) => {
      const wrong = thrown instanceof EngineError && thrown.kind === 'invalid';
      throw (wrong ? await mappingError(context, engine, mapping) : undefined) ?? thrown;
    });
    all.push(applied.results);
    for (const warning of applied.warnings) warnings.add(warning);
  }
  for (const message of warnings) context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
  return all.flat();
}

/** The error of a mapping that does not compile, with every fault: its place, what is wrong, and what helps. */
async function mappingError(
  context: IExecuteFunctions,
  engine: Engine,
  mapping: Work['mapping'],
): Promise<NodeOperationError | undefined> {
  const { diagnostics } = await engine.previewMapping({ ...mapping, records: [] });
  const lines = diagnostics.map(({ path, reason, fix }) => [`${placeOf(path, mapping)}: ${reason}`, fix]);
  const [first] = lines;
  if (!first) return undefined;
  const description = lines.map((line) => line.filter(Boolean).join('; ')).join('<br>');
  return new NodeOperationError(context.getNode(), `The mapping does not compile: ${first[0]}`, { description });
}

/** `fieldMappings[2].transformation` as people know it: by the name of the field. */
function placeOf(path: string, { fieldMappings }: Work['mapping']): string {
  const place = /^fieldMappings\[(\d+)\]\.?(.*)$/.exec(path);
  const target = place && fieldMappings[Number(place[1])]?.target;
  return target ? `field ${[target, place[2]].filter(Boolean).join(', ')}` : path;
}

function sorted(
  context: IExecuteFunctions,
  items: INodeExecutionData[],
  results: MappedRecord[],
): INodeExecutionData[][] {
  const keepsOther = context.getNodeParameter('options.includeOther', 0, false) as boolean;
  const mapped: INodeExecutionData[] = [];
  const rejected: INodeExecutionData[] = [];
  for (const [index, result] of results.entries()) {
    const { json, binary } = items[index] as INodeExecutionData;
    const more = { pairedItem: { item: index }, ...(binary && { binary }) };
    if ('output' in result) {
      const output = result.output as IDataObject;
      mapped.push({ json: keepsOther ? { ...json, ...output } : output, ...more });
    } else {
      rejected.push({ json: { ...json, _rejected: result.rejected }, ...more });
    }
  }
  return [mapped, rejected];
}
