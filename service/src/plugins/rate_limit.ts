import rateLimit from '@fastify/rate-limit';

import type { App, Context } from '../context';
import { Problem } from '../problem';

const principalsMax = 10_000;

/** So many requests a minute for each principal, told in RateLimit headers; for public routes, for each address. */
export async function addRateLimit(app: App, context: Context): Promise<void> {
  await app.register(rateLimit, {
    max: context.settings.apiRateLimitPerMinute,
    timeWindow: 60_000,
    cache: principalsMax,
    enableDraftSpec: true,
    keyGenerator: (request) =>
      request.routeOptions.config.scope === 'public' ? `address:${request.ip}` : request.principal.id,
    errorResponseBuilder: (_request, { max, ttl }) =>
      new Problem('too-many-requests', `more than ${max} requests in a minute; wait ${Math.ceil(ttl / 1000)} s`),
  });
}
