import { createSecretKey, generateKeyPairSync } from 'node:crypto';

import { decodeJwt, decodeProtectedHeader, exportSPKI, importJWK, SignJWT, UnsecuredJWT } from 'jose';

import { OidcProvider } from './support/oidc';
import { OpenService } from './support/open_service';
import { PlainIssuer } from './support/plain_issuer';

const audience = 'https://api.nexpo.example';
let provider: OidcProvider;
let open: OpenService;

beforeAll(async () => {
  provider = await OidcProvider.start();
  open = await OpenService.create({
    AUTH_ISSUER: provider.issuer,
    AUTH0_AUDIENCE: audience,
    AUTH_JWKS_COOLDOWN_SECONDS: '0',
  });
});
afterAll(async () => {
  await open.close();
  await provider.stop();
});

const with_ = (token: string) => ({ key: null, headers: { authorization: `Bearer ${token}` } });
const statusWith = async (token: string) => (await open.get('/api/integrations', with_(token))).status;

async function publicKeys(): Promise<any[]> {
  const { jwks_uri: uri } = (await (await fetch(`${provider.issuer}/.well-known/openid-configuration`)).json()) as any;
  return ((await (await fetch(uri)).json()) as any).keys;
}

test('a token of the issuer for this audience is let in, as who it is for', async () => {
  const token = await provider.token(audience, 'sync:read', 'integrations:write');
  expect(decodeProtectedHeader(token).alg).toBe('RS256');
  expect(await statusWith(token)).toBe(200);
  const wanted = { id: 'by-token', name: 'x', type: 'sqlite', config: { path: open.file('x.db') } };
  expect((await open.post('/api/integrations', wanted, with_(token))).status).toBe(201);
  const { body } = await open.get('/api/audit?subject=integration/by-token');
  expect(body.items[0].actor).toBe('token:machine');
});

test('a token has the scopes it has, and no others', async () => {
  const token = await provider.token(audience, 'sync:read', 'other:thing');
  const refused = await open.post('/api/integrations', { name: 'x', type: 'sqlite', config: {} }, with_(token));
  expect([refused.status, refused.body.detail]).toEqual([403, 'this needs the scope integrations:write']);
  expect(refused.headers['www-authenticate']).toContain('insufficient_scope');
  expect((await open.get('/api/audit', with_(await provider.token(audience, 'admin')))).status).toBe(200);
});

test('a token for another audience is refused', async () => {
  const answer = await open.get('/api/integrations', with_(await provider.token('https://other.example', 'admin')));
  expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
  expect(answer.headers['www-authenticate']).toContain('invalid_token');
});

test('a token whose time is over is refused', async () => {
  const token = await provider.token(audience, 'sync:read');
  open.aheadMs = 700_000;
  try {
    expect(await statusWith(token)).toBe(401);
  } finally {
    open.aheadMs = 0;
  }
  expect(await statusWith(token)).toBe(200);
});

test('a token of another issuer is refused', async () => {
  const other = await OidcProvider.start();
  try {
    expect(await statusWith(await other.token(audience, 'admin'))).toBe(401);
  } finally {
    await other.stop();
  }
});

test('a token that was changed is refused', async () => {
  const [head, , signature] = (await provider.token(audience, 'sync:read')).split('.');
  const claims = { ...decodeJwt(await provider.token(audience, 'sync:read')), scope: 'admin' };
  const forged = `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
  expect(await statusWith(forged)).toBe(401);
});

test('a token that needs no key is refused', async () => {
  const claims = decodeJwt(await provider.token(audience, 'admin'));
  expect(await statusWith(new UnsecuredJWT(claims).encode())).toBe(401);
});

test("a token that takes the issuer's public key for a shared secret is refused", async () => {
  const token = await provider.token(audience, 'admin');
  const [jwk] = await publicKeys();
  const pem = await exportSPKI((await importJWK(jwk, 'RS256')) as never);
  const secret = createSecretKey(Buffer.from(pem));
  const forged = await new SignJWT(decodeJwt(token)).setProtectedHeader({ alg: 'HS256', kid: jwk.kid }).sign(secret);
  expect(await statusWith(forged)).toBe(401);
});

test("a token signed by somebody else under the name of the issuer's key is refused", async () => {
  const token = await provider.token(audience, 'admin');
  const { kid } = decodeProtectedHeader(token);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const forged = await new SignJWT(decodeJwt(token)).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
  expect(await statusWith(forged)).toBe(401);
  const named = { alg: 'RS256', kid, jwk: { kty: 'RSA' }, jku: 'http://127.0.0.1/keys' };
  expect(await statusWith(await new SignJWT(decodeJwt(token)).setProtectedHeader(named).sign(privateKey))).toBe(401);
});

test('permissions of Auth0 are scopes as well; a token that never ends or names another issuer is none', async () => {
  const issuer = await PlainIssuer.start();
  const tenant = await OpenService.create({ AUTH_ISSUER: issuer.issuer, AUTH0_AUDIENCE: audience });
  try {
    const claims = { permissions: ['sync:read'], aud: ['other', audience], sub: 'app@clients' };
    const token = await issuer.token(claims);
    expect((await tenant.get('/api/integrations', with_(token))).status).toBe(200);
    expect((await tenant.get('/api/keys', with_(token))).status).toBe(403);
    const endless = await issuer.token(claims, { ends: false });
    expect((await tenant.get('/api/integrations', with_(endless))).status).toBe(401);
    const foreign = await issuer.token({ ...claims, iss: 'https://other.example/' });
    expect((await tenant.get('/api/integrations', with_(foreign))).status).toBe(401);
  } finally {
    await tenant.close();
    await issuer.stop();
  }
});

test('when the issuer changes its key, new tokens are let in and old ones are not', async () => {
  const before = await provider.token(audience, 'sync:read');
  expect(await statusWith(before)).toBe(200);
  await provider.rotate();
  const after = await provider.token(audience, 'sync:read');
  expect(decodeProtectedHeader(after).kid).not.toBe(decodeProtectedHeader(before).kid);
  expect(await statusWith(after)).toBe(200);
  expect(await statusWith(before)).toBe(401);
});

test('when the issuer cannot be reached, tokens are not refused for good, and API keys go on', async () => {
  const gone = await OidcProvider.start();
  const token = await gone.token(audience, 'sync:read');
  await gone.stop();
  const lonely = await OpenService.create({ AUTH_ISSUER: gone.issuer, AUTH0_AUDIENCE: audience });
  try {
    const answer = await lonely.get('/api/integrations', with_(token));
    expect([answer.status, answer.body.code, answer.body.retryable]).toEqual([503, 'unavailable', true]);
    expect((await lonely.get('/api/integrations')).status).toBe(200);
  } finally {
    await lonely.close();
  }
});

test('the keys of the issuer are fetched once for many tokens', async () => {
  const issuer = await PlainIssuer.start();
  const many = await OpenService.create({ AUTH_ISSUER: issuer.issuer, AUTH0_AUDIENCE: audience });
  try {
    const claims = { scope: 'sync:read', aud: audience, sub: 'a' };
    const good = with_(await issuer.token(claims));
    for (let call = 0; call < 10; ++call) expect((await many.get('/api/integrations', good)).status).toBe(200);
    // Names of keys that are not there do not make the service ask again and again: the cooldown is half a minute.
    for (let call = 0; call < 10; ++call) {
      const unknown = await issuer.token(claims, { kid: `none-${call}` });
      expect((await many.get('/api/integrations', with_(unknown))).status).toBe(401);
    }
    expect(issuer.fetched).toBe(1);
  } finally {
    await many.close();
    await issuer.stop();
  }
});
