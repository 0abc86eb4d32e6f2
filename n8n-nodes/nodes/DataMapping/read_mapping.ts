import { type IExecuteFunctions, type INodeExecutionData, NodeOperationError } from 'n8n-workflow';

import type { ApplyMappingRequest, FieldMapping, FieldRule, RecordRule, Transformation } from '../../lib';
import { recordsOf } from '../../shared/item_mapping';
import { parsed, parsedList } from '../../shared/json';
import { checkOf, transformationOf } from './choices';
import { namesOf } from './fields';

/** A mapping, and the records that it is applied to: one for each item. */
export interface Work {
  mapping: Omit<ApplyMappingRequest, 'records'>;
  records: object[];
}

/** One row of "Transformations and Checks". */
interface Rule {
  field: string;
  transformation?: string;
  transformationJson?: unknown;
  check?: string;
  checkJson?: unknown;
  onError?: string;
  required?: boolean;
  defaultValue?: string;
}

/** Reads the panel once, whatever the number of items. */
export function readWork(context: IExecuteFunctions, items: INodeExecutionData[]): Work {
  if (context.getNodeParameter('mode', 0) === 'json') {
    return { mapping: mappingOfJson(context), records: items.map(({ json }) => json) };
  }
  const names = namesOf(context.getNodeParameter('targetFields', 0) as string);
  if (names.length === 0) throw fault(context, 'Target Fields: no field is named', 'Name them: name, email, amount.');
  const validation = recordRules(context);
  return {
    mapping: { fieldMappings: fieldMappings(context, names), ...(validation.length > 0 && { validation }) },
    records: recordsOf(context, 'values', items, new Set(names)),
  };
}

/** `{fieldMappings, validation, tables}`, or the list of field mappings alone. Tests beside them are not run here. */
function mappingOfJson(context: IExecuteFunctions): Work['mapping'] {
  const value = parsed(context, context.getNodeParameter('mapping', 0), 'Mapping (JSON)');
  if (Array.isArray(value)) return { fieldMappings: value as FieldMapping[] };
  if (typeof value !== 'object' || value === null || !('fieldMappings' in value)) {
    throw fault(
      context,
      'Mapping (JSON): it has no fieldMappings',
      'Write {"fieldMappings": [{"source": "name", "target": "name"}]}.',
    );
  }
  const { fieldMappings, validation, tables } = value as Work['mapping'];
  return { fieldMappings, ...(validation && { validation }), ...(tables && { tables }) };
}

function recordRules(context: IExecuteFunctions): RecordRule[] {
  const given = context.getNodeParameter('options.validation', 0, '');
  const example = '[{"expression": "record.start <= record.end", "message": "the end is before the start"}]';
  return parsedList(context, given, 'Rules for the Record (JSON)', example) as RecordRule[];
}

/** The records are filled by target fields, so each one is mapped to its own name. */
function fieldMappings(context: IExecuteFunctions, names: string[]): FieldMapping[] {
  const rules = new Map<string, Rule>();
  for (const rule of context.getNodeParameter('rules.field', 0, []) as Rule[]) {
    const { field } = rule;
    if (!names.includes(field))
      throw fault(context, `Transformations and Checks: "${field}" is no target field`, 'Choose one of the list.');
    if (rules.has(field))
      throw fault(context, `Transformations and Checks: ${field} has two entries`, 'Put both into one, as JSON.');
    rules.set(field, rule);
  }
  return names.map((name) => ({ source: pathOf(name), target: name, ...mappingOf(context, rules.get(name)) }));
}

function mappingOf(context: IExecuteFunctions, rule: Rule | undefined): Partial<FieldMapping> {
  if (!rule) return {};
  const { onError, required, defaultValue } = rule;
  const transformation = transformationIn(context, rule);
  const validate = checksIn(context, rule);
  const handled = onError !== undefined && onError !== 'default';
  return {
    ...(transformation && { transformation }),
    ...(validate && { validate }),
    ...(transformation && handled && { onError: onError as NonNullable<FieldMapping['onError']> }),
    ...(required && { required }),
    ...(defaultValue !== undefined && defaultValue !== '' && { defaultValue }),
  };
}

function transformationIn(context: IExecuteFunctions, rule: Rule): FieldMapping['transformation'] {
  const { transformation = 'none', transformationJson, field } = rule;
  if (transformation !== 'json') return transformationOf(transformation);
  return parsed(context, transformationJson, `${field}: Transformation (JSON)`) as Transformation | Transformation[];
}

function checksIn(context: IExecuteFunctions, rule: Rule): FieldRule[] | undefined {
  const { check = 'none', checkJson, field } = rule;
  if (check !== 'json') {
    const known = checkOf(check);
    return known && [known];
  }
  const rules = parsed(context, checkJson, `${field}: Check (JSON)`);
  return (Array.isArray(rules) ? rules : [rules]) as FieldRule[];
}

/** A path of one step, whatever characters are in the name. */
function pathOf(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
}

function fault(context: IExecuteFunctions, message: string, description: string): NodeOperationError {
  return new NodeOperationError(context.getNode(), message, { description });
}
