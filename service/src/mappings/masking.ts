import type { FieldMapping } from '../../../lib';

const mask = '***';

/** Target fields that are about a person: those that are marked, and those that read what a marked one reads. */
export function piiTargets(fieldMappings: readonly FieldMapping[]): string[] {
  const sources = fieldMappings.filter(({ pii }) => pii === true).map(({ source }) => source);
  const reads = ({ source, transformation }: FieldMapping, path: string) =>
    source === path || JSON.stringify(transformation ?? '').includes(`{${path}}`);
  const personal = fieldMappings.filter((one) => one.pii === true || sources.some((path) => reads(one, path)));
  return personal.map(({ target }) => target);
}

/** A mapped record without the values of these fields. That there is none may be told. */
export function masked(record: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> {
  const shown = Object.entries(record).map(([name, value]) => [
    name,
    fields.includes(name) && value !== null ? mask : value,
  ]);
  return Object.fromEntries(shown) as Record<string, unknown>;
}
