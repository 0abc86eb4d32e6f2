/**
 * Collects texts as UTF-8 bytes. A page of 2,000 records is some megabytes: joined as one string it would be copied
 * several times, and one emoji would double its size.
 */
/** UTF-8 bytes per UTF-16 unit, at most. */
const BYTES_PER_UNIT = 3;

export class TextBuffer {
  private buffer: Buffer;
  /** Bytes so far. */
  length = 0;

  constructor(expectedBytes: number) {
    this.buffer = Buffer.allocUnsafe(expectedBytes);
  }

  append(text: string): void {
    const needed = this.length + text.length * BYTES_PER_UNIT;
    if (needed > this.buffer.length) this.grow(needed);
    this.length += this.buffer.write(text, this.length, 'utf8');
  }

  bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  private grow(needed: number): void {
    const grown = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2));
    this.buffer.copy(grown, 0, 0, this.length);
    this.buffer = grown;
  }
}
