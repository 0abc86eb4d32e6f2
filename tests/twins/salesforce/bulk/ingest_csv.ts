/**
 * Reading the CSV of an ingest job. The parser is csv-parse; what is Salesforce's own is here: line endings must be
 * as declared, an empty cell is ignored, `#N/A` is null, and `Account.Ext__c` names a parent by its key.
 */
import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import type { JsonObject } from '../json';
import type { Org } from '../store/org';
import type { Table } from '../store/table';
import { DELIMITERS, LINE_ENDINGS, type JobParts } from './job';

/** Salesforce works through a batch in chunks of this size; keys must not repeat within one. */
const CHUNK_ROWS = 200;
const NULL_CELL = '#N/A';

/** Where a CSV column goes: a field, or a parent named by one of its keys. */
export type Column = { field: string } | { link: string; key: string };

function checkLineEnding(content: Buffer, lineEnding: string): void {
  const firstLine = content.subarray(0, content.indexOf('\n') + 1).toString('utf8');
  if (firstLine === '' || firstLine.endsWith('\r\n') === (lineEnding === 'CRLF')) return;
  throw new Error(`ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is ${lineEnding}`);
}

/**
 * The rows of an upload, 200 at a time, at least one chunk. `onHeader` gets the first line before the first chunk.
 * Throws with the errorMessage of the job.
 */
export async function* csvChunks(
  content: Buffer,
  { delimiter, lineEnding }: JobParts,
  onHeader: (header: string[]) => void,
): AsyncGenerator<string[][]> {
  checkLineEnding(content, lineEnding);
  const options = {
    delimiter: DELIMITERS[delimiter]!,
    record_delimiter: LINE_ENDINGS[lineEnding]!,
    bom: true,
    skip_empty_lines: true,
  };
  let hasHeader = false;
  let chunk: string[][] = [];
  try {
    for await (const record of Readable.from([content]).pipe(parse(options)) as AsyncIterable<string[]>) {
      if (!hasHeader) onHeader(record);
      else if (chunk.push(record) === CHUNK_ROWS) {
        yield chunk;
        chunk = [];
      }
      hasHeader = true;
    }
  } catch (error) {
    throw new Error(`ClientInputError : Error processing CSV data: ${(error as Error).message}`);
  }
  yield chunk;
}

/** The column of a header cell; `Lead:Who.Email` names the object of a polymorphic lookup first. */
export function columnOf(org: Org, table: Table, name: string): Column {
  const [path = '', key] = name.replace(/^\w+:/, '').split('.');
  const f = key === undefined ? table.field(path) : undefined;
  if (f) return { field: f.name };
  const link = table.schema.fields.find((one) => one.relationshipName?.toLowerCase() === path.toLowerCase());
  const parentField = link && key !== undefined ? org.parentOf(link).field(key) : undefined;
  if (!link || !(parentField?.externalId || parentField?.idLookup)) {
    throw new Error(`InvalidBatch : Field name not found : ${name}`);
  }
  return { link: link.relationshipName!, key: parentField.name };
}

/** A line as the record a REST client would have sent, and its Id apart. */
export function recordOf(cells: string[], columns: Column[]): { id: string | undefined; sent: JsonObject } {
  const sent: JsonObject = {};
  let id: string | undefined;
  columns.forEach((column, i) => {
    const cell = cells[i] ?? '';
    if (cell === '') return;
    const value = cell === NULL_CELL ? null : cell;
    if ('link' in column) sent[column.link] = { [column.key]: value };
    else if (column.field === 'Id') id = cell;
    else sent[column.field] = value;
  });
  return { id, sent };
}
