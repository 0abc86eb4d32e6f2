/** Bulk API 2.0 ingest jobs, made in steps or by one multipart call. */
import { invalidJob, invalidState } from '../bulk/job';
import { CSV_TYPE, empty, faultOf, json, jsonBody, type Reply, type Request } from '../http/message';
import type { Route } from '../http/router';
import { objectOf, parseJson, scalarText } from '../json';
import type { IngestJob } from '../bulk/ingest_job';
import type { Twin } from '../twin';

/** Data that a multipart call may carry. */
const INLINE_CHARACTERS_MAX = 100_000;

/** Named parts of a multipart body. */
function multipart(request: Request, boundary: string): Map<string, Buffer> {
  const parts = new Map<string, Buffer>();
  const mark = Buffer.from(`--${boundary}`);
  let at = request.body.indexOf(mark);
  while (at >= 0) {
    const next = request.body.indexOf(mark, at + mark.length);
    if (next < 0) break;
    const part = request.body.subarray(at + mark.length + 2, next - 2);
    const headEnd = part.indexOf('\r\n\r\n');
    const name = /name="([^"]*)"/.exec(part.subarray(0, headEnd).toString('latin1'))?.[1] ?? '';
    parts.set(name, part.subarray(headEnd + 4));
    at = next;
  }
  return parts;
}

function create(request: Request, { jobs }: Twin): Reply {
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/i.exec(request.headers['content-type'] ?? '')?.[1];
  if (boundary === undefined)
    return json(jobs.createIngest(objectOf(jsonBody(request), 'the job'), request.version).body());
  const parts = multipart(request, boundary);
  const content = parts.get('content');
  if (!content) throw invalidJob('the part "content" is missing');
  if (content.length > INLINE_CHARACTERS_MAX)
    throw invalidJob(`the part "content" is longer than ${INLINE_CHARACTERS_MAX} characters`);
  const body = objectOf(parseJson(parts.get('job')?.toString('utf8') ?? ''), 'the part "job"');
  const job = jobs.createIngest(body, request.version);
  job.upload(Buffer.from(content));
  start(job, request);
  return json(job.body());
}

function start(job: IngestJob, request: Request): void {
  job.close(faultOf(request, 'lock_row'), faultOf(request, 'job_failed') !== undefined);
}

function list(_request: Request, { jobs }: Twin): Reply {
  return json({ done: true, records: [...jobs.ingests.values()].map((job) => job.body()), nextRecordsUrl: null });
}

const info = (request: Request, { jobs }: Twin): Reply => json(jobs.ingest(request.params.id!).details());

function upload(request: Request, { jobs }: Twin): Reply {
  jobs.ingest(request.params.id!).upload(request.body);
  return empty(201);
}

function change(request: Request, { jobs }: Twin): Reply {
  const job = jobs.ingest(request.params.id!);
  const { state } = objectOf(jsonBody(request), 'the job');
  if (state === 'UploadComplete') start(job, request);
  else if (state === 'Aborted') job.abort();
  else throw invalidState(`state ${scalarText(state)} is neither UploadComplete nor Aborted`);
  return json(job.body());
}

function remove(request: Request, { jobs }: Twin): Reply {
  const { parts } = jobs.ingest(request.params.id!);
  if (['UploadComplete', 'InProgress'].includes(parts.state))
    throw invalidState(`Deleting a job that is ${parts.state} is not allowed`);
  jobs.ingests.delete(parts.id);
  return empty();
}

function results(name: Parameters<IngestJob['csv']>[0]): (request: Request, twin: Twin) => Reply {
  return (request, { jobs }) => {
    const job = jobs.ingest(request.params.id!);
    if (faultOf(request, 'shuffle_results')) job.shuffle();
    return { status: 200, body: job.csv(name), type: CSV_TYPE };
  };
}

export const bulkIngestRoutes: Route[] = [
  { method: 'POST', pattern: 'jobs/ingest', handler: create },
  { method: 'GET', pattern: 'jobs/ingest', handler: list },
  { method: 'GET', pattern: 'jobs/ingest/:id', handler: info },
  { method: 'PUT', pattern: 'jobs/ingest/:id/batches', handler: upload },
  { method: 'PATCH', pattern: 'jobs/ingest/:id', handler: change },
  { method: 'DELETE', pattern: 'jobs/ingest/:id', handler: remove },
  { method: 'GET', pattern: 'jobs/ingest/:id/successfulResults', handler: results('successfulResults') },
  { method: 'GET', pattern: 'jobs/ingest/:id/failedResults', handler: results('failedResults') },
  { method: 'GET', pattern: 'jobs/ingest/:id/unprocessedrecords', handler: results('unprocessedrecords') },
];
