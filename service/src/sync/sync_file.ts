import type { Book, FieldMapping, SyncFile } from '../../../lib';
import { Problem } from '../problem';
import type { SyncDocument } from './sync_document';

/** The sync as the engine takes it. The engine itself opens the credentials of both integrations. */
export async function syncFileOf(
  book: Book,
  id: string,
  { sourceId, targetId, config }: SyncDocument,
  batchSizeDefault: number,
): Promise<SyncFile> {
  const { mapping, fieldMappings, events: _, pollSeconds: __, batchSize, ...rest } = config;
  return {
    id,
    source: { integration: sourceId },
    target: { integration: targetId },
    ...rest,
    batchSize: batchSize ?? batchSizeDefault,
    fieldMappings: mapping ? (await pinnedMapping(book, mapping)).fieldMappings : (fieldMappings ?? []),
  };
}

export interface MappingVersion {
  version: number;
  fieldMappings: FieldMapping[];
}

/** The version that is meant: the one that is named, else the newest. @throws Problem that names the field. */
export async function pinnedMapping(
  book: Book,
  { id, version }: { id: string; version?: number },
): Promise<MappingVersion> {
  const head = await book.get<{ version: number }>('mapping', id);
  if (!head) throw Problem.at('/config/mapping/id', `there is no mapping "${id}"`);
  const wanted = version ?? head.body.version;
  const found = await book.get<{ fieldMappings: FieldMapping[] }>('mapping', versionId(id, wanted));
  if (!found) throw Problem.at('/config/mapping/version', `mapping "${id}" has no version ${wanted}`);
  return { version: wanted, fieldMappings: found.body.fieldMappings };
}

/** Id of the document of one version: `crm@0001`. */
export function versionId(id: string, version: number): string {
  return `${id}@${String(version).padStart(4, '0')}`;
}
