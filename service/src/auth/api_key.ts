import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

import type { Engine } from '../../../lib';
import { knownScopes, type Principal, type Scope } from './principal';

/** Kind of the documents in the book. */
export const apiKeyKind = 'api_key';

/** What is kept of a key: never the key itself. */
export interface ApiKeyBody {
  name: string;
  scopes: Scope[];
  /** SHA-256 of the secret part as hex. It has 256 random bits, so a slow hash would protect nothing more. */
  hash: string;
  expiresAt?: string;
  createdBy: string;
}

const idBytes = 6;
const secretBytes = 32;
const keyPattern = /^nds_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

/** Looks like a key of ours, valid or not. */
export function looksLikeApiKey(text: string): boolean {
  return text.startsWith('nds_');
}

/** Makes a key and keeps its hash. `key` is shown once and cannot be had again. */
export async function createApiKey(
  engine: Engine,
  wanted: { name: string; scopes: Scope[]; expiresAt?: string },
  actor: string,
): Promise<{ id: string; key: string }> {
  const id = randomBytes(idBytes).toString('hex');
  const secret = randomBytes(secretBytes).toString('base64url');
  const body: ApiKeyBody = { ...wanted, hash: hashOf(secret), createdBy: actor };
  const detail = { scopes: wanted.scopes, expiresAt: wanted.expiresAt ?? null };
  await engine.book.put(apiKeyKind, id, body, { ifRevision: 0, audit: { actor, action: 'api_key.create', detail } });
  return { id, key: `nds_${id}_${secret}` };
}

/** Who holds this key; null for a wrong, deleted or expired one. */
export async function principalOfKey(engine: Engine, key: string, now: Date): Promise<Principal | null> {
  const [, id, secret] = keyPattern.exec(key) ?? [];
  if (id === undefined || secret === undefined) return null;
  const document = await engine.book.get<ApiKeyBody>(apiKeyKind, id);
  if (!document) return null;
  const { hash, expiresAt, scopes } = document.body;
  if (!timingSafeEqual(Buffer.from(hashOf(secret)), Buffer.from(hash))) return null;
  if (expiresAt !== undefined && new Date(expiresAt) <= now) return null;
  return { id: `key:${id}`, scopes: knownScopes(scopes) };
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
