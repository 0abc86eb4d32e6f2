import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';

import { OpenService } from './support/open_service';

const secret = (name: string) => `planted-${name}-${randomBytes(9).toString('hex')}`;
const planted = {
  clientSecret: secret('client-secret'),
  refreshToken: secret('refresh-token'),
  password: secret('password'),
  connection: secret('connection'),
  malformed: secret('malformed'),
  bearer: secret('bearer'),
};
const encryptionKey = randomBytes(32).toString('base64');

let open: OpenService;
let echo: http.Server;
const answers: string[] = [];

/** A system that throws back whatever it is sent, as some do in their error texts. */
function startEcho(): Promise<http.Server> {
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      const told = `refused: ${decodeURIComponent(body)} ${request.headers.authorization ?? ''}`;
      response.statusCode = 400;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ error: 'invalid_client', error_description: told }));
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

beforeAll(async () => {
  echo = await startEcho();
  open = await OpenService.create({ ALLOW_LOOPBACK: 'true', LOG_LEVEL: 'trace', ENCRYPTION_KEY: encryptionKey });
});
afterAll(async () => {
  await open.close();
  echo.closeAllConnections();
  echo.close();
});

async function call(...request: Parameters<OpenService['call']>) {
  const answer = await open.call(...request);
  answers.push(`${JSON.stringify(answer.headers)}${answer.text}`);
  return answer;
}

const integration = (id: string, type: string, config: object) => ({ body: { id, name: id, type, config } });

test('secrets are taken in by every way there is', async () => {
  const loginUrl = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`;
  const { clientSecret, refreshToken, password, connection, malformed, bearer } = planted;
  const made = [
    integration('org', 'salesforce', { loginUrl, authentication: { clientId: 'c', clientSecret } }),
    integration('refreshed', 'salesforce', { loginUrl, authentication: { clientId: 'c', clientSecret, refreshToken } }),
    integration('tables', 'postgresql', { host: '127.0.0.1', port: 1, authentication: { user: 'u', password } }),
    integration('url', 'postgresql', {
      authentication: { connectionString: `postgresql://u:${connection}@127.0.0.1:1/d` },
    }),
    integration('bad', 'postgresql', { authentication: { connectionString: `host=127.0.0.1 port=${malformed}` } }),
  ];
  for (const options of made) expect((await call('POST', '/api/integrations', options)).status).toBe(201);
  const misplaced = integration('x', 'salesforce', { clientSecret, password });
  expect((await call('POST', '/api/integrations', misplaced)).status).toBe(422);
  const authorization = `Bearer ${bearer}`;
  expect((await call('GET', '/api/integrations', { key: null, headers: { authorization } })).status).toBe(401);
  expect((await call('GET', `/api/integrations?key=${bearer}`)).status).toBe(400);
  expect((await call('GET', `/api/${bearer}`)).status).toBe(404);
});

test('and whatever is done with them', async () => {
  for (const id of ['org', 'refreshed', 'tables', 'url', 'bad']) {
    const tested = await call('POST', `/api/integrations/${id}/test`);
    expect([id, tested.body.ok ?? tested.status]).not.toEqual([id, true]);
    await call('GET', `/api/integrations/${id}/schema`);
    await call('GET', `/api/integrations/${id}`);
  }
  await call('GET', '/api/integrations');
  await call('GET', '/api/audit?limit=1000');
  await call('GET', '/api/audit/verify');
  await call('GET', '/openapi.json');
  const { body } = await call('POST', '/api/keys', { body: { name: 'k', scopes: ['sync:read'] } });
  answers.pop();
  (planted as Record<string, string>)['key'] = body.key;
  await call('GET', '/api/keys');
  const book = open.engine.book.get.bind(open.engine.book);
  const leak = new Error(`no route to postgresql://u:${planted.connection}@h/d with Bearer ${planted.bearer}`);
  open.engine.book.get = () => Promise.reject(leak);
  try {
    expect((await call('GET', '/api/integrations/org', { key: open.admin })).status).toBe(500);
  } finally {
    open.engine.book.get = book;
  }
});

test('no answer, no line of the log and no audit entry holds one of them', async () => {
  expect(open.log.length).toBeGreaterThan(20);
  const { entries } = await open.engine.audit.list({ limit: 1000 });
  const texts = { answers: answers.join('\n'), log: open.log.join(''), audit: JSON.stringify(entries) };
  const secrets = Object.entries({ ...planted, encryptionKey, admin: open.admin });
  for (const [where, text] of Object.entries(texts)) {
    const found = secrets.filter(([, value]) => text.includes(value)).map(([name]) => name);
    expect([where, found]).toEqual([where, []]);
  }
});

test('nothing on the disk holds one of them readable', () => {
  const files = fs.readdirSync(open.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const stored = files.map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name)));
  expect(stored.length).toBeGreaterThan(0);
  for (const [name, value] of Object.entries({ ...planted, encryptionKey, admin: open.admin })) {
    expect([name, stored.some((bytes) => bytes.includes(value))]).toEqual([name, false]);
  }
});

test('a line that tells of a secret by its name is cut, whoever writes it', () => {
  const before = open.log.length;
  open.service.context.log.info({ password: 'x1', config: { clientSecret: 'x2' }, a: { b: { token: 'x3' } } }, 'cut');
  open.service.context.log.info({ headers: { authorization: 'Bearer x4' } }, 'cut');
  expect(open.log.slice(before).join('')).not.toMatch(/x[1-4]/);
});
