/**
 * All rows of a table in (SystemModstamp, Id) order, the order of keyset reads, kept while rows change.
 *
 * An entry is one number: stamp * 2^22 + ordinal. New entries wait unsorted and are merged into the tail when
 * someone reads. The old entry of a changed row stays behind and is skipped, because its stamp no longer equals the
 * row's; when those pile up the order is rebuilt. A page read thus costs a binary search and the rows it returns.
 */
import { ROWS_MAX } from '../ids';

const STALE_MAX = 4096;

export class StampOrder {
  private keys = new Float64Array(0);
  private length = 0;
  private waiting: number[] = [];

  /** `stampOf` gives the present stamp of a row, or -1 when the row is gone. */
  constructor(
    private readonly stampOf: (ordinal: number) => number,
    private readonly rows: () => number,
  ) {}

  static key(stamp: number, ordinal: number): number {
    return stamp * ROWS_MAX + ordinal;
  }

  add(stamp: number, ordinal: number): void {
    this.waiting.push(StampOrder.key(stamp, ordinal));
  }

  /** Visits rows with from <= key < to in order, until `visit` returns false. */
  scan(from: number, to: number, visit: (ordinal: number) => boolean): void {
    this.settle();
    for (let i = this.lowerBound(from); i < this.length; i++) {
      const key = this.keys[i]!;
      if (key >= to) return;
      const ordinal = key % ROWS_MAX;
      if (this.stampOf(ordinal) === (key - ordinal) / ROWS_MAX && !visit(ordinal)) return;
    }
  }

  private lowerBound(key: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private settle(): void {
    if (this.waiting.length === 0) return;
    const fresh = Float64Array.from(this.waiting).sort();
    this.waiting = [];
    const at = this.lowerBound(fresh[0]!);
    const tail = this.keys.slice(at, this.length);
    this.reserve(this.length + fresh.length);
    this.length = mergeInto(this.keys, at, tail, fresh);
    if (this.length > this.rows() + this.rows() / 2 + STALE_MAX) this.dropStale();
  }

  private reserve(capacity: number): void {
    if (capacity <= this.keys.length) return;
    const grown = new Float64Array(Math.max(capacity, this.keys.length * 1.5));
    grown.set(this.keys.subarray(0, this.length));
    this.keys = grown;
  }

  private dropStale(): void {
    let kept = 0;
    for (let i = 0; i < this.length; i++) {
      const key = this.keys[i]!;
      const ordinal = key % ROWS_MAX;
      if (this.stampOf(ordinal) === (key - ordinal) / ROWS_MAX) this.keys[kept++] = key;
    }
    this.length = kept;
  }
}

/** Merges two sorted lists into `out` from `at` on, equal keys once; returns the end. */
function mergeInto(out: Float64Array, at: number, a: Float64Array, b: Float64Array): number {
  let end = at;
  let i = 0;
  let j = 0;
  let last = -1;
  while (i < a.length || j < b.length) {
    const key = j >= b.length || (i < a.length && a[i]! <= b[j]!) ? a[i++]! : b[j++]!;
    if (key !== last) out[end++] = key;
    last = key;
  }
  return end;
}
