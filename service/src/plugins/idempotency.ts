import { createHash } from 'node:crypto';

import type { FastifyReply, FastifyRequest } from 'fastify';

import type { BookDocument, Engine } from '../../../lib';
import type { App, Context } from '../context';
import { Problem } from '../problem';
import { isRevisionConflict } from '../sync/change';

/** Kind of the documents in the book. */
export const idempotencyKind = 'idempotency';

const keyPattern = /^[\x21-\x7e]{1,255}$/;
const keptMillis = 24 * 3_600_000;
/** After this a request that never ended (its process died) no longer holds its key. */
const underWayMillisMax = 5 * 60_000;
const answerBytesMax = 1_048_576;
const keptHeaders = ['content-type', 'etag', 'location'] as const;

interface Kept {
  /** Of method, path and body. */
  fingerprint: string;
  /** Until then the entry counts. */
  until: string;
  answer?: { status: number; headers: Record<string, string>; payload?: string };
}

interface Claim {
  id: string;
  fingerprint: string;
  revision: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    claim?: Claim;
  }
}

/**
 * Idempotency-Key on every POST: a repeat with the same body gets the answer of the first, with the header
 * `Idempotency-Replayed: true`, and does nothing. A key belongs to its principal and is kept for 24 hours, in the
 * store, so a repeat may come to another process. Answers of `sensitive` routes are kept sealed. A request that failed
 * with a 5xx or was throttled gives its key back.
 */
export function addIdempotency(app: App, context: Context): void {
  const { engine, now } = context;
  app.decorateRequest('claim', undefined);
  app.addHook('preHandler', async (request, reply) => {
    const key = request.headers['idempotency-key'];
    if (request.method !== 'POST' || key === undefined || request.is404) return;
    if (typeof key !== 'string' || !keyPattern.test(key)) throw badKey();
    const id = sha256(`${request.principal.id}\n${key}`);
    const fingerprint = sha256(`${request.url}\n${JSON.stringify(request.body ?? null)}`);
    const kept = await claim(engine, id, fingerprint, now());
    if ('claimed' in kept) request.claim = { id, fingerprint, revision: kept.claimed };
    else await replay(engine, request, reply, kept.entry);
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const held = request.claim;
    if (!held) return payload;
    request.claim = undefined;
    try {
      await settle(context, request, reply, held, payload);
    } catch (thrown) {
      // What was done is done; the caller gets the answer, and a repeat waits for the claim to run out.
      request.log.warn({ err: thrown }, 'the answer for an Idempotency-Key could not be kept');
    }
    return payload;
  });
}

/** Takes the key, or gives the entry of the request that has it. */
async function claim(
  engine: Engine,
  id: string,
  fingerprint: string,
  now: Date,
): Promise<{ claimed: number } | { entry: BookDocument<Kept> }> {
  const existing = await engine.book.get<Kept>(idempotencyKind, id);
  if (existing && new Date(existing.body.until) > now) return { entry: checked(existing, fingerprint) };
  const body: Kept = { fingerprint, until: later(now, underWayMillisMax) };
  try {
    const made = await engine.book.put(idempotencyKind, id, body, {
      ifRevision: existing?.revision ?? 0,
      secret: null,
    });
    return { claimed: made.revision };
  } catch (thrown) {
    if (isRevisionConflict(thrown)) throw underWay();
    throw thrown;
  }
}

function checked(entry: BookDocument<Kept>, fingerprint: string): BookDocument<Kept> {
  if (entry.body.fingerprint !== fingerprint) {
    throw new Problem('key-reused', 'this Idempotency-Key came with another request; take a new one');
  }
  if (!entry.body.answer) throw underWay();
  return entry;
}

async function replay(
  engine: Engine,
  request: FastifyRequest,
  reply: FastifyReply,
  entry: BookDocument<Kept>,
): Promise<void> {
  const { answer } = entry.body;
  if (!answer) throw underWay();
  const note = { actor: request.principal.id, action: 'idempotency.replay', detail: { route: request.url } };
  const sealed = entry.hasSecret ? await engine.book.reveal(idempotencyKind, entry.id, note) : undefined;
  const kept = sealed?.['payload'];
  const payload = answer.payload ?? (typeof kept === 'string' ? kept : '');
  await reply
    .code(answer.status)
    .headers({ ...answer.headers, 'idempotency-replayed': 'true' })
    .serializer((text: unknown) => text as string)
    .send(payload);
}

async function settle(
  { engine, now }: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  held: Claim,
  payload: unknown,
): Promise<void> {
  const { statusCode } = reply;
  // The work of a request that was too slow goes on, so its key stays taken.
  if (request.problemCode === 'timeout') return;
  const text = payload === null || payload === undefined ? '' : payload;
  if (statusCode >= 500 || statusCode === 429 || typeof text !== 'string' || text.length > answerBytesMax) {
    await engine.book.delete(idempotencyKind, held.id, { ifRevision: held.revision });
    return;
  }
  const sensitive = request.routeOptions.config.sensitive === true && text !== '';
  const headers: Record<string, string> = {};
  for (const name of keptHeaders) {
    const value = reply.getHeader(name);
    if (value !== undefined) headers[name] = String(value);
  }
  const answer: Kept['answer'] = { status: statusCode, headers, ...(!sensitive && { payload: text }) };
  const body: Kept = { fingerprint: held.fingerprint, until: later(now(), keptMillis), answer };
  await engine.book.put(idempotencyKind, held.id, body, {
    ifRevision: held.revision,
    ...(sensitive && { secret: { payload: text } }),
  });
}

function later(now: Date, millis: number): string {
  return new Date(now.getTime() + millis).toISOString();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function underWay(): Problem {
  const headers = { 'retry-after': '1' };
  return new Problem('request-under-way', 'the first request with this Idempotency-Key is not answered yet', {
    headers,
  });
}

function badKey(): Problem {
  const detail = 'must be 1 to 255 visible ASCII characters';
  return new Problem('invalid-request', `Idempotency-Key ${detail}`, {
    errors: [{ pointer: '/idempotency-key', in: 'header', detail }],
  });
}
