import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

import type { Logger } from 'pino';

import type { Book, BookDocument } from '../../../lib';
import { change, every, isRevisionConflict } from './change';
import type { Work, WorkBody } from './work';

export interface SupervisorOptions {
  book: Book;
  log: Logger;
  now: () => Date;
  /** Works at once in this process. */
  concurrency: number;
  /** One process owns the store: what it left claimed when it ended is free at its next start. */
  alone: boolean;
  /** How often the store is asked for work that others have put there. */
  tickMs?: number;
  /** A claim that was not renewed for so long belongs to a process that is gone. */
  leaseMs?: number;
}

interface Active {
  work: Work;
  ended: Promise<void>;
  renewAt: number;
  stopping: boolean;
}

export const tickMsDefault = 1_000;
export const leaseMsDefault = 30_000;
/** After an error that nobody expected. */
const retryMs = 10_000;

/**
 * Does the work that documents ask for, each at its time. Any number of processes may do so over one store: before
 * work is done it is claimed by a compare-and-swap, and a claim is renewed as long as its owner lives. Below it, the
 * engine's own lease keeps a process that was only slow from doing the same.
 */
export class Supervisor {
  readonly #options: Required<SupervisorOptions>;
  readonly #works: readonly Work[];
  readonly #owner = `${hostname()}:${process.pid}:${randomUUID()}`;
  readonly #active = new Map<string, Active>();
  #timer?: NodeJS.Timeout;
  #round: Promise<void> = Promise.resolve();
  #stopping = false;

  constructor(works: readonly Work[], options: SupervisorOptions) {
    this.#works = works;
    this.#options = { tickMs: tickMsDefault, leaseMs: leaseMsDefault, ...options };
  }

  /** Works under way in this process. */
  get active(): number {
    return this.#active.size;
  }

  async start(): Promise<void> {
    if (this.#options.alone) await this.#freeOldClaims();
    await this.wake();
    this.#timer = setInterval(() => void this.wake(), this.#options.tickMs);
  }

  /** Asks everything under way to end in good order and waits for it. What is unfinished is free for others at once. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    await this.#round;
    const active = [...this.#active];
    for (const [name, entry] of active) await this.#end(name, entry);
    await Promise.all(active.map(([, { ended }]) => ended));
  }

  /** Looks for work now. Rounds never overlap. */
  wake(): Promise<void> {
    this.#round = this.#round.then(() => this.#look());
    return this.#round;
  }

  async #look(): Promise<void> {
    if (this.#stopping) return;
    try {
      for (const work of this.#works) {
        const waiting: BookDocument<WorkBody>[] = [];
        for await (const document of every<WorkBody>(this.#options.book, work.kind)) {
          const entry = this.#active.get(nameOf(document));
          if (entry) await this.#tend(document, entry);
          else if (this.#isFree(document.body)) waiting.push(document);
        }
        waiting.sort((a, b) => ((a.body.due ?? '') < (b.body.due ?? '') ? -1 : 1));
        for (const document of waiting) await this.#begin(work, document);
      }
    } catch (thrown) {
      this.#options.log.error({ err: thrown }, 'the store could not be asked for work');
    }
  }

  #isFree({ due, claim }: WorkBody): boolean {
    const now = this.#options.now().toISOString();
    return due !== undefined && due <= now && (claim === undefined || claim.until <= now);
  }

  /** Renews the claim of work under way, and ends it when it is no longer wanted. */
  async #tend(document: BookDocument<WorkBody>, entry: Active): Promise<void> {
    if (entry.work.unwanted(document.body)) await this.#end(nameOf(document), entry);
    if (this.#options.now().getTime() < entry.renewAt) return;
    entry.renewAt = this.#nextRenewal();
    const claim = this.#claim();
    await change<WorkBody>(this.#options.book, document.kind, document.id, (body) =>
      body.claim?.owner === this.#owner ? { ...body, claim } : undefined,
    );
  }

  async #end(name: string, entry: Active): Promise<void> {
    if (entry.stopping) return;
    entry.stopping = true;
    const id = name.slice(name.indexOf('/') + 1);
    await entry.work.stop(id).catch((thrown: unknown) => {
      entry.stopping = false;
      this.#options.log.warn({ err: thrown, work: name }, 'work could not be asked to stop');
    });
  }

  async #begin(work: Work, { kind, id, body, revision }: BookDocument<WorkBody>): Promise<void> {
    if (this.#active.size >= this.#options.concurrency || this.#stopping) return;
    let claimed: BookDocument<WorkBody>;
    try {
      claimed = await this.#options.book.put(kind, id, { ...body, claim: this.#claim() }, { ifRevision: revision });
    } catch (thrown) {
      if (isRevisionConflict(thrown)) return;
      throw thrown;
    }
    const name = nameOf(claimed);
    const ended = this.#perform(work, claimed).finally(() => {
      this.#active.delete(name);
      if (!this.#stopping) void this.wake();
    });
    this.#active.set(name, { work, ended, renewAt: this.#nextRenewal(), stopping: false });
  }

  async #perform(work: Work, document: BookDocument<WorkBody>): Promise<void> {
    let edit = (body: WorkBody): WorkBody => ({ ...body, due: this.#in(retryMs) });
    try {
      edit = await work.perform(document);
    } catch (thrown) {
      this.#options.log.error({ err: thrown, work: nameOf(document) }, 'work failed');
    }
    try {
      await change<WorkBody>(this.#options.book, document.kind, document.id, (body) => {
        if (body.claim?.owner !== this.#owner) return undefined;
        const { claim: _, ...rest } = body;
        return edit(rest);
      });
    } catch (thrown) {
      this.#options.log.error({ err: thrown, work: nameOf(document) }, 'the end of work could not be written down');
    }
  }

  async #freeOldClaims(): Promise<void> {
    for (const { kind } of this.#works) {
      for await (const { id } of every<WorkBody>(this.#options.book, kind)) {
        await change<WorkBody>(this.#options.book, kind, id, ({ claim, ...rest }) => (claim ? rest : undefined));
      }
    }
  }

  #claim(): NonNullable<WorkBody['claim']> {
    return { owner: this.#owner, until: this.#in(this.#options.leaseMs) };
  }

  #nextRenewal(): number {
    return this.#options.now().getTime() + this.#options.leaseMs / 3;
  }

  #in(millis: number): string {
    return new Date(this.#options.now().getTime() + millis).toISOString();
  }
}

function nameOf({ kind, id }: { kind: string; id: string }): string {
  return `${kind}/${id}`;
}
