/**
 * What the org knows about a field and an object: the input of describe, of SOQL checks and of write validation.
 * `field()` fills the defaults of Salesforce, so that an object file states only what is special.
 */
export type FieldType =
  | 'id'
  | 'string'
  | 'boolean'
  | 'int'
  | 'double'
  | 'currency'
  | 'date'
  | 'datetime'
  | 'textarea'
  | 'phone'
  | 'email'
  | 'url'
  | 'picklist'
  | 'multipicklist'
  | 'reference'
  | 'address';

/**
 * A stored value. Numbers are decimal text, points in time are seconds since 1970, dates are `YYYY-MM-DD`,
 * ids have 18 characters.
 */
export type Value = string | number | boolean | null;

export interface Field {
  name: string;
  label: string;
  type: FieldType;
  /** Characters, for text types. */
  length: number;
  /** Digits in all and after the point, for double and currency. */
  precision: number;
  scale: number;
  /** Digits, for int. */
  digits: number;
  nillable: boolean;
  createable: boolean;
  updateable: boolean;
  defaultedOnCreate: boolean;
  defaultValue: Value;
  calculated: boolean;
  autoNumber: boolean;
  unique: boolean;
  externalId: boolean;
  idLookup: boolean;
  nameField: boolean;
  filterable: boolean;
  sortable: boolean;
  custom: boolean;
  picklist: readonly string[];
  restricted: boolean;
  /** Name of the compound field this one is a part of. */
  compound: string | null;
  /** For references: the object pointed at, the name to reach it by, and the name of the way back. */
  referenceTo: string | null;
  relationshipName: string | null;
  childRelationship: string | null;
  extraTypeInfo: string | null;
}

export interface ObjectSchema {
  name: string;
  label: string;
  labelPlural: string;
  keyPrefix: string;
  custom: boolean;
  /** Whether the API may insert, update and delete rows. */
  writable: boolean;
  /** Whether Bulk API 2.0 may read and write it. */
  bulk: boolean;
  fields: Field[];
}

const UNSORTABLE = new Set<FieldType>(['multipicklist', 'address']);
const TEXT_LENGTHS: Partial<Record<FieldType, number>> = {
  id: 18,
  reference: 18,
  string: 255,
  textarea: 255,
  phone: 40,
  email: 80,
  url: 255,
  picklist: 255,
  multipicklist: 4099,
};
/** Longer text areas are "long": neither filterable nor sortable. */
const LONG_TEXT = 255;

/** A field with Salesforce's defaults for its type; `special` overrides. */
export function field(name: string, type: FieldType, special: Partial<Field> = {}): Field {
  const length = special.length ?? TEXT_LENGTHS[type] ?? 0;
  const long = type === 'textarea' && length > LONG_TEXT;
  const readOnly = special.calculated === true || special.autoNumber === true || type === 'address' || type === 'id';
  return {
    name,
    type,
    length,
    label: name
      .replace(/__c$/, '')
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .replace(/_/g, ' '),
    precision: type === 'currency' || type === 'double' ? 18 : 0,
    scale: type === 'currency' ? 2 : type === 'double' ? 4 : 0,
    digits: type === 'int' ? 8 : 0,
    nillable: type !== 'boolean' && type !== 'id',
    createable: !readOnly,
    updateable: !readOnly,
    defaultedOnCreate: type === 'boolean' || type === 'id',
    defaultValue: type === 'boolean' ? false : null,
    calculated: false,
    autoNumber: false,
    unique: false,
    externalId: false,
    idLookup: type === 'id' || special.externalId === true,
    nameField: false,
    filterable: !long && type !== 'address',
    sortable: !long && !UNSORTABLE.has(type),
    custom: name.endsWith('__c'),
    picklist: [],
    restricted: false,
    compound: null,
    referenceTo: null,
    relationshipName: null,
    childRelationship: null,
    extraTypeInfo: type === 'textarea' ? (long ? 'plaintextarea' : null) : null,
    ...special,
  };
}

/** A lookup. `way` is the name of the parent in SOQL, `back` the name of the list of children. */
export function lookup(
  name: string,
  to: string,
  way: string,
  back: string | null,
  special: Partial<Field> = {},
): Field {
  return field(name, 'reference', { referenceTo: to, relationshipName: way, childRelationship: back, ...special });
}

const stamped: Partial<Field> = { createable: false, updateable: false, nillable: false, defaultedOnCreate: true };

/** The fields every object has; the table keeps them itself. */
export function systemFields(): Field[] {
  return [
    field('Id', 'id', { label: 'Record ID' }),
    field('IsDeleted', 'boolean', { label: 'Deleted', ...stamped }),
    field('CreatedDate', 'datetime', stamped),
    lookup('CreatedById', 'User', 'CreatedBy', null, stamped),
    field('LastModifiedDate', 'datetime', stamped),
    lookup('LastModifiedById', 'User', 'LastModifiedBy', null, stamped),
    field('SystemModstamp', 'datetime', stamped),
  ];
}

const ADDRESS_PARTS = ['Street', 'City', 'State', 'PostalCode', 'Country', 'Latitude', 'Longitude'] as const;

/** The compound address `<prefix>Address` and its parts. */
export function addressFields(prefix: string): Field[] {
  const compound = `${prefix}Address`;
  const parts = ADDRESS_PARTS.map((part) => {
    if (part === 'Latitude' || part === 'Longitude') return field(prefix + part, 'double', { scale: 15, compound });
    if (part === 'Street') return field(prefix + part, 'textarea', { compound });
    return field(prefix + part, 'string', { length: part === 'City' ? 40 : part === 'PostalCode' ? 20 : 80, compound });
  });
  return [...parts, field(compound, 'address')];
}

/** Whether an insert must name the field. */
export const isRequired = (f: Field): boolean => f.createable && !f.nillable && !f.defaultedOnCreate;
