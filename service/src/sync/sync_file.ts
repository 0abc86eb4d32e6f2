import type { Book, Mapping, SyncFile } from '../../../lib';
import { Problem } from '../problem';
import type { SyncConfig, SyncDocument } from './sync_document';

/** The sync as the engine takes it. The engine itself opens the credentials of both integrations. */
export async function syncFileOf(
  book: Book,
  id: string,
  { sourceId, targetId, config }: SyncDocument,
  batchSizeDefault: number,
): Promise<SyncFile> {
  const { mapping, fieldMappings, validation, events: _, pollSeconds: __, batchSize, ...rest } = config;
  return {
    id,
    source: { integration: sourceId },
    target: { integration: targetId },
    ...rest,
    batchSize: batchSize ?? batchSizeDefault,
    ...(await mappingOf(book, { mapping, fieldMappings, validation })),
  };
}

/** What the engine needs of a sync's mapping: that of the sync itself, or of the version it is pinned to. */
export async function mappingOf(
  book: Book,
  { mapping, fieldMappings = [], validation }: Pick<SyncConfig, 'mapping' | 'fieldMappings' | 'validation'>,
): Promise<Pick<Mapping, 'fieldMappings' | 'validation'>> {
  if (!mapping) return { fieldMappings, ...(validation && { validation }) };
  const pinned = await pinnedMapping(book, mapping);
  return { fieldMappings: pinned.fieldMappings, ...(pinned.validation && { validation: pinned.validation }) };
}

export interface MappingVersion extends Pick<Mapping, 'fieldMappings' | 'validation'> {
  version: number;
}

/** The version that is meant: the one that is named, else the newest. @throws Problem that names the field. */
export async function pinnedMapping(
  book: Book,
  { id, version }: { id: string; version?: number },
): Promise<MappingVersion> {
  const head = await book.get<{ version: number }>('mapping', id);
  if (!head) throw Problem.at('/config/mapping/id', `there is no mapping "${id}"`);
  const wanted = version ?? head.body.version;
  const found = await book.get<Mapping>('mapping', versionId(id, wanted));
  if (!found) throw Problem.at('/config/mapping/version', `mapping "${id}" has no version ${wanted}`);
  const { fieldMappings, validation } = found.body;
  return { version: wanted, fieldMappings, validation };
}

/** Id of the document of one version: `crm@0001`. */
export function versionId(id: string, version: number): string {
  return `${id}@${String(version).padStart(4, '0')}`;
}
