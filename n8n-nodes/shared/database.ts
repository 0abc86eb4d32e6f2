import { type ICredentialDataDecryptedObject, type IDataObject, NodeOperationError } from 'n8n-workflow';

import type { ConfiguredEnd } from '../lib';
import { type Context, parameterOf } from './context';

export type DatabaseType = 'postgresql' | 'sqlite';

/** The database that the node names, with more settings of its connector. */
export async function databaseEnd(context: Context, more: IDataObject = {}): Promise<ConfiguredEnd> {
  const type = parameterOf(context, 'database', 'postgresql') as DatabaseType;
  if (type === 'sqlite') return { type, config: { path: await sqlitePath(context), ...more } };
  const credential = await context.getCredentials('postgres');
  if (credential['sshTunnel'] === true) {
    throw new NodeOperationError(context.getNode(), 'A Postgres credential with an SSH tunnel cannot be used here', {
      description: 'Turn the SSH tunnel of the credential off, or name an address that n8n reaches without one.',
    });
  }
  return { type, config: { ...postgresConfig(credential), ...more } };
}

/** The connector's settings for n8n's own Postgres credential. n8n's words for SSL are older than libpq's. */
export function postgresConfig(credential: ICredentialDataDecryptedObject): IDataObject {
  const modes: Record<string, string> = { disable: 'disable', allow: 'prefer', require: 'require' };
  const sslMode = credential['allowUnauthorizedCerts'] === true ? 'require' : modes[credential['ssl'] as string];
  return {
    host: credential['host'],
    port: Number(credential['port'] ?? 5432),
    database: credential['database'],
    user: credential['user'],
    password: credential['password'],
    sslMode: sslMode ?? 'disable',
  };
}

/**
 * The file of a SQLite database. An execution may open the files that n8n lets its own file nodes open
 * (N8N_RESTRICT_FILE_ACCESS_TO); lists of the editor do not open files at all.
 */
async function sqlitePath(context: Context): Promise<string> {
  const path = String(parameterOf(context, 'sqlitePath', '')).trim();
  const fault = await pathFault(context, path);
  if (!fault) return path;
  throw new NodeOperationError(context.getNode(), `The SQLite file ${path || '""'} cannot be opened: ${fault}`, {
    description: 'Field: Database File. Name a file in a folder that exists and that n8n lets nodes use.',
  });
}

async function pathFault(context: Context, path: string): Promise<string> {
  if (!path.startsWith('/') && !/^[A-Za-z]:[\\/]/.test(path)) return 'the path is not absolute';
  if (!('isFilePathBlocked' in context.helpers)) return 'files are opened by executions only';
  const resolved = await context.helpers.resolvePath(path).catch(() => undefined);
  if (resolved === undefined) return 'its folder cannot be found';
  return context.helpers.isFilePathBlocked(resolved) ? 'n8n does not allow access to it' : '';
}
