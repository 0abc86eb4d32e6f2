import type { FastifyRequest } from 'fastify';

import { AccessTokens } from '../auth/access_tokens';
import { looksLikeApiKey, principalOfKey } from '../auth/api_key';
import { mayUse, nobody, type Principal, type RouteScope } from '../auth/principal';
import type { App, Context } from '../context';
import { Problem } from '../problem';

const credentialCharactersMax = 8_192;
const failuresPerMinuteMax = 120;

/**
 * Lets nobody in without a credential that has the scope of the route: an access token (`Authorization: Bearer`) or an
 * API key (`X-API-Key`, or as bearer). A route that declares no scope is refused when it is added, so that none is open
 * by oversight. Needs the rate limit, by which failed attempts of one address are slowed down.
 */
export function addAuth(app: App, context: Context): void {
  const tokens = context.settings.auth && new AccessTokens(context.settings.auth, context.now);
  const failures = app.createRateLimit({
    max: failuresPerMinuteMax,
    timeWindow: 60_000,
    keyGenerator: (request) => `failed:${request.ip}`,
  });

  app.addHook('onRoute', ({ config, method, url }) => {
    if (config?.scope === undefined) throw new Error(`${String(method)} ${url} declares no scope`);
  });
  app.decorateRequest('principal', undefined as unknown as Principal);
  app.addHook('onRequest', async (request) => {
    request.principal = nobody;
    const { scope } = request.routeOptions.config;
    if (request.is404 || scope === 'public') return;
    const principal = await identify(request, context, tokens);
    if (!principal) {
      const attempts = await failures(request);
      if (!attempts.isAllowed && attempts.isExceeded) throw tooManyFailures(attempts.ttlInSeconds);
      throw unauthenticated(request);
    }
    request.principal = principal;
    // `scope` is there: onRoute saw to it. Without one nobody gets in.
    if (scope === undefined || !mayUse(principal, scope)) throw forbidden(scope ?? 'admin');
  });
}

async function identify(request: FastifyRequest, context: Context, tokens?: AccessTokens): Promise<Principal | null> {
  const credential = credentialOf(request);
  if (credential === undefined || credential.length > credentialCharactersMax) return null;
  if (looksLikeApiKey(credential)) return principalOfKey(context.engine, credential, context.now());
  return tokens ? tokens.principalOf(credential) : null;
}

function credentialOf(request: FastifyRequest): string | undefined {
  const key = request.headers['x-api-key'];
  if (typeof key === 'string') return looksLikeApiKey(key) ? key : undefined;
  return /^Bearer +([^\s]+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

function unauthenticated(request: FastifyRequest): Problem {
  const given = request.headers.authorization !== undefined || request.headers['x-api-key'] !== undefined;
  const fault = given ? ', error="invalid_token"' : '';
  const detail = given
    ? 'the credential is wrong, expired or not meant for this service'
    : 'send an access token as "Authorization: Bearer TOKEN", or an API key as "X-API-Key: KEY"';
  return new Problem('unauthenticated', detail, {
    headers: { 'www-authenticate': `Bearer realm="data-sync"${fault}` },
  });
}

function forbidden(scope: RouteScope): Problem {
  const challenge = `Bearer realm="data-sync", error="insufficient_scope", scope="${scope}"`;
  return new Problem('forbidden', `this needs the scope ${scope}`, { headers: { 'www-authenticate': challenge } });
}

function tooManyFailures(waitSeconds: number): Problem {
  const headers = { 'retry-after': String(waitSeconds) };
  return new Problem('too-many-requests', 'too many wrong credentials from this address', { headers });
}
