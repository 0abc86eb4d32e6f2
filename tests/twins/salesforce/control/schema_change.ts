/** Schema drift on order: fields that appear, vanish or change their type. Describe changes with it. */
import { parseDate, parseTime, restTime } from '../datetime';
import { roundDecimal } from '../decimal';
import { field, type Field, type FieldType, type Value } from '../schema/field';
import type { Org } from '../store/org';
import type { Conversion } from '../store/table';

export interface SchemaChange {
  object: string;
  /** A field of the given type; rows hold null until someone writes it. */
  addField?: { name: string; type: FieldType } & Partial<Field>;
  /** Name of a field to take away. Adding it again brings its values back, as with field-level security. */
  removeField?: string;
  changeType?: { field: string; type: FieldType } & Partial<Field>;
}

function conversionTo(f: Field): Conversion {
  const text = (value: Value): string => (typeof value === 'number' ? restTime(value) : String(value));
  switch (f.type) {
    case 'int':
    case 'double':
    case 'currency':
      return (value) => (value === null ? null : roundDecimal(text(value), f.scale));
    case 'boolean':
      return (value) => value === true || value === 'true' || value === '1';
    case 'date':
      return (value) => (value === null ? null : parseDate(text(value)));
    case 'datetime':
      return (value) => (value === null || typeof value === 'number' ? value : parseTime(text(value)));
    default:
      return (value) => (value === null ? null : text(value));
  }
}

export function changeSchema(org: Org, change: SchemaChange): void {
  const table = org.table(change.object);
  const { schema } = table;
  if (change.addField) {
    const { name, type, ...special } = change.addField;
    if (table.field(name)) throw new Error(`addField: ${schema.name}.${name} exists already`);
    schema.fields.push(field(name, type, special));
  }
  if (change.removeField !== undefined) {
    if (!table.field(change.removeField))
      throw new Error(`removeField: ${schema.name} has no field ${change.removeField}`);
    schema.fields = schema.fields.filter((f) => f.name.toLowerCase() !== change.removeField!.toLowerCase());
  }
  table.bindFields();
  if (change.changeType) {
    const { field: name, type, ...special } = change.changeType;
    const index = schema.fields.findIndex((f) => f.name.toLowerCase() === name.toLowerCase());
    const old = schema.fields[index];
    if (!old) throw new Error(`changeType: ${schema.name} has no field ${name}`);
    const changed = field(old.name, type, {
      label: old.label,
      externalId: old.externalId,
      unique: old.unique,
      ...special,
    });
    schema.fields[index] = changed;
    table.convert(changed.name, conversionTo(changed));
  }
  org.metadataChangedAt = org.clock.now() + 1;
}
