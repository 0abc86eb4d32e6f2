const mask = '***';

/** A mapped record without the values of these fields. That there is none may be told. */
export function masked(record: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> {
  const shown = Object.entries(record).map(([name, value]) => [
    name,
    fields.includes(name) && value !== null ? mask : value,
  ]);
  return Object.fromEntries(shown) as Record<string, unknown>;
}
