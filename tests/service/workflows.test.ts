// Workflows where n8n does not do what it should. What it does: tests/e2e/n8n/workflows.test.ts.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { decodeJwt, jwtVerify } from 'jose';

import { answerBytesMax } from '../../service/src/n8n/answer';
import { N8nClient } from '../../service/src/n8n/client';
import type { WorkflowRequest } from '../../service/src/schemas/workflow';
import { N8nStandIn } from './support/n8n_stand_in';
import { OpenService } from './support/open_service';

const apiKey = 'planted-n8n-key';
const node = (name: string) => ({ name, type: 'n8n-nodes-base.noOp' });
const request = {
  name: 'Orders',
  trigger: { type: 'webhook', config: {} },
  nodes: [node('A'), node('B')],
  connections: [{ source: 'A', target: 'B' }],
} satisfies WorkflowRequest;

let n8n: N8nStandIn;
let open: OpenService;

beforeAll(async () => {
  n8n = await N8nStandIn.start();
  open = await OpenService.create({ N8N_BASE_URL: n8n.url, N8N_API_KEY: apiKey });
});
beforeEach(() => void n8n.asked.splice(0));
afterAll(async () => {
  await open.close();
  await n8n.stop();
});

/** Answers as n8n does where all goes well; `other` comes first. */
function behaves(other: Record<string, [status: number, body: unknown]> = {}): void {
  const kept = { id: 'wf1', name: 'Orders', active: true, updatedAt: '2026-01-01T00:00:00.000Z' };
  const usual: typeof other = {
    'POST /api/v1/credentials': [200, { id: 'c1', name: 'Data Sync: Orders' }],
    'DELETE /api/v1/credentials/c1': [200, {}],
    'POST /api/v1/workflows': [200, kept],
    'GET /api/v1/workflows/wf1': [200, kept],
    'DELETE /api/v1/workflows/wf1': [200, {}],
    'POST /api/v1/workflows/wf1/activate': [200, kept],
  };
  const answers = { ...usual, ...other };
  n8n.answer = ({ method, url }, response) => {
    const line = `${method} ${url!.split('?')[0]}`;
    const found = Object.keys(answers).find((key) => line.startsWith(key) && (key.endsWith('/') || line === key));
    const [status, body] = found ? answers[found]! : [404, { message: 'not found' }];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
}

/** Makes the workflow wf1, unless an earlier test did. */
async function made(): Promise<void> {
  behaves();
  if (await open.engine.book.get('workflow', 'wf1')) return;
  const answer = await open.post('/api/workflows', request);
  expect([answer.status, answer.body]).toEqual([201, expect.objectContaining({ id: 'wf1', status: 'active' })]);
}

it('answers 503 not-configured on every route without n8n', async () => {
  const bare = await OpenService.create();
  const answers = [
    await bare.get('/api/workflows'),
    await bare.post('/api/workflows', request),
    await bare.get('/api/workflows/wf1'),
    await bare.post('/api/workflows/wf1/execute', {}),
    await bare.get('/api/workflows/wf1/executions'),
    await bare.get('/api/workflows/wf1/executions/1'),
  ];
  await bare.close();
  for (const { status, body } of answers) expect([status, body.code]).toEqual([503, 'not-configured']);
});

it('asks for a scope on every route', async () => {
  behaves();
  const key = await open.key('conflicts:decide');
  const calls = [
    await open.get('/api/workflows', { key }),
    await open.post('/api/workflows', request, { key }),
    await open.post('/api/workflows/wf1/execute', {}, { key }),
    await open.get('/api/workflows/wf1/executions', { key }),
  ];
  for (const { status } of calls) expect(status).toBe(403);
  expect(n8n.asked).toEqual([]);
});

it.each([
  [401, 502, 'bad-gateway'],
  [403, 502, 'bad-gateway'],
  [429, 503, 'unavailable'],
  [500, 503, 'unavailable'],
  [400, 422, 'invalid'],
])('tells the %d of n8n as a %d without the key, and leaves nothing behind', async (status, told, code) => {
  behaves({ 'POST /api/v1/workflows': [status, { message: `no, ${apiKey} may not` }] });
  const answer = await open.post('/api/workflows', request);
  expect([answer.status, answer.body.code]).toEqual([told, code]);
  expect(answer.text + open.log.join()).not.toContain(apiKey);
  if (told === 503) expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expect(n8n.asked.map(({ line }) => line)).toContain('DELETE /api/v1/credentials/c1');
  expect((await open.engine.book.list('workflow')).documents).toEqual([]);
});

it('takes the workflow, its credential and its document back if n8n does not activate it', async () => {
  behaves({ 'POST /api/v1/workflows/wf1/activate': [400, { message: 'node A has no credential' }] });
  const answer = await open.post('/api/workflows', request);
  expect([answer.status, answer.body.detail]).toEqual([422, expect.stringContaining('node A has no credential')]);
  const deleted = n8n.asked.map(({ line }) => line).filter((line) => line.startsWith('DELETE'));
  expect(deleted).toEqual(['DELETE /api/v1/workflows/wf1', 'DELETE /api/v1/credentials/c1']);
  expect(await open.engine.book.get('workflow', 'wf1')).toBeNull();
});

it('tells that n8n is not there, and may be later', async () => {
  const gone = await N8nStandIn.start();
  const { url } = gone;
  await gone.stop();
  const client = new N8nClient({ baseUrl: url, apiKey });
  await expect(client.ping()).rejects.toMatchObject({ code: 'unavailable', status: 503 });
});

it('does not wait for an answer that does not come, or does not end', async () => {
  const client = new N8nClient({ baseUrl: n8n.url, apiKey }, 100);
  n8n.answer = () => {};
  await expect(client.ping()).rejects.toMatchObject({ code: 'unavailable' });
  n8n.answer = (_request, response) => void response.writeHead(200).write('{"data":');
  await expect(client.ping()).rejects.toMatchObject({ code: 'unavailable' });
});

it('reads no more of an answer than it can bear', async () => {
  const client = new N8nClient({ baseUrl: n8n.url, apiKey });
  n8n.answer = (_request, response) => {
    response.on('error', () => {}).writeHead(200);
    response.end(Buffer.alloc(answerBytesMax + 1, ' '));
  };
  await expect(client.ping()).rejects.toMatchObject({
    code: 'bad-gateway',
    message: expect.stringContaining('32 MiB'),
  });
});

it('takes what is no JSON for another program', async () => {
  n8n.says(200, '<html>welcome</html>');
  const client = new N8nClient({ baseUrl: n8n.url, apiKey });
  await expect(client.ping()).rejects.toMatchObject({ code: 'bad-gateway' });
});

it.each([null, [], 'text', {}, { data: [{}] }, { id: 1 }, { data: [], nextCursor: 5 }, { id: 'wf1', active: 'yes' }])(
  'says that n8n answers in a way that is not known, and does not fail of it: %j',
  async (nonsense) => {
    await made();
    n8n.says(200, nonsense);
    const answers = [
      await open.get('/api/workflows'),
      await open.get('/api/workflows/wf1'),
      await open.post('/api/workflows', request),
      await open.post('/api/workflows/wf1/execute', {}),
      await open.get('/api/workflows/wf1/executions'),
      await open.get('/api/workflows/wf1/executions/1'),
    ];
    for (const { status, body } of answers) expect([status, body.code]).toEqual([502, 'bad-gateway']);
  },
);

it('follows no redirect, so that the key goes to n8n alone', async () => {
  let reached = 0;
  const elsewhere = createServer((_request, response) => void response.end(String(++reached)));
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
  n8n.says(302, {}, { location });
  await expect(new N8nClient({ baseUrl: n8n.url, apiKey }).ping()).rejects.toMatchObject({ code: 'unavailable' });
  elsewhere.close();
  expect(reached).toBe(0);
});

it('calls the webhook until it is open, with a token that n8n has the key of and that ends soon', async () => {
  let key = '';
  behaves();
  const usual = n8n.answer;
  n8n.answer = (incoming, response) => {
    if (incoming.url !== '/api/v1/credentials') {
      usual(incoming, response);
      return;
    }
    let body = '';
    incoming
      .on('data', (part) => (body += String(part)))
      .on('end', () => {
        key = JSON.parse(body).data.secret;
        usual(incoming, response);
      });
  };
  await open.engine.book.delete('workflow', 'wf1');
  await open.post('/api/workflows', request);
  const ended = { id: '7', workflowId: 'wf1', status: 'success', startedAt: '2026-01-01T00:00:00.000Z' };
  let calls = 0;
  n8n.answer = (incoming, response) => {
    const isWebhook = incoming.url!.startsWith('/webhook/');
    if (isWebhook && ++calls < 3) return void response.writeHead(404).end('{"message":"not registered"}');
    if (!isWebhook && !incoming.url!.includes('/executions/')) {
      usual(incoming, response);
      return;
    }
    response.end(JSON.stringify(isWebhook ? { executionId: '7' } : ended));
  };
  const answer = await open.post('/api/workflows/wf1/execute', { waitSeconds: 5 });
  expect([answer.status, answer.body]).toEqual([200, expect.objectContaining({ id: '7', status: 'success' })]);
  expect(answer.headers['location']).toBe('/api/workflows/wf1/executions/7');
  const tokens = n8n.asked.filter(({ line }) => line.startsWith('POST /webhook/')).map(({ token }) => token!.slice(7));
  expect(tokens).toHaveLength(3);
  const { payload } = await jwtVerify(tokens[2]!, new TextEncoder().encode(key), { algorithms: ['HS256'] });
  expect(payload.exp! - payload.iat!).toBeLessThanOrEqual(60);
  expect(new Set(tokens.map((token) => decodeJwt(token).jti)).size).toBe(3);
  expect(n8n.asked.every(({ line, key: sent }) => !line.startsWith('POST /webhook/') || sent === undefined)).toBe(true);
});

it('says so if the webhook refuses the token, or does not tell which execution it has started', async () => {
  await made();
  behaves({ 'POST /webhook/': [403, { message: 'jwt malformed' }] });
  expect((await open.post('/api/workflows/wf1/execute', {})).body).toMatchObject({ code: 'bad-gateway' });
  behaves({ 'POST /webhook/': [200, { message: 'Workflow was started' }] });
  expect((await open.post('/api/workflows/wf1/execute', {})).body).toMatchObject({ code: 'bad-gateway' });
});

it('does not show executions of other workflows', async () => {
  await made();
  const foreign = { id: '9', workflowId: 'wf2', status: 'success', startedAt: '2026-01-01T00:00:00.000Z' };
  behaves({ 'GET /api/v1/executions/9': [200, foreign] });
  expect((await open.get('/api/workflows/wf1/executions/9')).status).toBe(404);
});

it('takes its own cursors alone', async () => {
  await made();
  for (const cursor of ['x', Buffer.from('["workflows","wf1"]').toString('base64url')]) {
    const answer = await open.get(`/api/workflows/wf1/executions?cursor=${cursor}`);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid-cursor']);
  }
});

it('refuses a schedule that is none, before it asks n8n for anything', async () => {
  const trigger = { type: 'schedule', config: { cron: '99 * * * *' } };
  const answer = await open.post('/api/workflows', { ...request, trigger });
  expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([422, '/trigger/config']);
  expect(n8n.asked).toEqual([]);
});
