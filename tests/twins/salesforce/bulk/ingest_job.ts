/**
 * A Bulk API 2.0 ingest job: one CSV upload, processed in chunks of 200 rows between other calls. Cells: empty means
 * "leave the field alone", `#N/A` means null. Rows that fail are kept with their error; what a failed job did not
 * reach is "unprocessed".
 */
import { ApiError, type RowError } from '../errors';
import type { Fault } from '../faults/fault';
import { scalarText, type JsonObject } from '../json';
import type { Field } from '../schema/field';
import { quoted } from '../soql/text';
import type { Org } from '../store/org';
import { deleteRow, insertRow, lockedRow, updateRow, upsertRow, type RowResult } from '../writes/row_write';
import { columnOf, csvChunks, recordOf, type Column } from './ingest_csv';
import { DELIMITERS, LINE_ENDINGS, bulkTable, invalidJob, invalidState, jobBody, newJob, type JobParts } from './job';

const OPERATIONS = ['insert', 'update', 'upsert', 'delete', 'hardDelete'];
const UPLOAD_BYTES_MAX = 150 * 1024 * 1024;

type ResultName = 'successfulResults' | 'failedResults' | 'unprocessedrecords';

export class IngestJob {
  private content: Buffer | null = null;
  private header: string[] = [];
  private readonly results: Record<ResultName, string[]> = {
    successfulResults: [],
    failedResults: [],
    unprocessedrecords: [],
  };
  private finishedMs = 0;

  private constructor(
    private readonly org: Org,
    readonly parts: JobParts,
    private readonly key: Field | null,
  ) {}

  static create(org: Org, number: number, body: JsonObject, version: number): IngestJob {
    const { operation, object, externalIdFieldName } = body;
    if (!OPERATIONS.includes(scalarText(operation))) throw invalidJob(`operation ${scalarText(operation)} is unknown`);
    if (typeof object !== 'string') throw invalidJob('object is missing');
    const table = bulkTable(org, object);
    if (!table.schema.writable)
      throw new ApiError(400, 'INVALIDENTITY', `Entity '${table.schema.name}' cannot be written.`);
    const key = typeof externalIdFieldName === 'string' ? (table.field(externalIdFieldName) ?? null) : null;
    if (operation === 'upsert' && !(key?.externalId || key?.idLookup)) {
      throw new ApiError(
        400,
        'INVALID_FIELD',
        `externalIdFieldName ${scalarText(externalIdFieldName)} is not an external id of ${object}`,
      );
    }
    return new IngestJob(org, newJob(org, number, table, body, version, 'Open'), key);
  }

  body(): JsonObject {
    const { parts } = this;
    return {
      ...jobBody(this.org, parts, parts.state),
      ...(this.key ? { externalIdFieldName: this.key.name } : {}),
      contentUrl: `services/data/v${parts.version}.0/jobs/ingest/${parts.id}/batches`,
    };
  }

  details(): JsonObject {
    const { successfulResults, failedResults } = this.results;
    const total = this.finishedMs === 0 ? 0 : this.finishedMs - this.parts.startedMs;
    return {
      ...this.body(),
      jobType: 'V2Ingest',
      numberRecordsProcessed: successfulResults.length + failedResults.length,
      numberRecordsFailed: failedResults.length,
      retries: 0,
      totalProcessingTime: total,
      apiActiveProcessingTime: total,
      apexProcessingTime: 0,
    };
  }

  upload(content: Buffer): void {
    if (this.parts.state !== 'Open')
      throw invalidState(`Uploading data is not allowed: the job is ${this.parts.state}`);
    if (this.content)
      throw new ApiError(400, 'INVALIDJOBSTATE', 'Found multiple contents for job: only one upload is allowed');
    if (content.length > UPLOAD_BYTES_MAX)
      throw new ApiError(413, 'LIMIT_EXCEEDED', 'the upload is larger than 150 MB');
    this.content = content;
  }

  abort(): void {
    if (['JobComplete', 'Failed'].includes(this.parts.state))
      throw invalidState(`Aborting an already ${this.parts.state} job not allowed`);
    this.parts.state = 'Aborted';
    this.content = null;
  }

  /** Starts the work; the faults are those armed for the call that closed the upload. */
  close(lock: Fault | undefined, fails: boolean): void {
    if (this.parts.state !== 'Open') throw invalidState(`Closing already ${this.parts.state} Job not allowed`);
    this.parts.state = 'UploadComplete';
    setTimeout(() => void this.process(lock, fails), this.org.options.bulkDelayMs);
  }

  /** A result file, its header line first. */
  *csv(name: ResultName): Generator<string> {
    const extra = {
      successfulResults: ['sf__Id', 'sf__Created'],
      failedResults: ['sf__Id', 'sf__Error'],
      unprocessedrecords: [],
    };
    yield this.line([...extra[name], ...this.header]);
    yield* this.results[name];
  }

  /** Mixes the successful rows up, as Salesforce may. */
  shuffle(): void {
    this.results.successfulResults.reverse();
    this.results.successfulResults.sort((a, b) => a.length - b.length);
  }

  private async process(lock: Fault | undefined, fails: boolean): Promise<void> {
    const { parts } = this;
    if (parts.state !== 'UploadComplete') return;
    parts.state = 'InProgress';
    try {
      let columns: Column[] | null = null;
      let at = 0;
      for await (const chunk of csvChunks(this.content ?? Buffer.alloc(0), parts, (header) => (this.header = header))) {
        columns ??= this.header.map((name) => columnOf(this.org, parts.table, name));
        // A job that is ordered to fail stops in the middle of its first chunk.
        const reached = !fails ? chunk.length : at === 0 ? Math.ceil(chunk.length / 2) : 0;
        const end = this.isAborted() ? 0 : reached;
        this.processChunk(chunk.slice(0, end), columns, at, lock);
        for (const record of chunk.slice(end)) this.results.unprocessedrecords.push(this.line(record));
        at += chunk.length;
        await new Promise(setImmediate);
      }
      if (!this.isAborted()) parts.state = fails ? 'Failed' : 'JobComplete';
    } catch (error) {
      parts.state = 'Failed';
      parts.errorMessage = (error as Error).message;
    }
    this.content = null;
    this.finishedMs = Date.now();
  }

  private isAborted(): boolean {
    return this.parts.state === 'Aborted';
  }

  private processChunk(records: string[][], columns: Column[], from: number, lock: Fault | undefined): void {
    const keyColumn = this.key && columns.findIndex((column) => 'field' in column && column.field === this.key!.name);
    const keys = new Map<string, number>();
    if (keyColumn !== null) {
      for (const record of records) {
        const key = (record[keyColumn] ?? '').trim().toLowerCase();
        keys.set(key, (keys.get(key) ?? 0) + 1);
      }
    }
    records.forEach((record, i) => {
      const isLocked = lock !== undefined && (from + i + 1) % lock.every === 0;
      const key = keyColumn === null ? '' : (record[keyColumn] ?? '').trim();
      const repeated = key !== '' && keys.get(key.toLowerCase())! > 1;
      const result = isLocked ? lockedRow() : repeated ? duplicate(key, this.key!) : this.write(record, columns);
      const [name, second] = result.success
        ? (['successfulResults', String(result.created)] as const)
        : (['failedResults', result.errors.map(errorCell).join(';')] as const);
      this.results[name].push(this.line([result.id ?? '', second, ...record]));
    });
  }

  private write(record: string[], columns: Column[]): RowResult {
    const { id, sent } = recordOf(record, columns);
    const { table, operation } = this.parts;
    switch (operation) {
      case 'insert':
        return insertRow(this.org, table, sent);
      case 'update':
        return updateRow(this.org, table, id, sent);
      case 'upsert':
        return upsertRow(this.org, table, this.key!, this.key!.type === 'id' ? id : sent[this.key!.name], sent);
      default:
        return deleteRow(this.org, table, id, operation === 'hardDelete');
    }
  }

  private line(cells: string[]): string {
    return cells.map(quoted).join(DELIMITERS[this.parts.delimiter]) + LINE_ENDINGS[this.parts.lineEnding]!;
  }
}

const errorCell = ({ code, message, fields }: RowError): string => `${code}:${message}:${fields.join(',')} --`;

const duplicate = (key: string, f: Field): RowResult => ({
  id: null,
  success: false,
  created: false,
  errors: [{ code: 'DUPLICATE_VALUE', message: `Duplicate external id specified: ${key}`, fields: [f.name] }],
});
