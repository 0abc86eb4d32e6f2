import { createApiKey } from '../../service/src/auth/api_key';
import { until } from '../e2e/support/processes';
import { OpenService } from './support/open_service';
import { type Redis, startRedis } from './support/redis';

const password = 'planted-redis-password';
let redis: Redis;
let open: OpenService[];

beforeAll(async () => {
  redis = await startRedis(password);
  const REDIS_URL = `redis://:${password}@127.0.0.1:${redis.port}`;
  const start = () => OpenService.create({ REDIS_URL, API_RATE_LIMIT_PER_MINUTE: '4' });
  open = await Promise.all([start(), start()]);
});
afterAll(async () => {
  for (const one of open) await one.close();
  await redis.stop();
});

/** The same key in both, as with one database. */
async function sharedKey(): Promise<string> {
  const [first, second] = open as [OpenService, OpenService];
  const { id, key } = await createApiKey(first.engine, { name: 'shared', scopes: ['sync:read'] }, 'test');
  const made = await first.engine.book.get<object>('api_key', id);
  await second.engine.book.put('api_key', id, made!.body);
  return key;
}

const statusesOf = async (key: string, calls: number) => {
  const statuses = [];
  for (let call = 0; call < calls; ++call) {
    statuses.push((await open[call % 2]!.get('/api/integrations', { key })).status);
  }
  return statuses;
};

test('services with one Redis count the requests of a principal together', async () => {
  expect(await statusesOf(await sharedKey(), 6)).toEqual([200, 200, 200, 200, 429, 429]);
});

test('without Redis they go on, and say so without telling its password', async () => {
  const key = await sharedKey();
  await redis.stop();
  expect(await statusesOf(key, 6)).toEqual([200, 200, 200, 200, 200, 200]);
  const told = () => open[0]!.log.join('');
  await until('the log tells of it', () => told().includes('Redis is away'));
  expect(told()).not.toContain(password);
});
