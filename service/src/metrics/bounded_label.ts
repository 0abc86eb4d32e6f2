/** The value that stands for all that came after the limit. */
export const otherLabel = 'other';

/** Lets so many values of a label through and gives one name to all further ones: a series costs memory for good. */
export class BoundedLabel {
  readonly #max: number;
  readonly #known = new Set<string>();

  constructor(max: number) {
    this.#max = max;
  }

  of(value: string): string {
    if (this.#known.has(value)) return value;
    if (this.#known.size >= this.#max) return otherLabel;
    this.#known.add(value);
    return value;
  }
}
