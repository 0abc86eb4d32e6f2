import type { Counts } from '../../lib';

/** One line on the terminal that is drawn over and over, at most ten times a second. */
export class ProgressLine {
  readonly #active: boolean;
  readonly #started = Date.now();
  #drawn = 0;

  constructor(active: boolean) {
    this.#active = active;
  }

  show(progress: Counts & { phase: string }): void {
    const now = Date.now();
    if (!this.#active || now - this.#drawn < 100) return;
    this.#drawn = now;
    const rate = Math.round(progress.read / Math.max(0.001, (now - this.#started) / 1000));
    process.stderr.write(
      `\r\x1b[K${progress.phase}: ${progress.read.toLocaleString('en')} read, ` +
        `${progress.written.toLocaleString('en')} written, ${progress.unchanged.toLocaleString('en')} unchanged, ` +
        `${rate.toLocaleString('en')} records/s`,
    );
  }

  clear(): void {
    if (this.#active && this.#drawn > 0) process.stderr.write('\r\x1b[K');
    this.#drawn = 0;
  }
}
