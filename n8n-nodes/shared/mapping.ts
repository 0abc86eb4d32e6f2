import { type IExecuteFunctions, NodeOperationError, type ResourceMapperValue } from 'n8n-workflow';

import type { EndPoint, FieldMapping } from '../lib';
import { sharedEngine } from './engine';
import { type Direction, isMappable } from './fields';
import { parsedList } from './json';

interface Place {
  direction: Direction;
  object: string;
  table: string;
  /** The org. */
  end: EndPoint;
  database: EndPoint;
}

/** What a sync needs to know of its fields: the mappings, and the field of the target that identifies a record. */
export interface Mapping {
  fieldMappings: FieldMapping[];
  key: string;
}

/**
 * Reads the mapping from the resource mapper `fields`: its rows are fields of Salesforce, their values the columns of
 * the table. "Map automatically" takes every field under its own name. The option "Mapping (JSON)" adds rows in the
 * engine's own language, and takes the place of rows that fill the same target field.
 */
export async function readMapping(context: IExecuteFunctions, place: Place): Promise<Mapping> {
  const mapper = context.getNodeParameter('fields', 0) as ResourceMapperValue;
  const automatic = mapper.mappingMode === 'autoMapInputData';
  const columns = automatic ? await everyField(place) : namedColumns(mapper);
  const reading = place.direction === 'fromSalesforce';
  const match = mapper.matchingColumns[0] ?? (reading ? 'Id' : '');
  const rows = Object.entries(columns).map(([field, column]): FieldMapping => {
    const row = reading ? { source: field, target: column } : { source: column, target: field };
    return field === match ? { ...row, required: true } : row;
  });
  const fieldMappings = withExtra(context, rows);
  if (fieldMappings.length === 0)
    throw fault(context, 'no field is mapped', 'Add the fields that the sync should move.');
  const key = reading ? columns[match] : match;
  if (key) return { fieldMappings, key };
  throw fault(
    context,
    reading ? `the matching field ${match} has no column` : 'no matching field is chosen',
    'Choose the external ID that identifies a record under "Columns to Match On", and map it.',
  );
}

/** The rows that were filled in, as field of Salesforce -> column. */
function namedColumns(mapper: ResourceMapperValue): Record<string, string> {
  const rows = Object.entries(mapper.value ?? {}).map(([field, column]) => [field, String(column ?? '').trim()]);
  return Object.fromEntries(rows.filter(([, column]) => column)) as Record<string, string>;
}

/** Every field that can take part, under its own name; into Salesforce, those that the table has. */
async function everyField({ direction, object, table, end, database }: Place): Promise<Record<string, string>> {
  const engine = await sharedEngine();
  const { fields } = await engine.describe(end, object);
  const names = fields.filter((field) => isMappable(field, direction)).map(({ name }) => name);
  if (direction === 'fromSalesforce') return Object.fromEntries(names.map((name) => [name, name]));
  const columns = new Set((await engine.describe(database, table)).fields.map(({ name }) => name));
  return Object.fromEntries(names.filter((name) => columns.has(name)).map((name) => [name, name]));
}

function withExtra(context: IExecuteFunctions, rows: FieldMapping[]): FieldMapping[] {
  const given = context.getNodeParameter('options.mappings', 0, '');
  const example = '[{"source": "Name", "target": "name"}]';
  const extra = parsedList(context, given, 'Options: Mapping (JSON)', example) as FieldMapping[];
  const replaced = new Set(extra.map(({ target }) => target));
  return [...rows.filter(({ target }) => !replaced.has(target)), ...extra];
}

function fault(context: IExecuteFunctions, message: string, description: string): NodeOperationError {
  return new NodeOperationError(context.getNode(), `Fields: ${message}`, { description });
}
