import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

import { EngineError } from '../../../lib';
import type { App } from '../context';
import { internalDetail, Problem, type ProblemCode } from '../problem';
import { InvalidRequest } from '../validation';

/** Every answer that is an error is a problem of RFC 9457, wherever it came from. */
export function addErrors(app: App): void {
  app.setErrorHandler((thrown, request, reply) => {
    const problem = problemOf(thrown);
    if (problem.code === 'internal') request.log.error({ err: thrown }, 'a request failed unexpectedly');
    return sendProblem(reply, request, problem);
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, request, new Problem('not-found', 'there is no such route; /openapi.json lists all')),
  );
}

/** Also answers what fastify refuses before any hook has run, so it sets what hooks would have set. */
export function sendProblem(reply: FastifyReply, request: FastifyRequest, problem: Problem): FastifyReply {
  request.problemCode = problem.code;
  void reply.headers({ 'x-request-id': request.id, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  for (const [name, value] of Object.entries(problem.options.headers ?? {})) void reply.header(name, value);
  // Answers are bound to schemas for their own content; a problem is not one of them, so it is written here.
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problem.body(`urn:data-sync:request:${request.id}`));
}

/** Answers bytes that are no request of HTTP, or one that never came to its end. */
export function answerNoRequest(fault: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || fault.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const problem = problemOfConnection(fault.code);
  const body = JSON.stringify(problem.body(`urn:data-sync:request:${randomUUID()}`));
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function problemOfConnection(code?: string): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') return new Problem('headers-too-large', 'send fewer or shorter headers');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem('request-timeout', 'send the whole request at once');
  return new Problem('invalid-request', 'this is no request of HTTP/1.1');
}

/** What fastify itself refuses, by its code. */
const codesOfFastify: Record<string, [ProblemCode, string]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['body-too-large', 'send less at once'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported-media-type', 'send JSON, with Content-Type: application/json'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['malformed-body', 'the body is not valid JSON'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['malformed-body', 'the body has another length than Content-Length says'],
  FST_ERR_BAD_URL: ['invalid-request', 'the path is not properly encoded'],
  FST_ERR_ASYNC_CONSTRAINT: ['invalid-request', 'the request cannot be matched to a route'],
  FST_ERR_MAX_PARAM_LENGTH: ['invalid-request', 'a part of the path is too long'],
  FST_ERR_HANDLER_TIMEOUT: ['timeout', 'the request was not answered in time; what it started may go on'],
};

export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof InvalidRequest) {
    return new Problem('invalid-request', thrown.message, { errors: thrown.details });
  }
  if (thrown instanceof EngineError) return Problem.fromEngine(thrown);
  const { code, statusCode } = thrown as Partial<FastifyError>;
  const known = codesOfFastify[code ?? ''];
  if (known) return new Problem(...known);
  // JSON that the parser refuses for its form, or for members that would change prototypes.
  if (statusCode === 400) return new Problem('malformed-body', 'the body is not valid JSON');
  return new Problem('internal', internalDetail);
}
