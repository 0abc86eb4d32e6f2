/** Bulk API 2.0 query jobs. */
import { invalidState } from '../bulk/job';
import { ApiError } from '../errors';
import { CSV_TYPE, empty, faultOf, json, jsonBody, type Reply, type Request } from '../http/message';
import type { Route } from '../http/router';
import { objectOf, scalarText } from '../json';
import type { QueryJob } from '../bulk/query_job';
import type { Twin } from '../twin';

function create(request: Request, { jobs }: Twin): Reply {
  const body = objectOf(jsonBody(request), 'the job');
  return json(jobs.createQuery(body, request.version, faultOf(request, 'job_failed') !== undefined).body());
}

function list(_request: Request, { jobs }: Twin): Reply {
  return json({ done: true, records: [...jobs.queries.values()].map((job) => job.details()), nextRecordsUrl: null });
}

const info = (request: Request, { jobs }: Twin): Reply => json(jobs.query(request.params.id!).details());

/** The finished job of a results call. Another API version than at creation answers 409. */
function finished(request: Request, { jobs }: Twin): QueryJob {
  const job = jobs.query(request.params.id!);
  if (job.parts.version !== request.version) {
    throw new ApiError(409, 'API_VERSION_MISMATCH', `the job was created in API version ${job.parts.version}.0`);
  }
  if (job.state() !== 'JobComplete')
    throw invalidState(`The job is ${job.state()}: results are there when it is JobComplete`);
  return job;
}

function results(request: Request, twin: Twin): Reply {
  const job = finished(request, twin);
  const wanted = request.query.get('maxRecords');
  const maxRecords = wanted === null ? null : Number(wanted);
  if (maxRecords !== null && !(Number.isInteger(maxRecords) && maxRecords > 0)) {
    throw new ApiError(400, 'INVALIDJOB', `maxRecords ${wanted} is not a positive number`);
  }
  const { csv, rows, next } = job.page(request.query.get('locator'), maxRecords);
  const headers = { 'Sforce-Locator': next, 'Sforce-NumberOfRecords': String(rows) };
  return { status: 200, body: csv, type: CSV_TYPE, headers };
}

function resultPages(request: Request, twin: Twin): Reply {
  const { pages, next } = finished(request, twin).pageLocators(request.query.get('locator'));
  const job = `${request.base}/jobs/query/${request.params.id}`;
  return json({
    resultPages: pages.map((locator) => ({ resultUrl: `${job}/results?locator=${locator}` })),
    ...(next === null ? {} : { nextRecordsUrl: `${job}/resultPages?locator=${next}` }),
    done: next === null,
  });
}

function abort(request: Request, { jobs }: Twin): Reply {
  const job = jobs.query(request.params.id!);
  const { state } = objectOf(jsonBody(request), 'the job');
  if (state !== 'Aborted') throw invalidState(`state ${scalarText(state)} is not Aborted`);
  job.abort();
  return json(job.body());
}

function remove(request: Request, { jobs }: Twin): Reply {
  const job = jobs.query(request.params.id!);
  if (['UploadComplete', 'InProgress'].includes(job.state()))
    throw invalidState(`Deleting a job that is ${job.state()} is not allowed`);
  jobs.queries.delete(job.parts.id);
  return empty();
}

export const bulkQueryRoutes: Route[] = [
  { method: 'POST', pattern: 'jobs/query', handler: create },
  { method: 'GET', pattern: 'jobs/query', handler: list },
  { method: 'GET', pattern: 'jobs/query/:id', handler: info },
  { method: 'GET', pattern: 'jobs/query/:id/results', handler: results },
  { method: 'GET', pattern: 'jobs/query/:id/resultPages', handler: resultPages },
  { method: 'PATCH', pattern: 'jobs/query/:id', handler: abort },
  { method: 'DELETE', pattern: 'jobs/query/:id', handler: remove },
];
