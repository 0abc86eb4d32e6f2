// What people wrote into the records of two systems, and which of it nobody may lose.
import type { Cells, Column } from './org_people';

export type Place = 'org' | 'table';
export const otherPlace = (place: Place): Place => (place === 'org' ? 'table' : 'org');

export interface Edit {
  place: Place;
  key: string;
  column: Column;
  /** As the org spells it. */
  cell: string | null;
  /** Runs that had ended well before. Edits of one epoch do not know of each other. */
  epoch: number;
  /** Milliseconds. */
  at: number;
  /** Must be found again: all of the cell, or what this edit added to a list. */
  owed: string | null;
}

/** A value as the org spells it. Numbers have no zeros at the end; choices are in a fixed order. */
export function spelt(column: Column, cell: string | null | undefined): string | null {
  const text = (cell ?? '').trim();
  if (text === '') return null;
  if (column === 'staff' || column === 'revenue') return String(Number(text));
  if (column === 'tags') return text.split(';').sort().join(';');
  return text;
}

export class EditBook {
  edits: Edit[] = [];
  epoch = 0;
  /** Keys of records that both sides had when one of them deleted its own. */
  readonly deleted = new Set<string>();
  /** Keys of records that were deleted anywhere, linked or not. */
  readonly everDeleted = new Set<string>();
  readonly created = new Set<string>();
  /** Keys of records that both sides made before a run could tell one of the other's. */
  readonly madeByBoth = new Set<string>();
  /** By key: how often a person did something to the record. */
  readonly acts = new Map<string, number>();
  readonly #pairs = new Set<string>();
  #linked = new Set<string>();

  create(place: Place, key: string, cells: Cells, at: number): void {
    if (this.created.has(key)) this.madeByBoth.add(key);
    this.created.add(key);
    this.deleted.delete(key);
    this.#act(key);
    this.#note(place, key, cells, at);
  }

  edit(place: Place, key: string, cells: Cells, at: number, added?: string): void {
    this.#act(key);
    this.#note(place, key, cells, at, added);
  }

  /** `held`: what the record was. */
  remove(place: Place, key: string, held: Cells): void {
    this.#act(key);
    this.everDeleted.add(key);
    if (this.#linked.delete(key)) this.deleted.add(key);
    // Who deletes a record knows what it held, but for what the other side has not told yet.
    const last = this.last();
    const isNews = (one: Edit) =>
      one.place !== place &&
      one.epoch === this.epoch &&
      last.includes(one) &&
      spelt(one.column, held[one.column]) !== one.cell;
    this.edits = this.edits.filter((one) => one.key !== key || isNews(one));
  }

  /** A run has ended well: both sides know all that was written before it. */
  runEnded(keysOnBothSides: string[]): void {
    this.epoch += 1;
    this.#linked = new Set(keysOnBothSides);
  }

  /** The newest edit of each field of each record. */
  last(): Edit[] {
    const last = new Map(this.edits.map((one) => [`${one.key} ${one.column}`, one]));
    return [...last.values()];
  }

  /** Did the other side write into one of `columns` without knowing of `edit`? */
  isContested({ key, place, epoch }: Edit, columns: string[]): boolean {
    return this.edits.some(
      (one) => one.key === key && one.place !== place && one.epoch === epoch && columns.includes(one.column),
    );
  }

  /** When people last changed the record of that side, up to `epoch`. */
  lastAt(place: Place, key: string, epoch: number): number | undefined {
    return this.edits.findLast((one) => one.place === place && one.key === key && one.epoch <= epoch)?.at;
  }

  wroteTogether(key: string, revenue: string | null, city: string | null): boolean {
    return this.#pairs.has(JSON.stringify([key, revenue, city]));
  }

  #act(key: string): void {
    this.acts.set(key, (this.acts.get(key) ?? 0) + 1);
  }

  #note(place: Place, key: string, cells: Cells, at: number, added?: string): void {
    const { epoch } = this;
    for (const [name, raw] of Object.entries(cells)) {
      const column = name as Column;
      const cell = spelt(column, raw);
      const owed = column === 'staff' || column === 'tags' || column === 'ext' ? null : (added ?? cell);
      this.edits.push({ place, key, column, cell, epoch, at, owed });
    }
    if ('revenue' in cells)
      this.#pairs.add(JSON.stringify([key, spelt('revenue', cells.revenue), spelt('city', cells.city)]));
  }
}
