import rateLimit from '@fastify/rate-limit';
import { Redis } from 'ioredis';

import type { App, Context } from '../context';
import { cleaned } from '../log';
import { Problem } from '../problem';

const principalsMax = 10_000;
const redisMillisMax = 500;
const goMillisMax = 200;
const reconnectMillisMax = 5_000;

/**
 * So many requests a minute for each principal, told in RateLimit headers; for public routes, for each address. With
 * REDIS_URL all processes count together; while Redis is away nobody is counted, since answering matters more.
 */
export async function addRateLimit(app: App, context: Context): Promise<void> {
  const redis = await openRedis(app, context);
  await app.register(rateLimit, {
    max: context.settings.apiRateLimitPerMinute,
    timeWindow: 60_000,
    cache: principalsMax,
    ...(redis && { redis, nameSpace: 'data-sync:requests:', skipOnError: true }),
    enableDraftSpec: true,
    keyGenerator: (request) =>
      request.routeOptions.config.scope === 'public' ? `address:${request.ip}` : request.principal.id,
    errorResponseBuilder: (_request, { max, ttl }) =>
      new Problem('too-many-requests', `more than ${max} requests in a minute; wait ${Math.ceil(ttl / 1000)} s`),
  });
}

/** A connection that comes back by itself, and on which nobody waits long. It is made, or has failed once. */
async function openRedis(app: App, { settings, log }: Context): Promise<Redis | undefined> {
  if (settings.redisUrl === undefined) return undefined;
  const redis = new Redis(settings.redisUrl, {
    connectTimeout: redisMillisMax,
    commandTimeout: redisMillisMax,
    disconnectTimeout: goMillisMax,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: (times) => Math.min(times * 100, reconnectMillisMax),
  });
  let away = false;
  redis.on('error', (fault: Error) => {
    if (!away) log.warn({ reason: cleaned(fault.message) }, 'Redis is away; requests are not counted');
    away = true;
  });
  redis.on('ready', () => (away = false));
  app.addHook('onClose', () => redis.disconnect());
  await new Promise<void>((settled) => redis.once('ready', settled).once('error', () => settled()));
  return redis;
}
