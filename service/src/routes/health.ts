import type { App, Context } from '../context';
import { Check, type Verdict } from '../health/check';
import { type IntegrationVerdict, integrationVerdicts } from '../health/integrations';
import { pingRedis } from '../health/redis';
import { N8nClient } from '../n8n/client';
import { Alive, Health, Readiness } from '../schemas/health';

const tags = ['health'];
const config = { scope: 'public' } as const;

/**
 * For probes, so without a credential. /health/live: the process answers. /health/ready: it can work, so send it
 * requests. /health: all it works with, for people and dashboards; not for a probe that restarts or takes out a
 * process, since a system that fails elsewhere gets no better by that.
 */
export function healthRoutes(app: App, context: Context): void {
  const ask = checksOf(context);

  app.get(
    '/health/live',
    {
      config,
      schema: { operationId: 'isAlive', summary: 'Does the process answer', tags, response: { 200: Alive } },
    },
    () => ({ service: 'ok' as const }),
  );
  app.get(
    '/health/ready',
    {
      config,
      schema: {
        operationId: 'isReady',
        summary: 'Can the process work',
        tags,
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const [database, redis] = await Promise.all([ask.database.verdict(), ask.redis.verdict()]);
      return reply.code(isWell(database) && isWell(redis) ? 200 : 503).send({ service: 'ok', database, redis });
    },
  );
  app.get(
    '/health',
    {
      config,
      schema: {
        operationId: 'getHealth',
        summary: 'How are the service and all it works with',
        tags,
        response: { 200: Health, 503: Health },
      },
    },
    async (_request, reply) => {
      const [database, redis, n8n] = await Promise.all([
        ask.database.verdict(),
        ask.redis.verdict(),
        ask.n8n.verdict(),
      ]);
      const integrations = ask.integrations();
      const well = [database, redis, n8n, ...Object.values(integrations)].every(isWell);
      return reply.code(well ? 200 : 503).send({ service: 'ok', database, redis, n8n, integrations });
    },
  );
}

function isWell(verdict: Verdict | IntegrationVerdict): boolean {
  return verdict === 'ok' || verdict === 'not_configured' || verdict === 'untested';
}

function checksOf({ settings, engine, now }: Context) {
  const { redisUrl, n8n } = settings;
  const client = n8n && new N8nClient(n8n);
  // What the look at the database found.
  let integrations: Record<string, IntegrationVerdict> = {};
  return {
    database: new Check(async () => (integrations = await integrationVerdicts(engine)), now),
    redis: new Check(redisUrl === undefined ? undefined : () => pingRedis(redisUrl), now),
    n8n: new Check(client && (() => client.ping()), now),
    integrations: () => integrations,
  };
}
