/**
 * A Bulk API 2.0 query: the rows are chosen when the job is created and written as CSV when a result page is asked
 * for. A locator is the position of a page, so a page can be read again.
 */
import { ApiError } from '../errors';
import { scalarText, type JsonObject } from '../json';
import { isAggregate } from '../soql/aggregate';
import { resolvePath } from '../soql/path';
import { compile, matchingRows, type Compiled } from '../soql/query';
import { cellWriter } from '../soql/text';
import type { Org } from '../store/org';
import { DELIMITERS, LINE_ENDINGS, bulkTable, jobBody, newJob, type JobParts, type JobState } from './job';

/** Result pages that resultPages lists at once. */
const PAGES_LISTED = 5;
const RETIRED_MESSAGE = 'Selecting compound data not supported in Bulk Query';

interface Column {
  name: string;
  write: (row: number) => string;
}

const unsupported = (what: string): ApiError => new ApiError(400, 'API_ERROR', what);

function columnsOf(org: Org, { table, select, parsed }: Compiled): Column[] {
  if (parsed.groupBy || isAggregate(select)) throw unsupported('Aggregate Relationships not supported in Bulk Query');
  if (parsed.offset !== undefined) throw unsupported('OFFSET clause is not supported in Bulk Query');
  return select.map((item): Column => {
    if (item.type !== 'Field' && item.type !== 'FieldRelationship') {
      throw unsupported(`${item.type === 'FieldSubquery' ? 'Nested queries' : item.type} not supported in Bulk Query`);
    }
    const names = item.type === 'Field' ? [item.field] : [...item.relationships, item.field];
    const { field, read } = resolvePath(org, table, names);
    if (field.type === 'address') throw unsupported(RETIRED_MESSAGE);
    const name = names.length === 1 ? field.name : [...names.slice(0, -1), field.name].join('.');
    return { name, write: cellWriter(field, read) };
  });
}

export class QueryJob {
  private readonly rows: Int32Array;
  private readonly columns: Column[];
  private abortedState: JobState | null = null;

  private constructor(
    private readonly org: Org,
    readonly parts: JobParts,
    compiled: Compiled,
    private readonly fails: boolean,
  ) {
    this.columns = columnsOf(org, compiled);
    this.rows = matchingRows(compiled, parts.operation === 'queryAll');
  }

  /** Throws what Salesforce answers to a bad job: INVALIDENTITY, API_ERROR or the SOQL error. */
  static create(org: Org, number: number, body: JsonObject, version: number, fails: boolean): QueryJob {
    const { operation, query } = body;
    if (operation !== 'query' && operation !== 'queryAll')
      throw new ApiError(400, 'INVALIDJOB', `operation ${scalarText(operation)} is unknown`);
    if (typeof query !== 'string') throw new ApiError(400, 'INVALIDJOB', 'query is missing');
    const compiled = compile(org, query);
    const table = bulkTable(org, compiled.table.schema.name);
    return new QueryJob(org, newJob(org, number, table, body, version, 'UploadComplete'), compiled, fails);
  }

  /** Moves with real time: UploadComplete, InProgress, then JobComplete or Failed. */
  state(): JobState {
    if (this.abortedState) return this.abortedState;
    const share = (Date.now() - this.parts.startedMs) / Math.max(1, this.org.options.bulkDelayMs);
    if (share >= 1) return this.fails ? 'Failed' : 'JobComplete';
    return share < 0.3 ? 'UploadComplete' : 'InProgress';
  }

  abort(): void {
    if (this.state() !== 'JobComplete') this.abortedState = 'Aborted';
  }

  body(): JsonObject {
    return jobBody(this.org, this.parts, this.state());
  }

  details(): JsonObject {
    const state = this.state();
    const processed = state === 'JobComplete' ? this.rows.length : 0;
    return {
      ...this.body(),
      jobType: 'V2Query',
      numberRecordsProcessed: processed,
      retries: 0,
      totalProcessingTime: Date.now() - this.parts.startedMs,
      isPkChunkingSupported: true,
    };
  }

  /** One result page: its CSV, the number of rows and the locator of the next page or `null` as text. */
  page(locator: string | null, maxRecords: number | null): { csv: Iterable<string>; rows: number; next: string } {
    const from = locator === null ? 0 : readLocator(locator, this.rows.length);
    const to = Math.min(this.rows.length, from + (maxRecords ?? this.org.options.bulkPageRows));
    return { csv: this.csv(from, to), rows: to - from, next: to < this.rows.length ? writeLocator(to) : 'null' };
  }

  /** Locators of up to five pages from a position on, and of the first page after them. */
  pageLocators(locator: string | null): { pages: string[]; next: string | null } {
    const from = locator === null ? 0 : readLocator(locator, this.rows.length);
    const step = this.org.options.bulkPageRows;
    const pages: string[] = [];
    let at = from;
    for (; pages.length < PAGES_LISTED && (at < this.rows.length || at === 0); at += step) pages.push(writeLocator(at));
    return { pages, next: at < this.rows.length ? writeLocator(at) : null };
  }

  private *csv(from: number, to: number): Generator<string> {
    const delimiter = DELIMITERS[this.parts.delimiter]!;
    const end = LINE_ENDINGS[this.parts.lineEnding]!;
    yield this.columns.map(({ name }) => `"${name}"`).join(delimiter) + end;
    for (let i = from; i < to; i++) yield this.line(this.rows[i]!, delimiter) + end;
  }

  private line(row: number, delimiter: string): string {
    let text = this.columns[0]!.write(row);
    for (let i = 1; i < this.columns.length; i++) text += delimiter + this.columns[i]!.write(row);
    return text;
  }
}

const writeLocator = (position: number): string => Buffer.from(String(position)).toString('base64url');

function readLocator(locator: string, rows: number): number {
  const position = Number(Buffer.from(locator, 'base64url').toString('latin1'));
  const valid = Number.isInteger(position) && position >= 0 && (position < rows || position === 0);
  if (!valid) throw new ApiError(400, 'INVALID_QUERY_LOCATOR', `invalid query locator: ${locator}`);
  return position;
}
