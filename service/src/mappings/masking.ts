import type { FieldMapping } from '../../../lib';

const mask = '***';

/** Target fields that a mapping marks as being about a person. */
export function piiTargets(fieldMappings: readonly FieldMapping[]): string[] {
  return fieldMappings.filter(({ pii }) => pii === true).map(({ target }) => target);
}

/** A mapped record without the values of these fields. That there is none may be told. */
export function masked(record: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> {
  const shown = Object.entries(record).map(([name, value]) => [
    name,
    fields.includes(name) && value !== null ? mask : value,
  ]);
  return Object.fromEntries(shown) as Record<string, unknown>;
}
