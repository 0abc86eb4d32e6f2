/**
 * When the first rows were written. Dates are fixed (2024 to October 2026), so an org of one seed is the same on
 * every day. Rows appear in id order; a third was changed later. `sameStamp` rows in the middle share one
 * SystemModstamp, as after a bulk load: a cursor that looks at the stamp alone loses rows there.
 */
import { mix } from '../random';

const FIRST = 1_704_067_200;
const LAST = 1_790_812_800;
const BULK_LOAD_AT = 1_777_593_600;
const CHANGED_WITHIN = 30 * 86_400;
const SALT = 77;

export interface Stamps {
  created: number;
  modified: number;
}

/** Stamps of a row among `count` first rows, `sameStamp` of which were loaded in one transaction. */
export function firstStamps(seed: number, row: number, count: number, sameStamp: number): Stamps {
  const loadedFrom = Math.floor((count - sameStamp) / 2);
  if (row >= loadedFrom && row < loadedFrom + sameStamp) return { created: BULK_LOAD_AT, modified: BULK_LOAD_AT };
  const created = FIRST + Math.floor((row * (LAST - FIRST)) / Math.max(count, 1));
  const roll = mix(seed, row, SALT);
  const modified = roll % 3 === 0 ? created + ((roll >>> 4) % CHANGED_WITHIN) : created;
  return { created, modified: Math.min(modified, LAST) };
}
