import type { FieldMapping as Plain } from '../../../lib';

type FieldMapping = Plain & { pii?: boolean };

const mask = '***';
/** Shorter texts stand in messages by chance. */
const tellingCharactersMin = 3;

type PreviewRecord =
  { output: Record<string, unknown> } | { rejected: { code: string; message: string; field: string } };

/** Target fields that a mapping marks as being about a person. */
export function piiTargets(fieldMappings: readonly FieldMapping[]): string[] {
  return fieldMappings.filter(({ pii }) => pii === true).map(({ target }) => target);
}

/** A result without the values of marked fields, and without those of their sources in the reason of a rejection. */
export function masked(result: PreviewRecord, sample: object, fieldMappings: readonly FieldMapping[]): PreviewRecord {
  const marked = fieldMappings.filter(({ pii }) => pii === true);
  if ('output' in result) {
    const targets = new Set(marked.map(({ target }) => target));
    const shown = Object.entries(result.output).map(([name, value]) => [
      name,
      targets.has(name) && value !== null ? mask : value,
    ]);
    return { output: Object.fromEntries(shown) as Record<string, unknown> };
  }
  const { rejected } = result;
  const blamed = marked.some(({ source, target }) => rejected.field === source || rejected.field === target);
  const texts = marked.flatMap(({ source }) => textsIn((sample as Record<string, unknown>)[rootOf(source)]));
  const tells = texts.some((text) => text.length >= tellingCharactersMin && rejected.message.includes(text));
  return blamed || tells ? { rejected: { ...rejected, message: `${mask} (the field is marked as PII)` } } : result;
}

function rootOf(path: string): string {
  return /^"((?:[^"\\]|\\.)*)"/.exec(path)?.[1]?.replaceAll(/\\(.)/g, '$1') ?? path.split(/[.[]/)[0] ?? path;
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
