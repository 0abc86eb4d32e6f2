import { Problem } from './problem';

const cursorPattern = /^[A-Za-z0-9_-]{1,1024}$/;

/** An opaque place in a list. It names its list, so that one list's cursor is no use in another. */
export function cursorAt(list: string, place: string | number): string {
  return Buffer.from(JSON.stringify([list, place])).toString('base64url');
}

/**
 * The place a cursor stands for, or undefined for the beginning.
 * @throws Problem `invalid-cursor`.
 */
export function placeOf<T extends 'string' | 'number'>(
  list: string,
  kind: T,
  cursor?: string,
): (T extends 'string' ? string : number) | undefined {
  if (cursor === undefined) return undefined;
  const [name, place] = decoded(cursor);

  const fits = name === list && typeof place === kind && (kind === 'string' || Number.isSafeInteger(place));
  if (fits) return place as T extends 'string' ? string : number;
  throw new Problem('invalid-cursor', 'take `next` of the answer before, as it is, or leave the cursor out');
}

function decoded(cursor: string): unknown[] {
  if (!cursorPattern.test(cursor)) return [];
  try {
    const content: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(content) ? content : [];
  } catch {
    return [];
  }
}
