/** Short codes: a probe needs no more, and nobody learns from them how the service is built. */
export type Verdict = 'ok' | 'error' | 'timeout' | 'not_configured';

/** An answer is good for so long: probes of a whole cluster cost a system one question in that time. */
const freshMillis = 5_000;
const waitMillisMax = 3_000;

/**
 * One question to one system. Whoever asks while it is under way waits for the same answer; a system that does not
 * answer in time is asked once more only when its first question has ended.
 */
export class Check {
  readonly #ask: (() => Promise<unknown>) | undefined;
  readonly #now: () => Date;
  readonly #waitMillis: number;
  #pending?: Promise<Verdict>;
  #last?: { verdict: Verdict; at: number };

  /** `ask` throws or rejects if something is wrong. Without it: not configured. */
  constructor(ask: (() => Promise<unknown>) | undefined, now: () => Date, waitMillis = waitMillisMax) {
    this.#ask = ask;
    this.#now = now;
    this.#waitMillis = waitMillis;
  }

  async verdict(): Promise<Verdict> {
    if (!this.#ask) return 'not_configured';
    if (this.#last && this.#now().getTime() - this.#last.at < freshMillis) return this.#last.verdict;
    this.#pending ??= this.#question(this.#ask);
    return this.#inTime(this.#pending);
  }

  async #question(ask: () => Promise<unknown>): Promise<Verdict> {
    const verdict = await ask().then(
      () => 'ok' as const,
      () => 'error' as const,
    );
    this.#last = { verdict, at: this.#now().getTime() };
    this.#pending = undefined;
    return verdict;
  }

  async #inTime(answer: Promise<Verdict>): Promise<Verdict> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Verdict>((resolve) => {
      timer = setTimeout(() => resolve('timeout'), this.#waitMillis);
    });
    const verdict = await Promise.race([answer, late]);
    clearTimeout(timer);
    return verdict;
  }
}
