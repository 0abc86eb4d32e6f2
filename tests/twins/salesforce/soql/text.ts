/** How a stored value is written into JSON and into CSV. */
import { bulkTime, restTime } from '../datetime';
import { scientificText } from '../decimal';
import type { Field, Value } from '../schema/field';
import type { Reader, Table } from '../store/table';

/** One field of a row as JSON text. */
export function jsonWriter(table: Table, f: Field): (row: number) => string {
  if (f.type === 'address') return addressWriter(table, f.name);
  const read = table.reader(f);
  const write = jsonText(f);
  return (row) => write(read(row));
}

/** A value of a field as JSON text. Doubles are printed as Java prints them: 1.25E8. */
export function jsonText(f: Field): (value: Value) => string {
  switch (f.type) {
    case 'id':
    case 'reference':
    case 'date':
      return (value) => (value === null ? 'null' : `"${value}"`);
    case 'boolean':
    case 'int':
    case 'currency':
      return (value) => String(value);
    case 'double':
      return (value) => (value === null ? 'null' : scientificText(String(value)));
    case 'datetime':
      return (value) => (value === null ? 'null' : `"${restTime(Number(value))}"`);
    default:
      return (value) => (value === null ? 'null' : JSON.stringify(value));
  }
}

const ADDRESS_PARTS = ['City', 'Country', 'Latitude', 'Longitude', 'PostalCode', 'State', 'Street'];

function addressWriter(table: Table, name: string): (row: number) => string {
  const prefix = name.slice(0, -'Address'.length);
  const parts = ADDRESS_PARTS.map((part) => ({ part, f: table.field(prefix + part) }));
  const writers = parts.flatMap(({ part, f }) => {
    const key = part[0]!.toLowerCase() + part.slice(1);
    return f ? [{ key, write: jsonWriter(table, f) }] : [];
  });
  return (row) => {
    const texts = writers.map(({ key, write }) => `"${key}":${write(row)}`);
    return texts.every((text) => text.endsWith(':null')) ? 'null' : `{${texts.join(',')},"geocodeAccuracy":null}`;
  };
}

/** A value as it stands in a Bulk CSV cell, not yet quoted. */
export function cellText(f: Field): (value: Value) => string {
  if (f.type === 'datetime') return (value) => (value === null ? '' : bulkTime(Number(value)));
  if (f.type === 'double') return (value) => (value === null ? '' : scientificText(String(value)));
  return (value) => (value === null ? '' : String(value));
}

/** A field as a quoted CSV cell. */
export function cellWriter(f: Field, read: Reader): (row: number) => string {
  const text = cellText(f);
  const isPlain = !['string', 'textarea', 'picklist', 'multipicklist', 'email', 'phone', 'url'].includes(f.type);
  if (isPlain) return (row) => `"${text(read(row))}"`;
  return (row) => quoted(text(read(row)));
}

export function quoted(text: string): string {
  return text.includes('"') ? `"${text.replaceAll('"', '""')}"` : `"${text}"`;
}
