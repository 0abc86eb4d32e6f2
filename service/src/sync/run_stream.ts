import type { FastifyReply, FastifyRequest } from 'fastify';

import type { RunSummary } from '../../../lib';
import type { Context } from '../context';
import { Problem } from '../problem';
import type { RunEvent } from './run_events';

/** Streams that are open at once in this process. */
export const streamsMax = 1_000;
/** A comment goes out so often, so that proxies keep a quiet stream open. */
const keepAliveMs = 15_000;
/** How often the store is asked about a run of another process. */
const lookMs = 1_000;
/** A reader who is behind by more is cut off; he may come back with Last-Event-ID. */
const bufferedBytesMax = 256 * 1024;

let open = 0;

/** Answers with the events of a run until it ends or the reader goes. */
export async function streamRun(
  context: Context,
  run: RunSummary,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (open >= streamsMax) throw new Problem('unavailable', `${streamsMax} streams are open already; try again later`);
  open += 1;
  reply.hijack();
  const headers = { ...reply.getHeaders(), 'content-type': 'text/event-stream', 'cache-control': 'no-store' };
  reply.raw.writeHead(200, headers as Record<string, string>);
  const gone = new AbortController();
  const close = () => gone.abort();
  reply.raw.once('close', close).once('error', close);
  context.closing.addEventListener('abort', close, { once: true });
  const keepAlive = setInterval(() => reply.raw.write(': still there\n\n'), keepAliveMs);
  const send = (event: RunEvent) => {
    reply.raw.write(`id: ${event.id}\nevent: ${event.name}\ndata: ${JSON.stringify(event.data)}\n\n`);
    if (reply.raw.writableLength > bufferedBytesMax) close();
  };
  try {
    const after = lastSeen(request);
    if (context.runEvents.knows(run)) await follow(context, run, after, send, gone.signal);
    else await look(context, run, after, send, gone.signal);
  } finally {
    open -= 1;
    clearInterval(keepAlive);
    context.closing.removeEventListener('abort', close);
    reply.raw.end();
  }
  return reply;
}

function lastSeen(request: FastifyRequest): number {
  const header = request.headers['last-event-id'];
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : 0;
}

/** A run of this process: its events as they come. */
function follow(
  { runEvents }: Context,
  run: RunSummary,
  after: number,
  send: (event: RunEvent) => void,
  gone: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    if (gone.aborted) {
      resolve();
      return;
    }
    const leave = runEvents.follow(run, after, (event) => {
      send(event);
      if (event.name === 'end') resolve();
    });
    const stop = () => {
      leave();
      resolve();
    };
    gone.addEventListener('abort', stop, { once: true });
  });
}

/** A run of another process, or of an earlier time: what the store knows. The number of an event is its page. */
async function look(
  { engine }: Context,
  run: RunSummary,
  after: number,
  send: (event: RunEvent) => void,
  gone: AbortSignal,
): Promise<void> {
  let [seen, now] = [after, run];
  for (;;) {
    const ended = now.status !== 'running';
    if (now.pages > seen || ended) {
      seen = Math.max(seen, now.pages);
      send({ id: ended ? seen + 1 : seen, name: ended ? 'end' : 'progress', data: now });
    }
    if (ended || gone.aborted) return;
    await pause(lookMs, gone);
    const [next] = await engine.status('', 1, run.runId + 1);
    if (next?.runId !== run.runId) return;
    now = next;
  }
}

function pause(millis: number, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      gone.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, millis);
    gone.addEventListener('abort', end);
  });
}
