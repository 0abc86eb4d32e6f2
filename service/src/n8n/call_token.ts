import { randomUUID } from 'node:crypto';

import { SignJWT } from 'jose';

/** n8n keeps what its webhooks are called with, so a token is worth nothing a minute later. */
const secondsMax = 60;

/** A token for one call of a webhook, signed with the key that n8n has as a credential. */
export async function signCall(key: string): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${secondsMax}s`)
    .sign(new TextEncoder().encode(key));
}
