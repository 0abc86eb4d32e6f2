/** From the record a client sent to values of a row, or to the errors Salesforce answers: one check per function. */
import { rowError, type RowError } from '../errors';
import { isObject, scalarText, type JsonObject } from '../json';
import { isRequired, type Field, type Value } from '../schema/field';
import type { Org } from '../store/org';
import type { Table, Values } from '../store/table';
import { coerce } from './coerce';

/** `Account: {Ext__c: "A-1"}`: the parent by its external id. */
function parentByKey(org: Org, link: Field, raw: JsonObject): { value: Value } | { error: RowError } {
  const parent = org.parentOf(link);
  const entry = Object.entries(raw).find(([name]) => name.toLowerCase() !== 'attributes');
  const f = entry && parent.field(entry[0]);
  if (!entry || !f || !(f.externalId || f.idLookup)) {
    return {
      error: rowError(
        'INVALID_FIELD',
        `${entry?.[0] ?? '(none)'} is not an External ID or indexed field for ${parent.schema.name}`,
      ),
    };
  }
  const rows = f.type === 'id' ? [parent.ids.decode(scalarText(entry[1]))] : parent.find(f, scalarText(entry[1]));
  if (rows.length === 1 && parent.isLive(rows[0]!)) return { value: parent.ids.encode(rows[0]!) };
  const name = `Foreign key external ID: ${scalarText(entry[1]).toLowerCase()}`;
  const reason = rows.length > 1 ? 'matches more than one record' : 'not found';
  return { error: rowError('INVALID_FIELD', `${name} ${reason} for field ${f.name} in entity ${parent.schema.name}`) };
}

function checkReference(org: Org, f: Field, value: Value): RowError | null {
  if (f.type !== 'reference' || value === null) return null;
  const parent = org.parentOf(f);
  if (!String(value).startsWith(parent.schema.keyPrefix)) {
    return rowError('FIELD_INTEGRITY_EXCEPTION', `${f.label}: id value of incorrect type: ${String(value)}`, [f.name]);
  }
  const row = parent.ids.decode(String(value));
  return parent.isLive(row) ? null : rowError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', [f.name]);
}

/** Whether another live row holds one of the unique values; `self` is the row being written, -1 for a new one. */
export function checkUnique(table: Table, values: Values, self: number): RowError | null {
  for (const f of table.schema.fields) {
    const value = values[f.name];
    if (!f.unique || value === undefined || value === null) continue;
    const other = table.find(f, String(value)).find((row) => row !== self);
    if (other === undefined) continue;
    const holder = table.ids.encode(other).slice(0, 15);
    const message = `duplicate value found: ${f.name} duplicates value on record with id: ${holder}`;
    return rowError('DUPLICATE_VALUE', message, []);
  }
  return null;
}

const READ_ONLY =
  'Please check the security settings of this field and verify that it is read/write for your profile or ' +
  'permission set.';

/** The values a client sent, checked field by field. */
export function readValues(
  org: Org,
  table: Table,
  sent: JsonObject,
  inserting: boolean,
): { values: Values; errors: RowError[] } {
  const values: Values = {};
  const errors: RowError[] = [];
  const locked: string[] = [];
  for (const [name, raw] of Object.entries(sent)) {
    if (name === 'attributes' || name.toLowerCase() === 'id') continue;
    const f = table.field(name);
    const link = f
      ? undefined
      : table.schema.fields.find((one) => one.relationshipName?.toLowerCase() === name.toLowerCase());
    const field = f ?? link;
    if (!field) {
      errors.push(rowError('INVALID_FIELD', `No such column '${name}' on sobject of type ${table.schema.name}`));
      continue;
    }
    if (!(inserting ? field.createable : field.updateable)) {
      locked.push(field.name);
      continue;
    }
    const result = link && isObject(raw) ? parentByKey(org, link, raw) : coerce(field, raw);
    if ('error' in result) errors.push(result.error);
    else {
      const bad = checkReference(org, field, result.value);
      if (bad) errors.push(bad);
      values[field.name] = result.value;
    }
  }
  if (locked.length > 0) {
    errors.push(
      rowError(
        'INVALID_FIELD_FOR_INSERT_UPDATE',
        `Unable to create/update fields: ${locked.join(', ')}. ${READ_ONLY}`,
        locked,
      ),
    );
  }
  return { values, errors };
}

/** Required fields that an insert leaves out or an update clears. */
export function checkRequired(table: Table, values: Values, inserting: boolean): RowError | null {
  const missing = table.schema.fields
    .filter((f) => {
      const value = values[f.name];
      return isRequired(f) && (inserting ? value === undefined || value === null : value === null);
    })
    .map((f) => f.name);
  return missing.length === 0
    ? null
    : rowError('REQUIRED_FIELD_MISSING', `Required fields are missing: [${missing.join(', ')}]`, missing);
}

/** The values of a new row: booleans are false and the writer owns it unless said otherwise. */
export function withDefaults(org: Org, table: Table, values: Values): Values {
  const full: Values = {};
  for (const f of table.schema.fields) {
    const value = values[f.name];
    if (value !== undefined && value !== null) full[f.name] = value;
    else if (f.createable && f.type === 'boolean') full[f.name] = false;
    else if (f.name === 'OwnerId') full[f.name] = org.userId;
  }
  return full;
}
