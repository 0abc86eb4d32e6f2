import type { IDataObject } from 'n8n-workflow';

import { type Engine, EngineError } from '../lib';
import type { Context } from './context';
import { sharedEngine } from './engine';

/** What n8n holds for a credential: a session token and the host of the org's API. */
export interface Token {
  accessToken: string;
  instanceUrl: string;
}

/** A resource that every user of the API may read, and that refuses a token that has expired with 401. */
const cheapResource = '/services/data/v58.0/limits';

/** Who uses a credential in this process, newest last: the newest one asks n8n for all of them. */
interface Use {
  engine: Engine;
  contexts: Context[];
  release: () => void;
}

const uses = new Map<string, Use>();

/**
 * Settings of the Salesforce connector for a credential of n8n's own types (salesforceOAuth2Api, salesforceJwtApi).
 * n8n logs in and refreshes; the engine asks for the token through this process and never sees a refresh token.
 * `release` when the engine needs no more tokens for this use.
 */
export async function hostLogin(context: Context, type: string): Promise<{ config: IDataObject; release: () => void }> {
  const { instanceUrl } = await token(context, type);
  const name = `${type}:${context.getNode().credentials?.[type]?.id ?? context.getNode().id}`;
  const engine = await sharedEngine();
  const known = uses.get(name);
  const use = known?.engine === engine ? known : provide(engine, name, type);
  use.contexts.push(context);
  const release = (): void => {
    const at = use.contexts.indexOf(context);
    if (at >= 0) use.contexts.splice(at, 1);
    if (at < 0 || use.contexts.length > 0) return;
    if (uses.get(name) === use) uses.delete(name);
    use.release();
  };
  return { config: { auth: 'host', credential: name, instanceUrl }, release };
}

function provide(engine: Engine, name: string, type: string): Use {
  const contexts: Context[] = [];
  const release = engine.provideToken(name, ({ stale }) => {
    const newest = contexts.at(-1);
    if (!newest) throw new EngineError('no execution uses this credential any more', { kind: 'cancelled' });
    return token(newest, type, stale);
  });
  const use = { engine, contexts, release };
  uses.set(name, use);
  return use;
}

/**
 * The token that n8n holds. Where there is none, or it is the one that was refused, n8n is made to log in or refresh:
 * by one authenticated call, whose 401 n8n answers by itself, once for all processes that share its database.
 */
export async function token(context: Context, type: string, stale?: string): Promise<Token> {
  const held = await heldToken(context, type);
  if (held.accessToken && held.instanceUrl && held.accessToken !== stale) return held as Token;
  await makeCall(context, type, held.instanceUrl);
  const fresh = await heldToken(context, type);
  if (fresh.accessToken && fresh.instanceUrl && fresh.accessToken !== stale) return fresh as Token;
  throw new EngineError('n8n has no valid session for this Salesforce credential', {
    kind: 'unauthorized',
    field: 'Credential',
  });
}

/** n8n keeps what came with the token: in `oauthTokenData` for OAuth2, beside the other fields for JWT. */
async function heldToken(context: Context, type: string): Promise<Partial<Token>> {
  const data = await context.getCredentials(type);
  const oauth = data['oauthTokenData'] as IDataObject | undefined;
  const accessToken = (oauth?.['access_token'] ?? data['accessToken']) as string | undefined;
  const instanceUrl = (oauth?.['instance_url'] ?? data['instanceUrl']) as string | undefined;
  return { accessToken, instanceUrl: instanceUrl?.replace(/\/+$/, '') };
}

async function makeCall(context: Context, type: string, instanceUrl = ''): Promise<void> {
  if (!instanceUrl && type.includes('OAuth')) {
    const message = 'this credential is not connected to Salesforce yet: open it and connect it';
    throw new EngineError(message, { kind: 'unauthorized', field: 'Credential' });
  }
  const request = { method: 'GET', url: `${instanceUrl}${cheapResource}`, json: true } as const;
  await context.helpers.httpRequestWithAuthentication.call(context, type, request).catch(refused);
}

function refused(error: unknown): never {
  throw new EngineError(`Salesforce login by n8n failed: ${messageOf(error)}`, { kind: 'unauthorized' });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
