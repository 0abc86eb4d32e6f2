/**
 * composite and composite/batch: several calls in one. Subrequests run one after the other and may use earlier
 * answers by `@{referenceId.path}`; with allOrNone a failure takes everything back.
 */
import { ApiError } from '../errors';
import { json, jsonBody, type Reply, type Request } from '../http/message';
import type { Route } from '../http/router';
import { arrayOf, isObject, objectOf, scalarText, type Json, type JsonObject } from '../json';
import type { Twin } from '../twin';

const SUBREQUESTS_MAX = 25;
const REFERENCE = /@\{(\w+)((?:\.\w+|\[\d+\])*)\}/g;

interface Answer {
  referenceId: string;
  reply: Reply;
}

function subrequest(request: Request, method: string, url: string, body: Json | undefined): Request {
  const [rawPath = '', search = ''] = url.split('?');
  const path = rawPath.replace(/\/{2,}/g, '/');
  const query = new URLSearchParams(search);
  const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body));
  return {
    ...request,
    method: method.toUpperCase(),
    path,
    query,
    label: `${method} ${url}`,
    body: bytes,
    params: {},
    faults: [],
  };
}

function bodyText(reply: Reply): string {
  const text = typeof reply.body === 'string' || Buffer.isBuffer(reply.body) ? reply.body.toString() : '';
  return text === '' ? 'null' : text;
}

/** Replaces references in a text by values of earlier answers. */
function resolve(text: string, answers: Answer[]): string {
  return text.replace(REFERENCE, (whole, id: string, path: string) => {
    const answer = answers.find(({ referenceId }) => referenceId === id);
    if (!answer)
      throw new ApiError(400, 'PROCESSING_HALTED', `Invalid reference specified. No value for ${whole} found`);
    let value = JSON.parse(bodyText(answer.reply)) as Json;
    for (const [, key, index] of path.matchAll(/\.(\w+)|\[(\d+)\]/g)) {
      const inner: Json | undefined = isObject(value)
        ? value[key!]
        : Array.isArray(value)
          ? value[Number(index)]
          : undefined;
      if (inner === undefined)
        throw new ApiError(400, 'PROCESSING_HALTED', `Invalid reference specified. No value for ${whole} found`);
      value = inner;
    }
    return scalarText(value);
  });
}

function resolveDeep(value: Json, answers: Answer[]): Json {
  if (typeof value === 'string') return resolve(value, answers);
  if (Array.isArray(value)) return value.map((one) => resolveDeep(one, answers));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolveDeep(one, answers)]));
}

function run(request: Request, twin: Twin, step: JsonObject, answers: Answer[]): Reply {
  try {
    const url = resolve(scalarText(step['url']), answers);
    const body = step['body'] === undefined ? undefined : resolveDeep(step['body'], answers);
    return twin.dispatch(subrequest(request, scalarText(step['method'] ?? 'GET'), url, body));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { status: error.status, body: error.body() };
  }
}

const halted = (): Reply => ({
  status: 400,
  body: new ApiError(
    400,
    'PROCESSING_HALTED',
    'The transaction was rolled back since another operation in the same transaction failed.',
  ).body(),
});

function composite(request: Request, twin: Twin): Reply {
  const body = objectOf(jsonBody(request), 'the request');
  const steps = arrayOf(body['compositeRequest'], 'compositeRequest').map((step) => objectOf(step, 'a subrequest'));
  if (steps.length > SUBREQUESTS_MAX) {
    throw new ApiError(
      400,
      'LIMIT_EXCEEDED',
      `A composite request cannot have more than ${SUBREQUESTS_MAX} subrequests`,
    );
  }
  const answers = twin.org.transaction(() => {
    const done: Answer[] = [];
    for (const step of steps) {
      const reply = run(request, twin, step, done);
      done.push({ referenceId: scalarText(step['referenceId']), reply });
    }
    const failed = done.some(({ reply }) => reply.status >= 400);
    return { keep: !(failed && body['allOrNone'] === true), result: done };
  });
  const rollBack = body['allOrNone'] === true && answers.some(({ reply }) => reply.status >= 400);
  const texts = answers.map(({ referenceId, reply }) => {
    const shown = rollBack && reply.status < 400 ? halted() : reply;
    return (
      `{"body":${bodyText(shown)},"httpHeaders":${JSON.stringify(shown.headers ?? {})},` +
      `"httpStatusCode":${shown.status},"referenceId":${JSON.stringify(referenceId)}}`
    );
  });
  return json(`{"compositeResponse":[${texts.join(',')}]}`);
}

function batch(request: Request, twin: Twin): Reply {
  const body = objectOf(jsonBody(request), 'the request');
  const steps = arrayOf(body['batchRequests'], 'batchRequests').map((step) => objectOf(step, 'a subrequest'));
  if (steps.length > SUBREQUESTS_MAX) {
    throw new ApiError(400, 'LIMIT_EXCEEDED', `A batch cannot have more than ${SUBREQUESTS_MAX} subrequests`);
  }
  const replies = steps.map((step) => {
    const url = `/services/data/${scalarText(step['url']).replace(/^\/?(services\/data\/)?/, '')}`;
    return run(
      request,
      twin,
      { method: step['method'] ?? 'GET', url, ...(step['richInput'] === undefined ? {} : { body: step['richInput'] }) },
      [],
    );
  });
  const results = replies.map((reply) => `{"statusCode":${reply.status},"result":${bodyText(reply)}}`);
  return json(`{"hasErrors":${replies.some(({ status }) => status >= 400)},"results":[${results.join(',')}]}`);
}

export const compositeRoutes: Route[] = [
  { method: 'POST', pattern: 'composite', handler: composite },
  { method: 'POST', pattern: 'composite/batch', handler: batch },
];
