/** The HTTP server of the twin: reads calls and hands them to an exchange each. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import zlib from 'node:zlib';
import { ApiError } from '../errors';
import type { Twin } from '../twin';
import { Exchange, failureReply } from './exchange';
import type { Reply, Request } from './message';
import { cutConnection, send } from './sender';

const BODY_BYTES_MAX = 160 * 1024 * 1024;
/** URI and headers together; Salesforce answers 431 with an HTML page above it. */
const HEAD_BYTES_MAX = 16_384;
const KEEP_ALIVE_MS = 60_000;

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX)
      throw new ApiError(413, 'REQUEST_TOO_LARGE', `the body is larger than ${BODY_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  return message.headers['content-encoding'] === 'gzip' ? zlib.gunzipSync(body) : body;
}

function describeCall(message: IncomingMessage, origin: string): Request {
  const [rawPath = '/', search = ''] = (message.url ?? '/').split(/\?(.*)/s);
  const path = rawPath.replace(/\/{2,}/g, '/');
  const query = new URLSearchParams(search);
  const readable = [...query].map(([name, value]) => `${name}=${value}`).join('&');
  const method = message.method ?? 'GET';
  const label = `${method} ${path}${readable === '' ? '' : `?${readable}`}`;
  return {
    method,
    path,
    query,
    label,
    headers: message.headers,
    body: Buffer.alloc(0),
    params: {},
    version: 0,
    base: '',
    origin,
    faults: [],
  };
}

async function handle(twin: Twin, message: IncomingMessage, response: ServerResponse, origin: string): Promise<void> {
  const { stats } = twin;
  const request = describeCall(message, origin);
  const headBytes = (message.url ?? '').length + message.rawHeaders.join('').length;
  if (!request.path.startsWith('/__twin')) countCall(twin, request);
  stats.concurrentMax = Math.max(stats.concurrentMax, ++stats.concurrent);
  response.on('close', () => stats.concurrent--);
  response.sendDate = false;
  response.setHeader('Date', new Date(twin.org.clock.milliseconds()).toUTCString());
  let body: Buffer;
  try {
    body = await readBody(message);
  } catch (error) {
    if (message.destroyed && !message.complete) return;
    return send(response, failureReply(error), { acceptsGzip: false, isHead: false, faults: [] });
  }
  if (headBytes > HEAD_BYTES_MAX) {
    const reply: Reply = {
      status: 431,
      type: 'text/html',
      body: '<h1>Bad Message 431</h1><pre>reason: Request Header Fields Too Large</pre>',
    };
    return send(response, reply, { acceptsGzip: false, isHead: false, faults: [] });
  }
  await new Exchange(twin, { ...request, body }, response).run();
}

function countCall({ stats }: Twin, request: Request): void {
  if (/^\/services\/data\/v/i.test(request.path)) stats.apiCalls++;
  else if (request.path.startsWith('/services/oauth2/token')) stats.tokenCalls++;
  const client = /client\s*=\s*([^,;\s]+)/i.exec(String(request.headers['sforce-call-options'] ?? ''))?.[1];
  if (client) stats.count(stats.byClient, client);
}

/** A server that is not listening yet. `origin` is asked per call, because the port is known only later. */
export function makeServer(twin: Twin, origin: () => string): Server {
  const server = createServer(
    { maxHeaderSize: 4 * HEAD_BYTES_MAX, keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 },
    (message, response) => {
      handle(twin, message, response, origin()).catch((error: unknown) => {
        process.stderr.write(`the simulated org failed: ${String(error)}\n`);
        cutConnection(response);
      });
    },
  );
  return server;
}
