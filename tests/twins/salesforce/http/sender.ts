/**
 * Writes an answer to the wire: gzip when the client takes it, streams when the body is a stream of texts, and the
 * damage that faults ask for.
 */
import type { ServerResponse } from 'node:http';
import { Readable, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { Fault } from '../faults/fault';
import { JSON_TYPE, type Reply } from './message';
import { TextBuffer } from './text_buffer';

const gzip = promisify(zlib.gzip);
const GZIP = { level: zlib.constants.Z_BEST_SPEED };
/** Smaller bodies go plain. */
const GZIP_BYTES_MIN = 1024;
/** Size of the pieces in which streams are sent. */
const CHUNK_BYTES = 128 * 1024;
const ENDLESS_CHUNK = ' '.repeat(64 * 1024);

export interface Delivery {
  acceptsGzip: boolean;
  isHead: boolean;
  faults: readonly Fault[];
}

const faultIn = (faults: readonly Fault[], kind: Fault['kind']): Fault | undefined =>
  faults.find((f) => f.kind === kind);

/** Resets the connection, as a failing load balancer does. */
export function cutConnection(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

export async function send(response: ServerResponse, reply: Reply, delivery: Delivery): Promise<void> {
  const { faults } = delivery;
  response.statusCode = reply.status;
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  if (faultIn(faults, 'endless')) {
    response.setHeader('Content-Type', JSON_TYPE);
    return sendStream(response, endlessBody(), { ...delivery, acceptsGzip: false });
  }
  if (reply.body === null || delivery.isHead) {
    if (reply.status !== 204 && reply.status !== 304) response.setHeader('Content-Length', 0);
    response.end();
    return;
  }
  response.setHeader('Content-Type', reply.type ?? JSON_TYPE);
  const cut = faults.find((fault) => fault.kind === 'cut' && fault.when === 'body');
  if (typeof reply.body === 'string' || Buffer.isBuffer(reply.body)) {
    await sendWhole(response, Buffer.isBuffer(reply.body) ? reply.body : Buffer.from(reply.body), delivery, cut);
  } else {
    await sendStream(response, reply.body, delivery, cut);
  }
}

async function sendWhole(response: ServerResponse, whole: Buffer, delivery: Delivery, cut?: Fault): Promise<void> {
  let bytes = faultIn(delivery.faults, 'bad_json') ? whole.subarray(0, Math.ceil(whole.length / 2)) : whole;
  if (delivery.acceptsGzip && bytes.length >= GZIP_BYTES_MIN) {
    response.setHeader('Content-Encoding', 'gzip');
    bytes = await gzip(bytes, GZIP);
    if (faultIn(delivery.faults, 'truncated_gzip')) bytes = bytes.subarray(0, Math.ceil(bytes.length / 2));
  }
  response.setHeader('Content-Length', bytes.length);
  if (cut) {
    response.write(bytes.subarray(0, cut.bytes), () => {
      cutConnection(response);
    });
    return;
  }
  response.end(bytes);
}

async function sendStream(
  response: ServerResponse,
  texts: Iterable<string>,
  delivery: Delivery,
  cut?: Fault,
): Promise<void> {
  const truncated = faultIn(delivery.faults, 'truncated_gzip');
  const steps: (Transform | Writable)[] = [];
  if (delivery.acceptsGzip) {
    response.setHeader('Content-Encoding', 'gzip');
    steps.push(zlib.createGzip(GZIP));
  }
  const reset = (): void => {
    cutConnection(response);
  };
  if (cut) steps.push(stopAfter(cut.bytes, reset));
  else if (truncated) steps.push(stopAfter(truncated.bytes, () => response.end()));
  // A client that goes away in mid-body is its own business.
  await pipeline([Readable.from(inChunks(texts)), ...steps, response] as [Readable, ...Transform[], Writable]).catch(
    () => undefined,
  );
}

/** Many small texts as few chunks of bytes. */
function* inChunks(texts: Iterable<string>): Generator<Buffer> {
  let chunk = new TextBuffer(CHUNK_BYTES);
  for (const text of texts) {
    chunk.append(text);
    if (chunk.length < CHUNK_BYTES) continue;
    yield chunk.bytes();
    chunk = new TextBuffer(CHUNK_BYTES);
  }
  yield chunk.bytes();
}

/** Lets `bytes` pass, then calls `stop`. The stream never ends by itself, so the answer stays incomplete. */
function stopAfter(bytes: number, stop: () => void): Transform {
  let left = bytes;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const part = chunk.subarray(0, left);
      left -= part.length;
      this.push(part);
      if (left > 0) done();
      else setImmediate(stop);
    },
    flush() {
      setImmediate(stop);
    },
  });
}

/** A body without end; the pipeline stops it when the client hangs up. */
function* endlessBody(): Generator<string> {
  yield '{"totalSize":1,"done":true,"records":[';
  for (;;) yield ENDLESS_CHUNK;
}
