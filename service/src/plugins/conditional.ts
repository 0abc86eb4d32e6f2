import type { FastifyReply, FastifyRequest } from 'fastify';

import type { BookDocument, Engine } from '../../../lib';
import { Problem } from '../problem';
import { isRevisionConflict } from '../sync/change';

const triesMax = 5;

/**
 * Changes a document that is there, at the revision that was read. With `If-Match` the change happens only if the
 * caller has seen that revision (412 with the current one otherwise); without it, the last change wins.
 * @throws Problem `not-found`, `version-mismatch`; `conflict` if others change it over and over.
 */
export function atRevision<T, R>(
  request: FastifyRequest,
  { book }: Engine,
  name: Name,
  change: (document: BookDocument<T>) => Promise<R>,
): Promise<R> {
  return untilWritten<T, R>(book, name, (document) => {
    if (!document) throw Problem.notFound(name.what, name.id);
    demandMatch(request, document.revision);
    return change(document);
  });
}

/**
 * Changes a document, or makes it: then `change` gets nothing. `If-Match` asks for one that is there.
 * @throws Problem as atRevision() does, but for `not-found`: that is a `version-mismatch`, if there is an `If-Match`.
 */
export function atRevisionOrNew<T, R>(
  request: FastifyRequest,
  { book }: Engine,
  name: Name,
  change: (document: BookDocument<T> | undefined) => Promise<R>,
): Promise<R> {
  return untilWritten<T, R>(book, name, (document) => {
    if (document) demandMatch(request, document.revision);
    else if (request.headers['if-match'] !== undefined) {
      throw new Problem('version-mismatch', `there is no ${name.what} "${name.id}"; leave If-Match out to make it`);
    }
    return change(document);
  });
}

interface Name {
  kind: string;
  id: string;
  /** What people call it. */
  what: string;
}

async function untilWritten<T, R>(
  book: Engine['book'],
  { kind, id, what }: Name,
  change: (document: BookDocument<T> | undefined) => Promise<R>,
): Promise<R> {
  for (let tries = 0; tries < triesMax; ++tries) {
    const document = await book.get<T>(kind, id);
    try {
      return await change(document ?? undefined);
    } catch (thrown) {
      if (!isRevisionConflict(thrown)) throw thrown;
    }
  }
  throw new Problem('conflict', `${what} "${id}" is being changed by others; try again`);
}

/** @throws Problem `version-mismatch` if there is an `If-Match` and the revision is not in it. */
export function demandMatch(request: FastifyRequest, revision: number): void {
  const wanted = request.headers['if-match'];
  if (wanted === undefined || lists(wanted, revision)) return;
  throw new Problem('version-mismatch', `it is at version ${revision} now; read it again and repeat the change`, {
    currentVersion: revision,
    headers: { etag: etagOf(revision) },
  });
}

/** Sets the ETag, and answers 304 if the caller has this revision already. True if it did. */
export function answeredUnchanged(request: FastifyRequest, reply: FastifyReply, revision: number): boolean {
  void reply.header('etag', etagOf(revision));
  const known = request.headers['if-none-match'];
  if (known === undefined || !lists(known.replaceAll('W/', ''), revision)) return false;
  void reply.code(304).send();
  return true;
}

export function etagOf(revision: number): string {
  return `"${revision}"`;
}

/** `*`, or a list of strong entity tags. */
function lists(header: string, revision: number): boolean {
  const tags = header.split(',').map((tag) => tag.trim());
  return tags.includes('*') || tags.includes(etagOf(revision));
}
