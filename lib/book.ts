import { EngineError } from './errors';
import type { AuditEntry, AuditNote, BookDocument } from './types';

/** Calls one method of the native core. */
export type Call = <T>(method: string, body: object) => Promise<T>;

/**
 * Documents with revisions, each with at most one sealed secret. Lives in the engine's state; `engine.book`.
 *
 * @example
 * const made = await engine.book.put('integration', 'crm', { type: 'salesforce', config }, { ifRevision: 0, secret });
 * await engine.book.put('integration', 'crm', changed, { ifRevision: made.revision });
 */
export class Book {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  async get<T = Record<string, unknown>>(kind: string, id: string): Promise<BookDocument<T> | null> {
    const { document } = await this.#call<{ document: BookDocument<T> | null }>('book.get', { kind, id });
    return document;
  }

  /** In order of id (byte by byte), after `after`; `next` is there if there are more. `limit`: 1 to 1,000 (100). */
  list<T = Record<string, unknown>>(
    kind: string,
    how: { after?: string; limit?: number; prefix?: string } = {},
  ): Promise<{ documents: BookDocument<T>[]; next?: string }> {
    return this.#call('book.list', { kind, ...how });
  }

  /**
   * Writes a document, its secret and the audit entry in one transaction. `ifRevision`: only if that is its revision
   * now, 0 if there must be none. `secret`: null erases it, undefined keeps it.
   * @throws EngineError of kind `conflict` with the code `revision`; nothing was changed then.
   */
  async put<T = Record<string, unknown>>(
    kind: string,
    id: string,
    body: T,
    how: { ifRevision?: number; secret?: object | null; audit?: AuditNote } = {},
  ): Promise<BookDocument<T>> {
    const { document } = await this.#call<{ document: BookDocument<T> }>('book.put', { kind, id, body, ...how });
    return document;
  }

  /**
   * Deletes a document with its data key: its secret can be read no more, not even in a copy of the state. False if
   * there is none. @throws EngineError of kind `conflict` with the code `revision`.
   */
  async delete(kind: string, id: string, how: { ifRevision?: number; audit?: AuditNote } = {}): Promise<boolean> {
    const { deleted } = await this.#call<{ deleted: boolean }>('book.delete', { kind, id, ...how });
    return deleted;
  }

  /** Opens a document's secret, once the note is in the audit log. Null if there is none. */
  async reveal(kind: string, id: string, note: AuditNote): Promise<Record<string, unknown> | null> {
    type Answer = { secret: Record<string, unknown> | null };
    const { secret } = await this.#call<Answer>('book.reveal', { kind, id, audit: note });
    return secret;
  }
}

/** The audit log: a chain of hashes, in which a changed, missing or added entry shows. `engine.audit`. */
export class Audit {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  async add(note: AuditNote): Promise<AuditEntry> {
    const { entry } = await this.#call<{ entry: AuditEntry }>('audit.add', { note });
    return entry;
  }

  /** In order of number, after `after`; `next` is there if there are more. `limit`: 1 to 1,000 (100). */
  async list(
    how: { after?: number; limit?: number; subject?: string; actor?: string; action?: string; since?: string } = {},
  ): Promise<{ entries: AuditEntry[]; next?: number }> {
    const { since, ...rest } = how;
    return this.#call('audit.list', { ...rest, ...(since === undefined ? {} : { since: toMillis('since', since) }) });
  }

  /**
   * Walks the whole chain that is kept. `brokenAt` is the number of the first entry that is missing or not as it was
   * written, `entries` how many before it are good.
   */
  verify(): Promise<{ ok: boolean; entries: number; brokenAt?: number }> {
    return this.#call('audit.verify', {});
  }
}

/** Milliseconds since 1970. @throws EngineError of kind `invalid` that names the field. */
export function toMillis(field: string, time: string | Date): number {
  const millis = new Date(time).getTime();
  if (!Number.isNaN(millis)) return millis;
  throw new EngineError(`${field}: "${String(time)}" is no point in time; write it as 2026-01-31T12:00:00Z`, {
    kind: 'invalid',
    field,
  });
}
