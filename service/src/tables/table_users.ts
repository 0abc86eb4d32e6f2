import type { Book } from '../../../lib';
import { syncsWhere } from '../integrations/integration_document';
import { mappingKind } from '../mappings/mapping_book';
import { every } from '../sync/change';
import { versionId } from '../sync/sync_file';

interface TableUsers {
  /** Whose newest version looks into the table. */
  mappings: string[];
  /** By their own field mappings, or by the version of a mapping that they are pinned to. */
  syncs: string[];
}

/** Ids of what looks a value up in the stored table. */
export async function usersOf(book: Book, table: string): Promise<TableUsers> {
  const using = new Set<string>();
  for await (const { id, body } of every<{ fieldMappings?: unknown }>(book, mappingKind)) {
    if (looksInto(body.fieldMappings, table)) using.add(id);
  }
  const syncs = await syncsWhere(book, ({ config }) => {
    if (!config?.mapping) return looksInto(config?.fieldMappings, table);
    const { id, version } = config.mapping;
    return using.has(version === undefined ? id : versionId(id, version));
  });
  return { mappings: [...using].filter((id) => !id.includes('@')), syncs };
}

/** A lookup may stand in a list of steps or in what leads back. The engine looks everywhere in a mapping, too. */
function looksInto(part: unknown, table: string): boolean {
  if (part === null || typeof part !== 'object') return false;
  const { type, params } = part as { type?: unknown; params?: { stored?: unknown } | null };
  if (type === 'lookup' && params?.stored === table) return true;
  return Object.values(part).some((member) => looksInto(member, table));
}
