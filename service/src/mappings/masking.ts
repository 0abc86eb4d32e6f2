import type { FieldMapping } from '../../../lib';

const mask = '***';

/** Target fields that are about a person: those that are marked, and those that read what a marked one reads. */
export function piiTargets(fieldMappings: readonly FieldMapping[]): string[] {
  const personal = new Set(fieldMappings.filter(({ pii }) => pii === true).flatMap(pathsRead));
  return fieldMappings.filter((one) => pathsRead(one).some((path) => personal.has(path))).map(({ target }) => target);
}

/** The source, and what templates name in brackets. */
function pathsRead({ source, transformation }: FieldMapping): string[] {
  const named = JSON.stringify(transformation ?? '').matchAll(/\{([^{}"]+)\}/g);
  return [source, ...[...named].map(([, path]) => path ?? '')];
}

/** A mapped record without the values of these fields. That there is none may be told. */
export function masked(record: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> {
  const shown = Object.entries(record).map(([name, value]) => [
    name,
    fields.includes(name) && value !== null ? mask : value,
  ]);
  return Object.fromEntries(shown) as Record<string, unknown>;
}
