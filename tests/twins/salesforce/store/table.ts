/**
 * The rows of one object.
 *
 * A row is an ordinal. Its stamps and flags sit in typed arrays; its field values are generated from the ordinal
 * until someone writes them, and only written values are kept. Deleted rows stay in the Recycle Bin (visible to
 * queryAll) until purged. External id values are indexed once somebody asks for them.
 */
import type { Clock } from '../clock';
import { IdCodec, ROWS_MAX } from '../ids';
import type { Generators } from '../data/generators';
import type { Stamps } from '../data/stamps';
import type { Field, ObjectSchema, Value } from '../schema/field';
import { KeyIndex } from './key_index';
import { StampOrder } from './stamp_order';

const GENERATED = 1;
const DELETED = 2;
const PURGED = 4;

/** Reads the values of a field whose type was changed in the new type. */
export type Conversion = (value: Value) => Value;
export type Reader = (ordinal: number) => Value;
/** Field values by field name, in describe case. A plain object: rows of one shape share their layout in memory. */
export type Values = Record<string, Value>;
/** Puts one row back to what it was before a change. */
export type Undo = () => void;
/** A value that is worked out from other fields on every read, such as Contact.Name. */
export type Derivation = (table: Table, ordinal: number) => Value;

export interface TableParts {
  schema: ObjectSchema;
  clock: Clock;
  generators: Generators;
  derivations: Record<string, Derivation>;
  /** Id of the user who writes through the API. */
  userId: string;
}

export class Table {
  readonly schema: ObjectSchema;
  readonly ids: IdCodec;
  readonly order: StampOrder;
  /** Rows ever made, deleted ones included; the next row takes this ordinal. */
  size = 0;
  private created = new Uint32Array(0);
  private modified = new Uint32Array(0);
  private stamps = new Uint32Array(0);
  private flags = new Uint8Array(0);
  private readonly written = new Map<number, Values>();
  private readonly masters = new Map<number, string>();
  private readonly deletedAt = new Map<number, number>();
  /** Who changed a row last, unless it was the user of the API. */
  private readonly editors = new Map<number, string>();
  private readonly indexes = new Map<string, KeyIndex>();
  private readonly readers = new Map<string, Reader>();
  private readonly conversions = new Map<string, Conversion>();
  private readonly fieldsByName = new Map<string, Field>();

  constructor(private readonly parts: TableParts) {
    this.schema = parts.schema;
    this.ids = new IdCodec(parts.schema.keyPrefix);
    this.order = new StampOrder(
      (row) => (this.exists(row) ? this.stamps[row]! : -1),
      () => this.size,
    );
    this.bindFields();
  }

  /** Looks fields up anew; call after the schema changed. */
  bindFields(): void {
    this.readers.clear();
    this.fieldsByName.clear();
    for (const f of this.schema.fields) this.fieldsByName.set(f.name.toLowerCase(), f);
  }

  /** A field by name, whatever the case. */
  field(name: string): Field | undefined {
    return this.fieldsByName.get(name.toLowerCase());
  }

  /** Reads one field of any row. Readers may be kept until the schema changes. */
  reader(f: Field): Reader {
    let reader = this.readers.get(f.name);
    if (reader) return reader;
    const stored = this.makeReader(f);
    const conversion = this.conversions.get(f.name);
    reader = conversion ? (row) => conversion(stored(row)) : stored;
    this.readers.set(f.name, reader);
    return reader;
  }

  /** From now on the field's values pass through `conversion`. */
  convert(name: string, conversion: Conversion): void {
    this.conversions.set(name, conversion);
    this.indexes.delete(name);
    this.bindFields();
  }

  value(name: string, row: number): Value {
    const f = this.field(name);
    return f ? this.reader(f)(row) : null;
  }

  /** In the table or in the Recycle Bin. */
  exists(row: number): boolean {
    return row >= 0 && row < this.size && (this.flags[row]! & PURGED) === 0;
  }

  isLive(row: number): boolean {
    return row >= 0 && row < this.size && (this.flags[row]! & (DELETED | PURGED)) === 0;
  }

  stamp(row: number): number {
    return this.stamps[row]!;
  }

  /** Rows deleted (purged ones too) and when. */
  deletions(): Iterable<[number, number]> {
    return this.deletedAt;
  }

  /** Live rows whose external id field holds `value`. */
  find(f: Field, value: string): readonly number[] {
    return this.index(f).find(value);
  }

  /** Appends a row whose values come from the generators. */
  generate({ created, modified }: Stamps): number {
    const row = this.append(created, modified, GENERATED);
    this.indexRow(row, 'add');
    return row;
  }

  insert(values: Values): number {
    const now = this.parts.clock.now();
    const row = this.append(now, now, 0);
    this.written.set(row, values);
    this.indexRow(row, 'add');
    return row;
  }

  /** Writes values and stamps the row, at `at` if given. Returns whether any value became different. `editor` is the
   * id of a user who does not come through the API. */
  update(row: number, values: Values, at = this.parts.clock.now(), editor?: string): boolean {
    this.indexRow(row, 'remove');
    const changed = Object.keys(values).some((name) => this.value(name, row) !== values[name]);
    const own = this.written.get(row);
    if (own) Object.assign(own, values);
    else this.written.set(row, values);
    this.touch(row, at);
    if (editor) this.editors.set(row, editor);
    this.indexRow(row, 'add');
    return changed;
  }

  /** Moves a row to the Recycle Bin; a merge names the winner. */
  delete(row: number, masterId: string | null = null, at = this.parts.clock.now()): void {
    this.indexRow(row, 'remove');
    this.flags[row]! |= DELETED;
    if (masterId !== null) this.masters.set(row, masterId);
    this.deletedAt.set(row, at);
    this.touch(row, at);
  }

  /** Removes a row for good: no query shows it any more. */
  purge(row: number): void {
    if (this.isLive(row)) this.indexRow(row, 'remove');
    if (!this.deletedAt.has(row)) this.deletedAt.set(row, this.parts.clock.now());
    this.flags[row]! |= PURGED;
    this.written.delete(row);
  }

  /** Remembers a row as it is now. */
  remember(row: number): Undo {
    const values = this.written.get(row);
    const copy = values && { ...values };
    const [modified, stamp, flags] = [this.modified[row]!, this.stamps[row]!, this.flags[row]!];
    const editor = this.editors.get(row);
    return () => {
      if (this.isLive(row)) this.indexRow(row, 'remove');
      if (copy) this.written.set(row, copy);
      else this.written.delete(row);
      if ((flags & DELETED) === 0) this.deletedAt.delete(row);
      this.modified[row] = modified;
      this.stamps[row] = stamp;
      this.flags[row] = flags;
      if (editor) this.editors.set(row, editor);
      this.order.add(stamp, row);
      if (this.isLive(row)) this.indexRow(row, 'add');
    };
  }

  /** Undoes an insert. Its id is not used again, as in Salesforce. */
  forget(row: number): void {
    this.indexRow(row, 'remove');
    this.flags[row]! |= PURGED;
    this.written.delete(row);
  }

  private append(created: number, modified: number, flags: number): number {
    const row = this.size;
    if (row >= ROWS_MAX) throw new Error(`The simulated ${this.schema.name} table holds at most ${ROWS_MAX} rows`);
    if (row >= this.flags.length) this.grow();
    this.size++;
    this.created[row] = created;
    this.flags[row] = flags;
    this.touch(row, modified);
    return row;
  }

  private grow(): void {
    const capacity = Math.max(1024, this.flags.length * 2);
    const wider = (old: Uint32Array): Uint32Array<ArrayBuffer> => {
      const fresh = new Uint32Array(capacity);
      fresh.set(old);
      return fresh;
    };
    this.created = wider(this.created);
    this.modified = wider(this.modified);
    this.stamps = wider(this.stamps);
    const flags = new Uint8Array(capacity);
    flags.set(this.flags);
    this.flags = flags;
  }

  private touch(row: number, at: number): void {
    this.editors.delete(row);
    this.modified[row] = at;
    this.stamps[row] = at;
    this.order.add(at, row);
  }

  private index(f: Field): KeyIndex {
    let index = this.indexes.get(f.name);
    if (index) return index;
    this.indexes.set(f.name, (index = new KeyIndex()));
    const read = this.reader(f);
    for (let row = 0; row < this.size; row++) {
      const value = this.isLive(row) ? read(row) : null;
      if (value !== null) index.add(String(value), row);
    }
    return index;
  }

  private indexRow(row: number, change: 'add' | 'remove'): void {
    for (const [name, index] of this.indexes) {
      const value = this.value(name, row);
      if (value !== null) index[change](String(value), row);
    }
  }

  private makeReader(f: Field): Reader {
    const { userId, derivations, generators } = this.parts;
    switch (f.name) {
      case 'Id':
        return (row) => this.ids.encode(row);
      case 'IsDeleted':
        return (row) => (this.flags[row]! & DELETED) !== 0;
      case 'CreatedDate':
        return (row) => this.created[row]!;
      case 'LastModifiedDate':
        return (row) => this.modified[row]!;
      case 'SystemModstamp':
        return (row) => this.stamps[row]!;
      case 'CreatedById':
        return () => userId;
      case 'LastModifiedById':
        return (row) => this.editors.get(row) ?? userId;
      case 'MasterRecordId':
        return (row) => this.masters.get(row) ?? null;
    }
    const derive = derivations[f.name];
    if (derive) return (row) => derive(this, row);
    const generate = generators[f.name];
    const name = f.name;
    return (row) => {
      const value = this.written.get(row)?.[name];
      if (value !== undefined) return value;
      return generate !== undefined && (this.flags[row]! & GENERATED) !== 0 ? generate(row) : null;
    };
  }
}
