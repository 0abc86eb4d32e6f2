import { randomBytes } from 'node:crypto';

import type { BookDocument, Engine } from '../../../lib';
import type { Integration } from '../schemas/integration';
import { every } from '../sync/change';
import { type SyncDocument, syncKind } from '../sync/sync_document';

/** Kind of the documents in the book. The engine reads `type` and `config` of them, and opens their secret. */
export const integrationKind = 'integration';

export interface IntegrationBody {
  name: string;
  type: string;
  /** Settings without the credentials, which are the document's secret: `{authentication}`. */
  config: Record<string, unknown>;
  credentials: { fields: string[]; updatedAt?: string };
  status: Integration['status'];
  lastTestTime?: string;
  lastTestResult?: boolean;
}

export function integrationOf({ id, revision, body, ...times }: BookDocument<IntegrationBody>): Integration {
  const { createdAt, updatedAt } = times;
  return { id, ...body, version: revision, createdAt, updatedAt };
}

const idBytes = 6;

/** A new id that says what it is of: `sales-org-3f9a...`. */
export function newId(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  const random = randomBytes(idBytes).toString('hex');
  return slug === '' ? random : `${slug.slice(0, 40)}-${random}`;
}

/** Ids of the syncs that read from this integration or write to it. */
export async function syncsUsing({ book }: Engine, id: string): Promise<string[]> {
  return syncsWhere(book, ({ sourceId, targetId }) => sourceId === id || targetId === id);
}

/** Ids of the syncs that a condition holds for. */
export async function syncsWhere(
  book: Engine['book'],
  holds: (sync: Partial<SyncDocument>) => boolean,
): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id, body } of every<Partial<SyncDocument>>(book, syncKind)) if (holds(body)) ids.push(id);
  return ids;
}
