import { fastify } from 'fastify';

import { scopes } from '../../service/src/auth/principal';
import { addAuth } from '../../service/src/plugins/auth';
import { OpenService } from './support/open_service';

let open: OpenService;
beforeAll(async () => (open = await OpenService.create()));
afterAll(() => open.close());

test('nobody gets in without a credential, and the answer says how', async () => {
  const answer = await open.get('/api/integrations', { key: null });
  expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
  expect(answer.headers['www-authenticate']).toBe('Bearer realm="data-sync"');
  expect(answer.headers['content-type']).toBe('application/problem+json');
});

test.each([
  ['no key at all', 'hello'],
  ['the form of a key', 'nds_000000000000_0000000000000000000000000000000000000000000'],
  ['an empty text', ''],
  ['something very long', `nds_${'a'.repeat(9000)}`],
  ['a member of objects', '__proto__'],
])('a key that is %s opens nothing', async (_, key) => {
  for (const headers of [{ 'x-api-key': key }, { authorization: `Bearer ${key}` }, { authorization: `Basic ${key}` }]) {
    expect((await open.get('/api/integrations', { key: null, headers: headers as never })).status).toBe(401);
  }
});

test('a key with another secret part opens nothing', async () => {
  const key = await open.key('sync:read');
  const last = key.endsWith('A') ? 'B' : 'A';
  expect((await open.get('/api/integrations', { key: key.slice(0, -1) + last })).status).toBe(401);
  expect((await open.get('/api/integrations', { key })).status).toBe(200);
});

test('a key works as a bearer token as well', async () => {
  const headers = { authorization: `Bearer ${await open.key('sync:read')}` };
  expect((await open.get('/api/integrations', { key: null, headers })).status).toBe(200);
});

test('a key opens nothing once its time is over', async () => {
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const { body } = await open.post('/api/keys', { name: 'short', scopes: ['sync:read'], expiresAt });
  expect((await open.get('/api/integrations', { key: body.key })).status).toBe(200);
  open.aheadMs = 3_601_000;
  try {
    expect((await open.get('/api/integrations', { key: body.key })).status).toBe(401);
  } finally {
    open.aheadMs = 0;
  }
});

test('a key opens nothing once it is deleted', async () => {
  const { body } = await open.post('/api/keys', { name: 'gone', scopes: ['sync:read'] });
  expect((await open.get('/api/integrations', { key: body.key })).status).toBe(200);
  expect((await open.delete(`/api/keys/${body.id}`)).status).toBe(204);
  expect((await open.get('/api/integrations', { key: body.key })).status).toBe(401);
});

test('a credential without the scope of the route is told which one it lacks', async () => {
  const key = await open.key('sync:read');
  const answer = await open.post('/api/integrations', { name: 'x', type: 'sqlite', config: {} }, { key });
  expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
  expect(answer.body.detail).toContain('integrations:write');
  expect(answer.headers['www-authenticate']).toContain('scope="integrations:write"');
});

test('every route of the document refuses callers without its scope, and nobody but admins has all', async () => {
  const { body: document } = await open.get('/openapi.json', { key: null });
  const keys = new Map(await Promise.all(scopes.map(async (scope) => [scope, await open.key(scope)] as const)));
  let routes = 0;
  for (const [path, operations] of Object.entries<Record<string, any>>(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const needed = /Needs the scope `([^`]+)`/.exec(operation.description)?.[1];
      const url = path.replaceAll(/\{\w+\}/g, 'nothing');
      const nobody = await open.call(method.toUpperCase(), url, { key: null });
      if (needed === undefined) {
        expect([path, operation.security]).toEqual([path, []]);
        continue;
      }
      ++routes;
      expect([method, path, nobody.status]).toEqual([method, path, 401]);
      for (const [scope, key] of keys) {
        if (scope === needed || scope === 'admin') continue;
        const { status } = await open.call(method.toUpperCase(), url, { key });
        expect([method, path, scope, status]).toEqual([method, path, scope, 403]);
      }
    }
  }
  expect(routes).toBeGreaterThan(15);
});

test('a route that declares no scope cannot be added', async () => {
  const app = fastify();
  app.decorate('createRateLimit', (() => () => Promise.resolve({ isAllowed: true, key: '' })) as never);
  addAuth(app, open.service.context);
  expect(() => app.get('/open', () => 'everything')).toThrow('GET /open declares no scope');
  await app.close();
});

test('wrong credentials of one address are slowed down', async () => {
  const slow = await OpenService.create();
  try {
    const statuses = new Set<number>();
    for (let attempt = 0; attempt < 130; ++attempt)
      statuses.add((await slow.get('/api/keys', { key: 'nds_x' })).status);
    expect(statuses).toEqual(new Set([401, 429]));
    expect((await slow.get('/api/keys')).status).toBe(200);
  } finally {
    await slow.close();
  }
});

test('a principal has so many requests a minute, told in every answer', async () => {
  const limited = await OpenService.create({ API_RATE_LIMIT_PER_MINUTE: '3' });
  try {
    const key = await limited.key('sync:read');
    const answers = [];
    for (let call = 0; call < 4; ++call) answers.push(await limited.get('/api/integrations', { key }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(answers.map(({ headers }) => headers['ratelimit-remaining'])).toEqual(['2', '1', '0', '0']);
    expect(answers[3]!.body).toMatchObject({ code: 'too-many-requests', retryable: true });
    expect(Number(answers[3]!.headers['retry-after'])).toBeGreaterThan(0);
    expect((await limited.get('/api/integrations')).status).toBe(200);
  } finally {
    await limited.close();
  }
});
