/**
 * The org's clock: the machine's clock plus an offset that tests can move. Everything that Salesforce dates (row
 * stamps, the Date header, token and locator expiry, jobs) reads it.
 */
export class Clock {
  private offset = 0;

  /** Milliseconds since 1970. */
  milliseconds(): number {
    return Date.now() + this.offset * 1000;
  }

  /** Whole seconds since 1970, the grain of all stamps. */
  now(): number {
    return Math.floor(this.milliseconds() / 1000);
  }

  /** Moves the clock; a negative number steps it back. */
  advance(seconds: number): void {
    this.offset += seconds;
  }
}
