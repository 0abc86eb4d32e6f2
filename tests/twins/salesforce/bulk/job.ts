/** What query jobs and ingest jobs of Bulk API 2.0 have in common. */
import { ApiError } from '../errors';
import { IdCodec } from '../ids';
import { restTime } from '../datetime';
import { scalarText, type JsonObject } from '../json';
import type { Org } from '../store/org';
import type { Table } from '../store/table';

export type JobState = 'Open' | 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Failed' | 'Aborted';

export const DELIMITERS: Record<string, string> = {
  BACKQUOTE: '`',
  CARET: '^',
  COMMA: ',',
  PIPE: '|',
  SEMICOLON: ';',
  TAB: '\t',
};
export const LINE_ENDINGS: Record<string, string> = { LF: '\n', CRLF: '\r\n' };

export interface JobParts {
  id: string;
  operation: string;
  table: Table;
  state: JobState;
  /** Seconds on the org's clock. */
  createdAt: number;
  /** Milliseconds of the machine's clock; jobs take real time. */
  startedMs: number;
  version: number;
  delimiter: string;
  lineEnding: string;
  errorMessage: string | null;
}

const ids = new IdCodec('750');

export const invalidJob = (message: string): ApiError => new ApiError(400, 'INVALIDJOB', message);
export const invalidState = (message: string): ApiError => new ApiError(400, 'INVALIDJOBSTATE', message);

function choice(body: JsonObject, key: string, known: Record<string, string>, fallback: string): string {
  const name = body[key] ?? fallback;
  if (typeof name !== 'string' || !(name in known)) {
    throw invalidJob(`${key} ${scalarText(name)} is not one of ${Object.keys(known).join(', ')}`);
  }
  return name;
}

/** The object of a job; throws INVALIDENTITY when the Bulk API does not serve it. */
export function bulkTable(org: Org, name: string): Table {
  const table = org.table(name);
  if (!table.schema.bulk || org.options.bulkUnsupported.includes(table.schema.name)) {
    throw new ApiError(400, 'INVALIDENTITY', `Entity '${table.schema.name}' is not supported by the Bulk API.`);
  }
  return table;
}

export function newJob(
  org: Org,
  number: number,
  table: Table,
  body: JsonObject,
  version: number,
  state: JobState,
): JobParts {
  if ((body['contentType'] ?? 'CSV') !== 'CSV')
    throw invalidJob(`contentType ${scalarText(body['contentType'])} is not CSV`);
  return {
    id: ids.encode(number),
    operation: scalarText(body['operation']),
    table,
    state,
    createdAt: org.clock.now(),
    startedMs: Date.now(),
    version,
    delimiter: choice(body, 'columnDelimiter', DELIMITERS, 'COMMA'),
    lineEnding: choice(body, 'lineEnding', LINE_ENDINGS, 'LF'),
    errorMessage: null,
  };
}

/** The fields every job answer has. */
export function jobBody(org: Org, job: JobParts, state: JobState): JsonObject {
  const created = restTime(job.createdAt);
  return {
    id: job.id,
    operation: job.operation,
    object: job.table.schema.name,
    createdById: org.userId,
    createdDate: created,
    systemModstamp: created,
    state,
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    apiVersion: job.version,
    lineEnding: job.lineEnding,
    columnDelimiter: job.delimiter,
    ...(job.errorMessage === null ? {} : { errorMessage: job.errorMessage }),
  };
}
