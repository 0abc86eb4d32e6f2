import { Redis } from 'ioredis';

const connectMillisMax = 2_500;
const goMillisMax = 200;

/** Connects, says PING and goes. Throws if Redis does not answer or refuses the login. */
export async function pingRedis(url: string): Promise<void> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: connectMillisMax,
    commandTimeout: connectMillisMax,
    disconnectTimeout: goMillisMax,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: () => null,
  });
  // Without a listener ioredis writes its errors, with the address, to the console.
  redis.on('error', () => {});
  try {
    await redis.connect();
    await redis.ping();
  } finally {
    redis.disconnect();
  }
}
