import * as net from 'node:net';

import { Value } from '@sinclair/typebox/value';

import { ProblemSchema } from '../../service/src/schemas/problem';
import { OpenService, sqliteIntegration } from './support/open_service';

let open: OpenService;
beforeAll(async () => {
  open = await OpenService.create();
  await open.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => open.close());

const json = { 'content-type': 'application/json' };

/** Sends bytes as they are, and gives what comes back until the other side has said enough. */
function raw(text: string): Promise<string> {
  const { port } = open.app.server.address() as net.AddressInfo;
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.setEncoding('utf8').on('error', reject);
    socket.on('data', (part: string) => {
      answer += part;
      if (answer.includes('\r\n\r\n')) socket.end();
    });
    socket.on('close', () => resolve(answer));
  });
}

test.each([
  ['no route', 'GET', '/api/nothing', undefined, 404, 'not-found'],
  ['no such thing', 'GET', '/api/integrations/nothing', undefined, 404, 'not-found'],
  ['a bad id', 'GET', '/api/integrations/%20', undefined, 400, 'invalid-request'],
  ['a bad escape', 'GET', '/api/integrations/%zz', undefined, 400, 'invalid-request'],
  ['a long id', 'GET', `/api/integrations/${'a'.repeat(500)}`, undefined, 400, 'invalid-request'],
  ['an unknown filter', 'GET', '/api/integrations?colour=red', undefined, 400, 'invalid-request'],
  ['a limit that is too large', 'GET', '/api/integrations?limit=1001', undefined, 400, 'invalid-request'],
  ['no JSON', 'POST', '/api/integrations', '{"name":', 400, 'malformed-body'],
  ['an empty body', 'POST', '/api/integrations', '', 400, 'invalid-request'],
  ['a changed prototype', 'POST', '/api/integrations', '{"__proto__":{"a":1}}', 400, 'malformed-body'],
  ['a list', 'POST', '/api/integrations', '[]', 400, 'invalid-request'],
  ['null', 'POST', '/api/integrations', 'null', 400, 'invalid-request'],
  // Lists have a function of the name of this member.
  ['a list for a mapping', 'POST', '/api/mappings', '{"name":"a","fieldMappings":[["a"]]}', 400, 'invalid-request'],
  ['too much', 'POST', '/api/integrations', `{"name":"${'x'.repeat(1_100_000)}"}`, 413, 'body-too-large'],
] as const)('%s is answered with a problem', async (_, method, url, body, status, code) => {
  const answer = await open.call(method, url, { body, headers: body === undefined ? {} : json });
  expect([answer.status, answer.body?.code]).toEqual([status, code]);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(Value.Check(ProblemSchema, answer.body)).toBe(true);
  expect(answer.body.status).toBe(status);
  expect(answer.body.instance).toBe(`urn:data-sync:request:${answer.headers['x-request-id']}`);
});

test('a body of another type is refused', async () => {
  const headers = { 'content-type': 'text/xml' };
  expect((await open.post('/api/integrations', '<x/>', { headers })).body.code).toBe('unsupported-media-type');
});

test('every fault of a body is listed with its JSON Pointer, and no value is repeated', async () => {
  const { id: _, ...wanted } = sqliteIntegration(open, 'x');
  const body = { ...wanted, name: '', type: 'planted', 'a/b~c': 1 };
  const { body: problem, text } = await open.post('/api/integrations', body);
  expect(problem.errors).toEqual([
    { pointer: '/a~1b~0c', in: 'body', detail: expect.stringContaining('not known') },
    { pointer: '/name', in: 'body', detail: expect.any(String) },
    { pointer: '/type', in: 'body', detail: expect.stringContaining('"salesforce"') },
  ]);
  expect(text).not.toContain('planted');
});

test('a body of a million faults lists a few of them', async () => {
  const records = Array.from({ length: 100_000 }, () => 1);
  const { status, body } = await open.post('/api/mappings/x/preview', { records });
  expect([status, body.errors.length]).toEqual([400, 20]);
});

test('a sane request id is taken over, any other is replaced', async () => {
  const sane = await open.get('/api/integrations', { headers: { 'x-request-id': 'trace-1:2' } });
  expect(sane.headers['x-request-id']).toBe('trace-1:2');
  for (const id of ['a b', '<script>', 'x'.repeat(65), '\\n']) {
    const { headers } = await open.get('/api/integrations', { headers: { 'x-request-id': id } });
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  }
});

test('every answer has headers that keep browsers from doing anything with it', async () => {
  for (const url of ['/api/integrations', '/api/nothing', '/openapi.json']) {
    const { headers } = await open.get(url);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
  }
});

test('headers that are too large are refused before anything is read', async () => {
  const answer = await raw(`GET /api/integrations HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  expect(answer).toContain('"code":"headers-too-large"');
});

test('what is no HTTP is refused, and the service goes on', async () => {
  expect(await raw('hello there\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  expect(await raw('POST /api/integrations HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 400 /,
  );
  expect((await open.get('/api/integrations')).status).toBe(200);
});
