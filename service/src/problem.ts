import { STATUS_CODES } from 'node:http';

import type { EngineError, ErrorKind } from '../../lib';

/**
 * The registry of codes: everything that can go wrong, with its HTTP status and title. A code never changes its
 * meaning. `type` of a problem is `urn:data-sync:problem:CODE`.
 */
export const problemCodes = {
  'invalid-request': { status: 400, title: 'The request does not fit the schema of the route' },
  'malformed-body': { status: 400, title: 'The body is not valid JSON' },
  'invalid-cursor': { status: 400, title: 'The cursor is none of this list' },
  unauthenticated: { status: 401, title: 'The request carries no valid credential' },
  forbidden: { status: 403, title: 'The credential lacks a scope' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'request-timeout': { status: 408, title: 'The request did not come to its end' },
  conflict: { status: 409, title: 'The request does not fit the state of things' },
  'conflict-moved': { status: 409, title: 'A side has changed since it was looked at' },
  'conflict-closed': { status: 409, title: 'The conflict takes no such decision' },
  'already-exists': { status: 409, title: 'The id is taken' },
  'in-use': { status: 409, title: 'Something else depends on it' },
  'request-under-way': { status: 409, title: 'A request with this Idempotency-Key is under way' },
  'version-mismatch': { status: 412, title: 'It was changed since it was read' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is not JSON' },
  invalid: { status: 422, title: 'The content is wrong' },
  'key-reused': { status: 422, title: 'The Idempotency-Key belongs to another request' },
  'no-connector': { status: 422, title: 'There is no connector for this type of system' },
  'misplaced-secret': { status: 422, title: 'A secret stands outside of config.authentication' },
  'destination-forbidden': { status: 422, title: 'The service may not reach this destination' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  internal: { status: 500, title: 'The service failed' },
  'bad-gateway': { status: 502, title: 'The other system failed' },
  unavailable: { status: 503, title: 'Something that the service needs is not there' },
  'not-configured': { status: 503, title: 'This part of the service is not configured' },
  timeout: { status: 503, title: 'The request took too long' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problemCodes;

/** One fault. `pointer` is a JSON Pointer into the part of the request that `in` names. */
export interface ProblemDetail {
  pointer: string;
  in: 'body' | 'query' | 'path' | 'header';
  detail: string;
}

/** What goes over the wire: RFC 9457 with the members `code`, `errors` and `retryable`. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: ProblemCode;
  retryable: boolean;
  errors?: ProblemDetail[];
  /** Of `version-mismatch`: the version to read or to overwrite. */
  currentVersion?: number;
}

interface ProblemOptions {
  errors?: ProblemDetail[];
  headers?: Record<string, string>;
  currentVersion?: number;
}

const repeatable = new Set<ProblemCode>([
  'request-timeout',
  'request-under-way',
  'too-many-requests',
  'bad-gateway',
  'unavailable',
  'timeout',
]);

/** An answer that is an error. Routes throw it. `detail` says what is wrong and what helps; no secret is in it. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly options: ProblemOptions;

  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail);
    this.name = 'Problem';
    this.code = code;
    this.status = problemCodes[code].status;
    this.options = options;
  }

  /** A fault at one place of the body. */
  static at(pointer: string, detail: string, code: ProblemCode = 'invalid'): Problem {
    return new Problem(code, detail, { errors: [{ pointer, in: 'body', detail }] });
  }

  static notFound(what: string, id: string): Problem {
    return new Problem('not-found', `there is no ${what} "${id}"`);
  }

  /** What the engine refused, as this API says it. The message names the setting or field, if there is one. */
  static fromEngine(error: EngineError): Problem {
    const headers: Record<string, string> = {};
    if (error.retryAfterMs !== undefined) headers['retry-after'] = seconds(error.retryAfterMs);
    const detail = error.kind === 'internal' ? internalDetail : error.message;
    return new Problem(codeOfKind[error.kind], detail, { headers });
  }

  body(instance: string): ProblemBody {
    const { errors, currentVersion } = this.options;
    return {
      type: `urn:data-sync:problem:${this.code}`,
      title: problemCodes[this.code].title,
      status: this.status,
      detail: this.message === '' ? (STATUS_CODES[this.status] ?? '') : this.message,
      instance,
      code: this.code,
      retryable: repeatable.has(this.code),
      ...(errors && { errors }),
      ...(currentVersion !== undefined && { currentVersion }),
    };
  }
}

export const internalDetail = 'an error that nobody expected; the log of the service has it under this request id';

/** A login that a system refused is no fault of the caller, whose own 401 is another thing. */
const codeOfKind: Record<ErrorKind, ProblemCode> = {
  invalid: 'invalid',
  unauthorized: 'bad-gateway',
  throttled: 'unavailable',
  unavailable: 'unavailable',
  conflict: 'conflict',
  cancelled: 'unavailable',
  internal: 'internal',
};

function seconds(millis: number): string {
  return String(Math.max(1, Math.ceil(millis / 1000)));
}

/**
 * The JSON Pointer of a path of the engine: `fieldMappings[0].source` is `/fieldMappings/0/source`, and
 * `conflicts.rules."a.b"` is `/conflicts/rules/a.b`.
 */
export function pointerOf(path: string): string {
  const parts = path.match(/"(?:[^"\\]|\\.)*"|[^.[\]"]+/g) ?? [];
  return parts.map((part) => `/${escaped(part.startsWith('"') ? (JSON.parse(part) as string) : part)}`).join('');
}

/** The JSON Pointer of these names. */
export function pointerAt(...names: string[]): string {
  return names.map((name) => `/${escaped(name)}`).join('');
}

function escaped(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}
