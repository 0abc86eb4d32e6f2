import type { BookDocument, Engine } from '../../../lib';
import type { Mapping as MappingWork } from '../../../lib';
import { Problem } from '../problem';
import type { Mapping } from '../schemas/mapping';
import { isRevisionConflict } from '../sync/change';
import { versionId } from '../sync/sync_file';

/** Kind of the documents: the head has the mapping's id, its versions `ID@0001` and so on. */
export const mappingKind = 'mapping';

interface VersionBody extends MappingWork {
  version: number;
  name: string;
  description?: string;
  createdAt: string;
  createdBy: string;
}

/** The newest version as a copy, so that it can be had with one look. */
export type MappingHead = VersionBody;

export type MappingContent = Omit<VersionBody, 'version' | 'createdAt' | 'createdBy'>;

const versionsMax = 1_000_000;
const conflictsMax = 20;

export function mappingOf(id: string, version: VersionBody, latestVersion: number): Mapping {
  return { id, ...version, latestVersion };
}

/** The version that is asked for, else the newest. @throws Problem `not-found`. */
export async function readVersion(
  { book }: Engine,
  id: string,
  version?: number,
): Promise<{ head: BookDocument<MappingHead>; found: VersionBody }> {
  const head = await book.get<MappingHead>(mappingKind, id);
  if (!head) throw Problem.notFound('mapping', id);
  if (version === undefined || version === head.body.version) return { head, found: head.body };
  const past = version < head.body.version ? await book.get<VersionBody>(mappingKind, versionId(id, version)) : null;
  if (!past) throw new Problem('not-found', `mapping "${id}" has no version ${version}`);
  return { head, found: past.body };
}

/** Adds the version that follows `before` and makes it the head. A version is never written twice. */
export async function addVersion(
  { book }: Engine,
  id: string,
  content: MappingContent,
  how: { before?: BookDocument<MappingHead>; actor: string; now: Date },
): Promise<BookDocument<MappingHead>> {
  const { before, actor, now } = how;
  const body: VersionBody = { version: 0, ...content, createdAt: now.toISOString(), createdBy: actor };
  body.version = await writeVersion(book, id, body, (before?.body.version ?? 0) + 1);
  const action = before ? 'mapping.update' : 'mapping.create';
  return book.put<MappingHead>(mappingKind, id, body, {
    ifRevision: before?.revision ?? 0,
    audit: { actor, action, detail: { version: body.version } },
  });
}

/** A process that died between the two writes, or one that lost a race, leaves its number unused. */
async function writeVersion(book: Engine['book'], id: string, body: VersionBody, first: number): Promise<number> {
  for (let version = first; version < Math.min(first + conflictsMax, versionsMax); ++version) {
    try {
      await book.put(mappingKind, versionId(id, version), { ...body, version }, { ifRevision: 0 });
      return version;
    } catch (thrown) {
      if (!isRevisionConflict(thrown)) throw thrown;
    }
  }
  throw new Problem('conflict', `mapping "${id}" is being changed by others; try again`);
}

/** Removes the head, by which the mapping is gone, and then its versions. */
export async function removeMapping({ book }: Engine, head: BookDocument<MappingHead>, actor: string): Promise<void> {
  const audit = { actor, action: 'mapping.delete' };
  await book.delete(mappingKind, head.id, { ifRevision: head.revision, audit });
  for (let rest = true; rest;) {
    const { documents, next } = await book.list(mappingKind, { prefix: `${head.id}@`, limit: 1000 });
    for (const { id } of documents) await book.delete(mappingKind, id);
    rest = next !== undefined;
  }
}

/** Heads by id; versions lie between them and are passed over. */
export async function listHeads(
  { book }: Engine,
  after: string | undefined,
  limit: number,
): Promise<{ heads: BookDocument<MappingHead>[]; next?: string }> {
  const heads: BookDocument<MappingHead>[] = [];
  for (let place = after; ;) {
    const { documents, next } = await book.list<MappingHead>(mappingKind, { after: place, limit: 1000 });
    for (const document of documents) {
      if (document.id.includes('@')) continue;
      if (heads.length === limit) return { heads, next: heads.at(-1)?.id };
      heads.push(document);
    }
    if (next === undefined) return { heads };
    place = next;
  }
}
