/** Logging in, and the life of sessions. */
import { createSign } from 'node:crypto';
import { TwinClient } from './test_client';

let twin: TwinClient;

beforeAll(async () => {
  twin = await TwinClient.start({ objects: { Account: 1 } });
});
beforeEach(() => twin.logIn());
afterAll(() => twin.close());

describe('login', () => {
  const jwt = async (claims: object, alg = 'RS256') => {
    const { text: key } = await twin.call('GET', '/__twin/jwt-key');
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${part({ alg })}.${part(claims)}`;
    const signature = createSign('RSA-SHA256').update(signed).sign(key).toString('base64url');
    return twin.grant({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: `${signed}.${signature}`,
    });
  };
  const exp = () => Math.floor(Date.now() / 1000) + 120;
  const claims = () => ({
    iss: 'twin-client',
    sub: 'admin@twin.test',
    aud: 'https://login.salesforce.com',
    exp: exp(),
  });

  test('JWT bearer: a good assertion gets a token without a refresh token', async () => {
    const { status, body } = await jwt(claims());
    expect(status).toBe(200);
    expect(body.issued_at).toMatch(/^\d{13}$/);
    expect(body).not.toHaveProperty('refresh_token');
  });

  test('JWT bearer: expired, for another audience, unsigned or too long is refused', async () => {
    const bad = [{ exp: exp() - 300 }, { aud: 'https://elsewhere.example' }, { exp: exp() + 3600 }, { sub: 'nobody' }];
    for (const change of bad) expect((await jwt({ ...claims(), ...change })).body.error).toBe('invalid_grant');
    expect((await jwt(claims(), 'none')).body.error).toBe('invalid_grant');
  });

  test('the session slides on use, ends after two idle hours and by order, with the exact 401', async () => {
    const exact = '[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]';
    await twin.control('clock', { advanceSeconds: 7000 });
    expect((await twin.query('SELECT Id FROM User')).status).toBe(200);
    await twin.control('clock', { advanceSeconds: 7000 });
    expect((await twin.query('SELECT Id FROM User')).status).toBe(200);
    await twin.control('clock', { advanceSeconds: 7201 });
    expect(await twin.query('SELECT Id FROM User')).toMatchObject({ status: 401, text: exact });
    await twin.control('clock', { advanceSeconds: -21_201 });
    await twin.logIn();
    await twin.faults({ kind: 'expire_tokens' });
    expect(await twin.query('SELECT Id FROM User')).toMatchObject({ status: 401, text: exact });
  });

  test('a rotated refresh token works once', async () => {
    await twin.faults({ kind: 'rotate_refresh_token' });
    const refresh = (refresh_token: string) => twin.grant({ grant_type: 'refresh_token', refresh_token });
    const first = (await refresh('twin-refresh')).body.refresh_token as string;
    expect((await refresh('twin-refresh')).body).toEqual({
      error: 'invalid_grant',
      error_description: 'expired access/refresh token',
    });
    expect((await refresh(first)).status).toBe(200);
    await twin.control('options', { rotateRefreshToken: false });
  });

  test('introspection and revocation tell the truth about a token', async () => {
    const look = async () =>
      (
        await twin.call(
          'POST',
          '/services/oauth2/introspect',
          new URLSearchParams({ token: twin.token, client_id: 'twin-client', client_secret: 'twin-secret' }),
        )
      ).body;
    expect(await look()).toMatchObject({ active: true, username: 'admin@twin.test' });
    await twin.call('POST', '/services/oauth2/revoke', new URLSearchParams({ token: twin.token }));
    expect(await look()).toEqual({ active: false });
  });
});
