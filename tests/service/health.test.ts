import { Check } from '../../service/src/health/check';
import { N8nStandIn } from './support/n8n_stand_in';
import { OpenService, salesforceIntegration, sqliteIntegration } from './support/open_service';
import { freePort, startRedis } from './support/redis';

const anonymous = { key: null };
const opened: { close(): Promise<void> }[] = [];

async function serve(environment: Record<string, string> = {}): Promise<OpenService> {
  const open = await OpenService.create(environment);
  opened.push(open);
  return open;
}

afterEach(async () => {
  for (const open of opened.splice(0)) await open.close();
});

it('is well with nothing but the embedded defaults, and says so to everybody', async () => {
  const open = await serve();
  const health = await open.get('/health', anonymous);
  expect([health.status, health.body]).toEqual([
    200,
    { service: 'ok', database: 'ok', redis: 'not_configured', n8n: 'not_configured', integrations: {} },
  ]);
  const ready = await open.get('/health/ready', anonymous);
  expect([ready.status, ready.body]).toEqual([200, { service: 'ok', database: 'ok', redis: 'not_configured' }]);
  const live = await open.get('/health/live', anonymous);
  expect([live.status, live.body]).toEqual([200, { service: 'ok' }]);
});

it('asks a real Redis, and is not ready without it, yet alive', async () => {
  const redis = await startRedis('planted-password');
  const open = await serve({ REDIS_URL: `redis://default:planted-password@127.0.0.1:${redis.port}` });
  try {
    expect((await open.get('/health/ready', anonymous)).body).toMatchObject({ redis: 'ok' });
  } finally {
    await redis.stop();
  }
  // The answer before is good for some seconds.
  expect((await open.get('/health/ready', anonymous)).status).toBe(200);
  open.aheadMs = 10_000;
  const ready = await open.get('/health/ready', anonymous);
  expect([ready.status, ready.body.redis]).toEqual([503, 'error']);
  expect((await open.get('/health', anonymous)).status).toBe(503);
  expect((await open.get('/health/live', anonymous)).status).toBe(200);
});

it('tells a wrong password of Redis as an error, without the password', async () => {
  const redis = await startRedis('right');
  const open = await serve({ REDIS_URL: `redis://default:planted-wrong@127.0.0.1:${redis.port}` });
  try {
    const ready = await open.get('/health/ready', anonymous);
    expect([ready.status, ready.body.redis]).toEqual([503, 'error']);
    expect(ready.text + open.log.join()).not.toContain('planted-wrong');
  } finally {
    await redis.stop();
  }
});

it('is not well if n8n refuses the key or is not there, yet ready', async () => {
  const n8n = await N8nStandIn.start();
  const open = await serve({ N8N_BASE_URL: n8n.url, N8N_API_KEY: 'planted-key' });
  const verdict = async () => {
    open.aheadMs += 10_000;
    const { status, body, text } = await open.get('/health', anonymous);
    expect(text).not.toContain('planted-key');
    return [status, body.n8n];
  };
  n8n.says(200, { data: [], nextCursor: null });
  expect(await verdict()).toEqual([200, 'ok']);
  expect(n8n.asked[0]!.key).toBe('planted-key');
  n8n.says(401, { message: 'unauthorized' });
  expect(await verdict()).toEqual([503, 'error']);
  await n8n.stop();
  expect(await verdict()).toEqual([503, 'error']);
  expect((await open.get('/health/ready', anonymous)).status).toBe(200);
});

it('tells by type of system how the integrations did in their last test, the worst first', async () => {
  const open = await serve({ ALLOW_LOOPBACK: 'true' });
  const integrations = async () => {
    open.aheadMs += 10_000;
    const { status, body } = await open.get('/health', anonymous);
    return [status, body.integrations];
  };
  await open.post('/api/integrations', sqliteIntegration(open, 'files'));
  expect(await integrations()).toEqual([200, { sqlite: 'untested' }]);
  await open.post('/api/integrations/files/test');
  expect(await integrations()).toEqual([200, { sqlite: 'ok' }]);
  const loginUrl = `http://127.0.0.1:${await freePort()}`;
  const org = salesforceIntegration('org');
  await open.post('/api/integrations', { ...org, config: { ...org.config, loginUrl } });
  await open.post('/api/integrations/org/test');
  expect(await integrations()).toEqual([503, { sqlite: 'ok', salesforce: 'error' }]);
  const { body, headers } = await open.get('/api/integrations/org');
  const switchedOff = { name: body.name, type: body.type, config: body.config, status: 'inactive' };
  const changed = await open.put('/api/integrations/org', switchedOff, { headers: { 'if-match': headers['etag'] } });
  expect([changed.status, changed.body]).toEqual([200, expect.anything()]);
  expect(await integrations()).toEqual([200, { sqlite: 'ok' }]);
});

describe('a check', () => {
  it('asks once for all who wait, and not again while the answer is fresh', async () => {
    let time = 0;
    let asked = 0;
    const check = new Check(
      () => Promise.resolve(++asked),
      () => new Date(time),
    );
    const ask = () => check.verdict();
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(['ok', 'ok', 'ok']);
    time = 4_000;
    await ask();
    expect(asked).toBe(1);
    time = 6_000;
    await ask();
    expect(asked).toBe(2);
  });

  it('does not wait for a system that does not answer, and does not ask it again meanwhile', async () => {
    let asked = 0;
    let answer = () => {};
    const silent = () => {
      ++asked;
      return new Promise<void>((resolve) => (answer = resolve));
    };
    const check = new Check(silent, () => new Date(0), 20);
    expect(await check.verdict()).toBe('timeout');
    expect(await check.verdict()).toBe('timeout');
    expect(asked).toBe(1);
    answer();
    expect(await check.verdict()).toBe('ok');
  });
});
