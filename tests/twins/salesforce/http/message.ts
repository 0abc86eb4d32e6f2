/** One HTTP call as routes see it, and what they answer. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Fault } from '../faults/fault';
import { parseJson, type Json } from '../json';

type ParamName = 'object' | 'id' | 'field' | 'value' | 'locator' | 'version' | 'organization' | 'user';
/** Decoded path parameters; a route reads those that its pattern names. */
export type Params = Partial<Record<ParamName, string>>;

export interface Request {
  method: string;
  /** Path as sent, still percent-encoded, double slashes collapsed. */
  path: string;
  /** `METHOD path?query` with the query decoded: what faults match on. */
  label: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
  params: Params;
  /** REST version of the path, such as 66; 0 outside /services/data. */
  version: number;
  /** `/services/data/v66.0`, the prefix of all URLs in answers. */
  base: string;
  /** `http://127.0.0.1:PORT` */
  origin: string;
  /** Faults armed for this call that act inside the org (row locks, failed jobs). */
  faults: readonly Fault[];
}

export type Body = string | Buffer | Iterable<string> | null;

export interface Reply {
  status: number;
  body: Body;
  type?: string;
  headers?: Record<string, string>;
}

export const JSON_TYPE = 'application/json;charset=UTF-8';
export const CSV_TYPE = 'text/csv; charset=UTF-8';

/** A JSON answer; strings and bytes are taken as JSON text already. */
export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Reply {
  return { status, body: typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value), headers };
}

export const empty = (status = 204): Reply => ({ status, body: null });

/** The body of a call as JSON; an empty body is `{}`. */
export const jsonBody = (request: Request): Json =>
  request.body.length === 0 ? {} : parseJson(request.body.toString('utf8'));

/** The body of a call as form fields. */
export const formBody = (request: Request): URLSearchParams => new URLSearchParams(request.body.toString('utf8'));

/** The first fault of a kind that is armed for this call. */
export const faultOf = (request: Request, kind: Fault['kind']): Fault | undefined =>
  request.faults.find((fault) => fault.kind === kind);
