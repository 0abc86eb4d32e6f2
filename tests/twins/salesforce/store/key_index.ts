/** Rows by the value of an external id field. Salesforce compares such text without case. */
export class KeyIndex {
  private readonly rows = new Map<string, number | number[]>();

  add(value: string, ordinal: number): void {
    const key = value.toLowerCase();
    const held = this.rows.get(key);
    if (held === undefined) this.rows.set(key, ordinal);
    else this.rows.set(key, typeof held === 'number' ? [held, ordinal] : [...held, ordinal]);
  }

  remove(value: string, ordinal: number): void {
    const key = value.toLowerCase();
    const held = this.rows.get(key);
    if (held === ordinal) this.rows.delete(key);
    else if (Array.isArray(held))
      this.rows.set(
        key,
        held.filter((other) => other !== ordinal),
      );
  }

  find(value: string): readonly number[] {
    const held = this.rows.get(value.toLowerCase());
    return held === undefined ? [] : typeof held === 'number' ? [held] : held;
  }
}
