/**
 * OAuth 2.0: token (client_credentials, password, refresh_token, JWT bearer), introspect, userinfo, revoke, identity.
 * The twin plays the login host, the My Domain host and the API host at once.
 */
import { createHmac, createVerify } from 'node:crypto';
import { sessionExpired } from '../errors';
import { empty, formBody, json, type Reply, type Request } from '../http/message';
import type { Route } from '../http/router';
import type { Twin } from '../twin';

export const CREDENTIALS = {
  clientId: 'twin-client',
  clientSecret: 'twin-secret',
  username: 'admin@twin.test',
  password: 'twin-password',
  securityToken: 'twin-token',
} as const;
const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** Salesforce refuses assertions that are valid for longer. */
const JWT_SECONDS_MAX = 300;

class OAuthError extends Error {
  constructor(
    readonly error: string,
    description: string,
    readonly status = 400,
  ) {
    super(description);
  }
}

const refuse = (description: string): OAuthError => new OAuthError('invalid_grant', description);

function checkClient(request: Request, form: URLSearchParams, secretNeeded: boolean): void {
  const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const [basicId, basicSecret] = basic ? Buffer.from(basic, 'base64').toString('utf8').split(':') : [];
  const id = form.get('client_id') ?? basicId;
  const secret = form.get('client_secret') ?? basicSecret;
  if (id !== CREDENTIALS.clientId) throw new OAuthError('invalid_client_id', 'client identifier invalid');
  if (secret === undefined && !secretNeeded) return;
  if (secret !== CREDENTIALS.clientSecret) throw new OAuthError('invalid_client', 'invalid client credentials');
}

function checkAssertion({ org, jwt }: Twin, origin: string, assertion: string): void {
  const [head = '', claims = '', signature = ''] = assertion.split('.');
  let header: { alg?: string };
  let body: { iss?: string; sub?: string; aud?: string; exp?: number };
  try {
    header = JSON.parse(Buffer.from(head, 'base64url').toString('utf8')) as typeof header;
    body = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as typeof body;
  } catch {
    throw refuse('invalid assertion');
  }
  const verifier = createVerify('RSA-SHA256').update(`${head}.${claims}`);
  if (header.alg !== 'RS256' || !verifier.verify(jwt.publicKey, Buffer.from(signature, 'base64url'))) {
    throw refuse('invalid assertion');
  }
  const audiences = ['https://login.salesforce.com', 'https://test.salesforce.com', origin, `${origin}/`];
  if (body.iss !== CREDENTIALS.clientId) throw new OAuthError('invalid_client_id', 'client identifier invalid');
  if (!audiences.includes(String(body.aud))) throw refuse('audience is invalid');
  if (body.sub !== CREDENTIALS.username) throw refuse("user hasn't approved this consumer");
  const left = Number(body.exp) - org.clock.now();
  if (!(left > 0 && left <= JWT_SECONDS_MAX)) throw refuse('assertion is expired or valid for too long');
}

function tokenBody({ org, sessions }: Twin, origin: string, refreshToken: string | null): Reply {
  const id = `${origin}/id/${org.organizationId}/${org.userId}`;
  const issuedAt = String(org.clock.milliseconds());
  const signature = createHmac('sha256', CREDENTIALS.clientSecret)
    .update(id + issuedAt)
    .digest('base64');
  return json(
    {
      access_token: sessions.issue(),
      ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
      signature,
      scope: 'refresh_token api id',
      instance_url: origin,
      id,
      token_type: 'Bearer',
      issued_at: issuedAt,
    },
    200,
    { 'Cache-Control': 'no-cache, no-store' },
  );
}

function grant(request: Request, twin: Twin): Reply {
  const form = formBody(request);
  const type = form.get('grant_type') ?? '';
  let refreshToken: string | null = null;
  if (type === 'client_credentials') {
    checkClient(request, form, true);
  } else if (type === 'password') {
    checkClient(request, form, true);
    const { username, password, securityToken } = CREDENTIALS;
    const good = form.get('username') === username && form.get('password') === password + securityToken;
    if (!good) throw refuse('authentication failure');
  } else if (type === 'refresh_token') {
    checkClient(request, form, false);
    const taken = twin.sessions.refresh(form.get('refresh_token') ?? '');
    if (!taken) throw refuse('expired access/refresh token');
    ({ refreshToken } = taken);
  } else if (type === JWT_GRANT) {
    checkAssertion(twin, request.origin, form.get('assertion') ?? '');
  } else {
    throw new OAuthError('unsupported_grant_type', 'grant type not supported');
  }
  return tokenBody(twin, request.origin, refreshToken);
}

function token(request: Request, twin: Twin): Reply {
  try {
    return grant(request, twin);
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    return json({ error: error.error, error_description: error.message }, error.status);
  }
}

function introspect(request: Request, { org, sessions }: Twin): Reply {
  const form = formBody(request);
  const held = form.get('token') ?? '';
  if (!sessions.isActive(held)) return json({ active: false });
  const exp = sessions.expiresAt(held);
  const iat = exp - org.options.sessionSeconds;
  return json({
    active: true,
    scope: 'refresh_token api id',
    client_id: CREDENTIALS.clientId,
    username: CREDENTIALS.username,
    sub: `${request.origin}/id/${org.organizationId}/${org.userId}`,
    token_type: 'access_token',
    exp,
    iat,
    nbf: iat,
  });
}

const bearer = (request: Request): string =>
  /^(?:Bearer|OAuth)\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1] ??
  request.query.get('access_token') ??
  '';

/** Throws the exact 401 of Salesforce unless the call carries a good token. */
export function requireSession(request: Request, { sessions }: Twin): void {
  if (!sessions.use(bearer(request))) throw sessionExpired();
}

function person(request: Request, { org }: Twin): Record<string, unknown> {
  const rest = `${request.origin}/services/data/v{version}/`;
  return {
    user_id: org.userId,
    organization_id: org.organizationId,
    nickname: 'admin',
    email: CREDENTIALS.username,
    email_verified: true,
    zoneinfo: 'Europe/Amsterdam',
    photos: {},
    active: true,
    user_type: 'STANDARD',
    language: 'en_US',
    urls: {
      rest,
      sobjects: `${rest}sobjects/`,
      query: `${rest}query/`,
      enterprise: `${request.origin}/services/Soap/c/{version}`,
    },
  };
}

function userinfo(request: Request, twin: Twin): Reply {
  requireSession(request, twin);
  const { org } = twin;
  const sub = `${request.origin}/id/${org.organizationId}/${org.userId}`;
  return json({ sub, preferred_username: CREDENTIALS.username, name: 'Twin Admin', ...person(request, twin) });
}

function identity(request: Request, twin: Twin): Reply {
  requireSession(request, twin);
  const id = `${request.origin}/id/${twin.org.organizationId}/${twin.org.userId}`;
  return json({
    id,
    asserted_user: true,
    username: CREDENTIALS.username,
    display_name: 'Twin Admin',
    ...person(request, twin),
  });
}

function revoke(request: Request, { sessions }: Twin): Reply {
  sessions.revoke(formBody(request).get('token') ?? request.query.get('token') ?? '');
  return empty(200);
}

export const authRoutes: Route[] = [
  { method: 'POST', pattern: '/services/oauth2/token', handler: token },
  { method: 'POST', pattern: '/services/oauth2/introspect', handler: introspect },
  { method: 'GET', pattern: '/services/oauth2/userinfo', handler: userinfo },
  { method: 'POST', pattern: '/services/oauth2/revoke', handler: revoke },
  { method: 'GET', pattern: '/services/oauth2/revoke', handler: revoke },
  { method: 'GET', pattern: '/id/:organization/:user', handler: identity },
];
