import type { FieldType, INodePropertyOptions, ResourceMapperField } from 'n8n-workflow';

import type { FieldSchema } from '../lib';

/** From Salesforce into the database, or from the database into Salesforce. */
export type Direction = 'fromSalesforce' | 'toSalesforce';

/** What n8n's mapper shows a field of the engine's type as. All others are texts. */
const mapperTypes: Record<string, FieldType> = {
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  datetime: 'dateTime',
};

/** Fields that come as an object or as a link to bytes, and so are no value of a column. */
const notValues = new Set(['address', 'location', 'base64']);

export function isWritable(field: FieldSchema): boolean {
  return field.creatable || field.updatable;
}

/** Can a sync in this direction move the field? Id is no field to write, but records can be matched by it. */
export function isMappable(field: FieldSchema, direction: Direction): boolean {
  return !notValues.has(field.nativeType) && (direction === 'fromSalesforce' || isWritable(field));
}

/** A field as people choose it: "Annual Revenue (currency 18,2)". */
export function titleOf({ label, name, nativeType, lengthMax, precision, scale }: FieldSchema): string {
  const digits = precision ? ` ${String(precision)},${String(scale ?? 0)}` : '';
  const size = nativeType.includes('(') ? '' : lengthMax ? ` ${String(lengthMax)}` : digits;
  return `${label || name} (${nativeType}${size})`;
}

/**
 * A row of a sync's mapping: a field of Salesforce, whose value is the name of a column. Of a wide object the key and
 * what a record must have are shown, and the rest can be added.
 */
export function mappingRow(field: FieldSchema, direction: Direction): ResourceMapperField {
  const isKey = direction === 'fromSalesforce' ? field.name === 'Id' : field.matchKey && field.name !== 'Id';
  return {
    id: field.name,
    displayName: titleOf(field),
    type: 'string',
    required: false,
    display: true,
    canBeUsedToMatch: field.matchKey,
    defaultMatch: isKey,
    removed: !isKey && field.name !== 'Name' && !field.required,
    defaultValue: field.name,
  };
}

/** A row of an upsert: a field of Salesforce, whose value is written. */
export function itemRow(field: FieldSchema): ResourceMapperField {
  const isKey = field.matchKey && field.name !== 'Id';
  const options = field.values.map((value): INodePropertyOptions => ({ name: value, value }));
  const isChoice = field.nativeType === 'picklist' && options.length > 0;
  return {
    id: field.name,
    displayName: titleOf(field),
    type: isChoice ? 'options' : (mapperTypes[field.type] ?? 'string'),
    required: false,
    display: true,
    canBeUsedToMatch: field.matchKey,
    defaultMatch: isKey,
    removed: !isKey && !field.required,
    ...(isChoice ? { options } : {}),
  };
}
