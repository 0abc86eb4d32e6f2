import { createServer, type Server } from 'node:http';

import { Registry } from 'prom-client';

const requestMillisMax = 10_000;
const headerBytesMax = 8_192;
const connectionsMax = 32;

/**
 * Serves GET /metrics on a port of its own, which is for the network of the monitoring alone: it asks for no
 * credential. Gives the server, listening.
 */
export async function serveMetrics(text: () => Promise<string>, host: string, port: number): Promise<Server> {
  const limits = { requestTimeout: requestMillisMax, maxHeaderSize: headerBytesMax };
  const server = createServer(limits, (request, response) => {
    const { method, url } = request;
    if (url?.split('?')[0] !== '/metrics' || (method !== 'GET' && method !== 'HEAD')) {
      response.writeHead(404).end();
      return;
    }
    text().then(
      (body) => response.writeHead(200, { 'content-type': Registry.PROMETHEUS_CONTENT_TYPE }).end(body),
      () => response.writeHead(500).end(),
    );
  });
  server.maxConnections = connectionsMax;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  return server;
}
