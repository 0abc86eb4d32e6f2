import { createApiKey, apiKeyKind } from './auth/api_key';
import { knownScopes, type Scope, scopes } from './auth/principal';
import type { Engine } from '../../lib';

const actor = 'operator';

/** A command that was written wrong. */
export class UsageError extends Error {}

/** What an operator can do beside serving. Each gives the text to print. */
export const commands: Record<string, (engine: Engine, args: string[]) => Promise<string>> = {
  'rotate-keys': rotateKeys,
  'create-key': createKey,
  'erase-key': eraseKey,
};

export const usage = `usage: data-sync-service [COMMAND]

  without a command        serves the API
  rotate-keys              seals every data key anew under the first ENCRYPTION_KEY
  create-key NAME SCOPES [EXPIRES]
                           makes an API key; SCOPES is a list with commas out of ${scopes.join(', ')};
                           EXPIRES is a time such as 2027-01-31T12:00:00Z
  erase-key NAME           destroys a data key (integration/ID, sync/ID) for good`;

/**
 * The key that a new service starts with, if nothing else lets anybody in. It is for whoever started the service, so it
 * is printed, and never logged.
 */
export async function firstKey(engine: Engine): Promise<string | undefined> {
  const { documents } = await engine.book.list(apiKeyKind, { limit: 1 });
  if (documents.length > 0) return undefined;
  const { key } = await createApiKey(engine, { name: 'first key', scopes: ['admin'] }, 'service');
  return key;
}

async function rotateKeys(engine: Engine): Promise<string> {
  const { rewrapped, current } = await engine.rotateKeys({ actor, action: 'keys.rotate' });
  return `${rewrapped} data keys sealed anew, ${current} were under the newest key already`;
}

async function createKey(engine: Engine, [name, list, expires]: string[]): Promise<string> {
  if (!name || !list) throw new UsageError('create-key needs NAME and SCOPES');
  const names = list.split(',');
  const wanted: Scope[] = [...knownScopes(names)];
  if (wanted.length !== names.length) throw new UsageError(`SCOPES: there are ${scopes.join(', ')}`);
  if (expires !== undefined && Number.isNaN(Date.parse(expires))) throw new UsageError('EXPIRES: is no time');
  const expiresAt = expires === undefined ? undefined : new Date(expires).toISOString();
  const { key } = await createApiKey(engine, { name, scopes: wanted, ...(expiresAt && { expiresAt }) }, actor);
  return key;
}

async function eraseKey(engine: Engine, [name]: string[]): Promise<string> {
  if (!name) throw new UsageError('erase-key needs NAME, such as integration/crm');
  if (!(await engine.eraseKey(name, { actor, action: 'keys.erase' }))) {
    throw new UsageError(`there is no data key ${name}`);
  }
  return `${name}: its data key is gone`;
}
