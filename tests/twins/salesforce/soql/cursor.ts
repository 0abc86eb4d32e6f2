/**
 * Query answers page by page. A cursor holds the ordinals of all rows of the answer and the function that writes
 * them; `nextRecordsUrl` names the cursor and the position. Cursors die after two days of the org's clock, and the
 * oldest goes when there are too many; both answer INVALID_QUERY_LOCATOR.
 */
import type { Subquery } from '@jetstreamapp/soql-parser-js';
import { ApiError } from '../errors';
import { TextBuffer } from '../http/text_buffer';
import type { Org } from '../store/org';
import type { Table } from '../store/table';
import { aggregateRecords, isAggregate, isPlainCount } from './aggregate';
import { childLink, recordWriter, type RecordWriter } from './projection';
import { compile, compileParsed, matchingRows } from './query';

export const PAGE_ROWS = 2000;
export const PAGE_ROWS_MIN = 200;
const CHILD_PAGE_ROWS = 200;
const CURSORS_MAX = 2000;
/** First guesses of sizes; the buffer grows when they are too small. */
const SMALL_PAGE_BYTES = 4096;
const RECORD_BYTES = 1024;

interface Cursor {
  id: string;
  rows: Int32Array;
  write: RecordWriter;
  pageRows: number;
  base: string;
  expiresAt: number;
}

export interface QueryRequest {
  soql: string;
  /** queryAll: deleted rows too. */
  all: boolean;
  pageRows: number;
  /** `/services/data/v66.0` */
  base: string;
}

export class Cursors {
  private readonly open = new Map<string, Cursor>();
  private issued = 0;

  constructor(private readonly org: Org) {}

  /** Runs a statement and writes the first page. */
  query({ soql, all, pageRows, base }: QueryRequest): Buffer {
    const compiled = compile(this.org, soql);
    if (isPlainCount(compiled.select)) {
      const { length } = matchingRows(compiled, all);
      return Buffer.from(`{"totalSize":${length},"done":true,"records":[]}`);
    }
    if (isAggregate(compiled.select) || compiled.parsed.groupBy) {
      const records = aggregateRecords(this.org, compiled, all);
      return Buffer.from(`{"totalSize":${records.length},"done":true,"records":[${records.join(',')}]}`);
    }
    const children = (subquery: Subquery, parent: Table) => this.childWriter(subquery, parent, all, base);
    const write = recordWriter(this.org, compiled.table, compiled.select, base, children);
    return this.firstPage({ rows: matchingRows(compiled, all), write, pageRows, base });
  }

  /** The page behind `nextRecordsUrl`; the locator is `<cursor>-<position>`. */
  page(locator: string): Buffer {
    const [id = '', position = ''] = locator.split('-');
    const cursor = this.open.get(id);
    const from = Number(position);
    const valid =
      cursor && cursor.expiresAt > this.org.clock.now() && Number.isInteger(from) && from < cursor.rows.length;
    if (!valid || position === '') throw new ApiError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
    return this.write(cursor, from);
  }

  /** Forgets a cursor, as Salesforce may at any time. */
  drop(locator: string): void {
    this.open.delete(locator.split('-')[0]!);
  }

  private firstPage(parts: Pick<Cursor, 'rows' | 'write' | 'pageRows' | 'base'>): Buffer {
    const id = `0r8xx${String(++this.issued).padStart(10, '0')}AAA`;
    const cursor = { id, expiresAt: this.org.clock.now() + this.org.options.locatorSeconds, ...parts };
    if (parts.rows.length > parts.pageRows) {
      this.open.set(id, cursor);
      if (this.open.size > CURSORS_MAX) this.open.delete(this.open.keys().next().value!);
    }
    return this.write(cursor, 0);
  }

  private write({ id, rows, write, pageRows, base }: Cursor, from: number): Buffer {
    const to = Math.min(from + pageRows, rows.length);
    const more = to < rows.length ? `"done":false,"nextRecordsUrl":"${base}/query/${id}-${to}"` : '"done":true';
    const page = new TextBuffer(Math.max(SMALL_PAGE_BYTES, (to - from) * RECORD_BYTES));
    page.append(`{"totalSize":${rows.length},${more},"records":[`);
    for (let i = from; i < to; i++) page.append(i === from ? write(rows[i]!) : `,${write(rows[i]!)}`);
    page.append(']}');
    return page.bytes();
  }

  private childWriter(subquery: Subquery, parent: Table, all: boolean, base: string): RecordWriter {
    const { table, link } = childLink(this.org, parent, subquery);
    const compiled = compileParsed(this.org, table, subquery);
    const nested = (): RecordWriter => {
      throw new ApiError(400, 'MALFORMED_QUERY', 'the simulated org does not nest child subqueries');
    };
    const write = recordWriter(this.org, table, compiled.select, base, nested);
    const read = table.reader(link);
    let byParent: Map<string, number[]> | null = null;
    return (row) => {
      byParent ??= groupRows(matchingRows({ ...compiled, limit: Infinity, offset: 0 }, all), (child) =>
        String(read(child)),
      );
      const mine = byParent.get(parent.ids.encode(row));
      if (!mine) return 'null';
      const rows = Int32Array.from(mine.slice(0, compiled.limit));
      return this.firstPage({ rows, write, pageRows: CHILD_PAGE_ROWS, base }).toString();
    };
  }
}

function groupRows(rows: Int32Array, keyOf: (row: number) => string): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}
