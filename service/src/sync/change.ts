import { type AuditNote, type Book, type BookDocument, EngineError } from '../../../lib';

/** Somebody else may change a document at the same moment; after so many times in a row something is wrong. */
const triesMax = 20;

/**
 * Changes a document as it stands now: `edit` gets its body and gives the new one, or undefined to leave it alone. It
 * is called again when somebody else was quicker. Gives the document afterwards, undefined if there is none.
 */
export async function change<T extends object>(
  book: Book,
  kind: string,
  id: string,
  edit: (body: T) => T | undefined,
  audit?: AuditNote,
): Promise<BookDocument<T> | undefined> {
  for (let tries = 1; ; tries += 1) {
    const document = await book.get<T>(kind, id);
    if (!document) return undefined;
    const body = edit(document.body);
    if (body === undefined) return document;
    try {
      return await book.put<T>(kind, id, body, { ifRevision: document.revision, ...(audit && { audit }) });
    } catch (thrown) {
      if (!isRevisionConflict(thrown) || tries === triesMax) throw thrown;
    }
  }
}

/** Was a put() refused because the document was changed, made or deleted meanwhile? */
export function isRevisionConflict(thrown: unknown): boolean {
  return thrown instanceof EngineError && thrown.kind === 'conflict' && thrown.code === 'revision';
}

/** All documents of a kind, page by page. */
export async function* every<T>(book: Book, kind: string): AsyncGenerator<BookDocument<T>> {
  let after: string | undefined;
  do {
    const { documents, next } = await book.list<T>(kind, { limit: 1000, ...(after !== undefined && { after }) });
    yield* documents;
    after = next;
  } while (after !== undefined);
}
