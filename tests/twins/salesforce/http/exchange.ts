/**
 * One call and its answer: ordered faults strike, the route is found and run, the answer goes out with the headers
 * that Salesforce sends (Date of the org's clock, Sforce-Limit-Info).
 */
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { controlRoutes } from '../control/routes';
import { ApiError, notFound } from '../errors';
import { faultAnswer } from '../faults/answers';
import type { Fault } from '../faults/fault';
import { authRoutes, requireSession } from '../routes/auth';
import { bulkIngestRoutes } from '../routes/bulk_ingest';
import { bulkQueryRoutes } from '../routes/bulk_query';
import { collectionRoutes } from '../routes/collections';
import { compositeRoutes } from '../routes/composite';
import { metadataRoutes, versions } from '../routes/metadata';
import { dropLocator, queryRoutes } from '../routes/query';
import { replicationRoutes } from '../routes/replication';
import { rowRoutes } from '../routes/rows';
import { soapRoutes } from '../routes/soap';
import type { Twin } from '../twin';
import { json, type Reply, type Request } from './message';
import { Router } from './router';
import { cutConnection, send } from './sender';

const DATA_PATH = /^\/services\/data\/v(\d+)\.\d+(\/.*)?$/i;

const rootRouter = new Router([...authRoutes, ...soapRoutes, ...controlRoutes]);
const dataRouter = new Router([
  ...replicationRoutes,
  ...metadataRoutes,
  ...queryRoutes,
  ...collectionRoutes,
  ...compositeRoutes,
  ...bulkQueryRoutes,
  ...bulkIngestRoutes,
  ...rowRoutes,
]);

/** Finds and runs the route of a call; used for composite subrequests too. */
export function dispatch(request: Request, twin: Twin, name: (route: string) => void = () => undefined): Reply {
  const data = DATA_PATH.exec(request.path);
  if (/^\/services\/data\/?$/i.test(request.path)) {
    name('GET versions');
    return json(versions(twin.org));
  }
  const version = data ? Number(data[1]) : 0;
  if (data) checkVersion(version, twin);
  const found = data ? dataRouter.find(request.method, data[2] ?? '') : rootRouter.find(request.method, request.path);
  if (found === null) throw notFound();
  if (found === 'method') {
    throw new ApiError(
      405,
      'METHOD_NOT_ALLOWED',
      `HTTP Method '${request.method}' not allowed. Allowed are HEAD,GET,POST,PATCH,DELETE`,
    );
  }
  name(`${request.method} ${found.route.pattern}`);
  const base = data ? `/services/data/v${version}.0` : '';
  const full: Request = { ...request, params: found.params, version, base };
  if (data) requireSession(full, twin);
  dropLocator(full, twin);
  return found.route.handler(full, twin);
}

function checkVersion(version: number, { org }: Twin): void {
  const { oldestVersion, newestVersion } = org.options;
  if (version < oldestVersion)
    throw new ApiError(410, 'UNSUPPORTED_API_VERSION', `API version ${version}.0 has been retired`);
  if (version > newestVersion) throw notFound();
}

/** What a failed route answers; errors that are none of Salesforce's are printed too. */
export function failureReply(error: unknown): Reply {
  if (error instanceof ApiError) return { status: error.status, body: error.body() };
  process.stderr.write(`the simulated org failed: ${(error as Error).stack ?? String(error)}\n`);
  return {
    status: 500,
    body: new ApiError(500, 'UNKNOWN_EXCEPTION', `An unexpected error occurred: ${String(error)}`).body(),
  };
}

export class Exchange {
  private routeName = 'unknown';

  constructor(
    private readonly twin: Twin,
    private readonly request: Request,
    private readonly response: ServerResponse,
  ) {}

  async run(): Promise<void> {
    const { twin, request, response } = this;
    const faults = request.path.startsWith('/__twin') ? [] : twin.faults.take(request.label);
    for (const fault of faults) twin.stats.count(twin.stats.faultsFired, fault.kind);
    const slow = faults.find((fault) => fault.kind === 'slow');
    if (slow) await delay(slow.delayMs);
    if (faults.some((fault) => fault.kind === 'expire_tokens')) twin.sessions.expireAll();
    const early = faults.find((fault) => fault.when === 'before' && (fault.kind === 'cut' || faultAnswer(fault)));
    if (early?.kind === 'cut') {
      cutConnection(response);
      return;
    }
    const reply = (early && this.struckBy(early, faults)) ?? this.answer(faults);
    const late = faults.find((fault) => fault.when === 'after' && ['cut', '500'].includes(fault.kind));
    if (late?.kind === 'cut') {
      cutConnection(response);
      return;
    }
    await this.deliver(late ? faultAnswer(late)! : reply, faults, early !== undefined || late !== undefined);
  }

  private struckBy(fault: Fault, faults: Fault[]): Reply | null {
    dropLocator({ ...this.request, faults }, this.twin);
    return faultAnswer(fault);
  }

  private answer(faults: Fault[]): Reply {
    const { twin, request } = this;
    try {
      if (request.path.toLowerCase().startsWith('/services/data') && twin.stats.apiCalls > twin.org.options.apiLimit) {
        throw new ApiError(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
      }
      return dispatch({ ...request, faults }, twin, (name) => (this.routeName = name));
    } catch (error) {
      return failureReply(error);
    }
  }

  private async deliver(reply: Reply, faults: Fault[], struck: boolean): Promise<void> {
    const { twin, request, response } = this;
    const { stats, org } = twin;
    if (!request.path.startsWith('/__twin')) {
      stats.count(stats.byRoute, this.routeName);
      stats.count(stats.byStatus, String(reply.status));
    }
    const isRest = /^\/services\/data\/v/i.test(request.path) && !/\/jobs\//i.test(request.path);
    if (isRest && !struck) response.setHeader('Sforce-Limit-Info', limitInfo(stats.apiCalls, org.options.apiLimit));
    const acceptsGzip = /\bgzip\b/i.test(request.headers['accept-encoding'] ?? '');
    await send(response, reply, { acceptsGzip, isHead: request.method === 'HEAD', faults });
  }
}

/** With and without the part of the app, in turns: clients must read both. */
function limitInfo(used: number, limit: number): string {
  const usage = `api-usage=${used}/${limit}`;
  return used % 2 === 0 ? usage : `${usage}; per-app-api-usage=${used}/${limit}(appName=simulated-app)`;
}
