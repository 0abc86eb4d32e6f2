import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import type { App } from '../context';

const saneId = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

/** The caller's X-Request-Id if it is one that is safe in a log line, else a new one. */
export function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && saneId.test(given) ? given : randomUUID();
}

/**
 * One line for each request, when it is answered: route, status, time, who called. Headers, bodies and queries are
 * never logged; the path of the route stands for the URL, so that nothing a caller put into it gets into the log.
 */
export function addRequestLog(app: App): void {
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { statusCode } = reply;
    const line = {
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      principal: request.principal.id,
    };
    request.log[statusCode >= 500 ? 'warn' : 'info'](line, 'request');
    done();
  });
}
