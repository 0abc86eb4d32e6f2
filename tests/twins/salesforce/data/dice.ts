/**
 * The vocabulary in which generators are written: a seed and a salt per object, and from them independent rolls for
 * every row.
 */
import type { IdCodec } from '../ids';
import { mix } from '../random';
import type { Value } from '../schema/field';
import * as words from './words';

export type Generator = (row: number) => Value;
export type Generators = Record<string, Generator>;

export class Dice {
  private salt: number;

  constructor(
    private readonly seed: number,
    salt: number,
  ) {
    this.salt = salt * 1000;
  }

  /** A roll of its own: two rolls of one row are independent. */
  roll(): (row: number) => number {
    const salt = this.salt++;
    return (row) => mix(this.seed, row, salt);
  }

  pick(items: readonly string[], nullPercent = 0): Generator {
    const choose = this.roll();
    const empty = this.roll();
    return (row) => (nullPercent > 0 && empty(row) % 100 < nullPercent ? null : items[choose(row) % items.length]!);
  }

  sometimes(percent: number, generate: Generator): Generator {
    const chance = this.roll();
    return (row) => (chance(row) % 100 < percent ? generate(row) : null);
  }

  flag(percent: number): Generator {
    const chance = this.roll();
    return (row) => chance(row) % 100 < percent;
  }

  address(prefix: string): Generators {
    const place = this.roll();
    const number = this.roll();
    const at = (row: number) => words.PLACES[place(row) % words.PLACES.length]!;
    const street = (row: number) => {
      const n = number(row);
      const line = `${words.STREETS[n % words.STREETS.length]} ${1 + ((n >>> 8) % 400)}`;
      return (n >>> 20) % 8 === 0 ? `${line}\nFloor ${1 + ((n >>> 24) % 20)}` : line;
    };
    return {
      [`${prefix}Street`]: street,
      [`${prefix}City`]: (row) => at(row)[0],
      [`${prefix}State`]: (row) => at(row)[1] || null,
      [`${prefix}PostalCode`]: (row) => String(10_000 + (number(row) % 89_999)),
      [`${prefix}Country`]: (row) => at(row)[2],
      [`${prefix}Latitude`]: (row) => ((number(row) >>> 16) % 3 === 0 ? at(row)[3] : null),
      [`${prefix}Longitude`]: (row) => ((number(row) >>> 16) % 3 === 0 ? at(row)[4] : null),
    };
  }

  phone(percent: number): Generator {
    const digits = this.roll();
    return this.sometimes(percent, (row) => `+1 (415) 555-${String(digits(row) % 10_000).padStart(4, '0')}`);
  }

  reference(codec: IdCodec, rows: (row: number) => number, percent: number): Generator {
    const choose = this.roll();
    return this.sometimes(percent, (row) => (rows(row) > 0 ? codec.encode(choose(row) % rows(row)) : null));
  }
}
