/**
 * Deterministic chance. `mix` is a hash of (seed, row, salt): the same three numbers always give the same value,
 * so a generated field is a pure function of its row and need not be stored.
 */

/** An unsigned 32-bit hash of the three numbers. */
export function mix(seed: number, row: number, salt: number): number {
  let h =
    Math.imul(row + 0x9e3779b9, 0x85ebca6b) ^ Math.imul((seed ^ Math.imul(salt, 0x27d4eb2f)) + 0x165667b1, 0xc2b2ae35);
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A stream of numbers from one seed, for choices that are made one after the other. */
export class Random {
  private step = 0;

  constructor(private readonly seed: number) {}

  /** A whole number in [0, bound). */
  below(bound: number): number {
    return mix(this.seed, this.step++, 0x5eed) % bound;
  }

  /** `wanted` different items of `items` (all of them when there are fewer), in random order. */
  sample(items: Int32Array, wanted: number): Int32Array {
    const pool = items.slice();
    const size = Math.min(wanted, pool.length);
    for (let i = 0; i < size; i++) {
      const j = i + this.below(pool.length - i);
      const chosen = pool[j]!;
      pool[j] = pool[i]!;
      pool[i] = chosen;
    }
    return pool.slice(0, size);
  }
}
