import { type Book, type TableBody, tableKind, type TableSummary, tableSummary } from '../../../lib';

/** Documents come whole, and a table may have 16 MiB. The engine reads one more, to tell whether there is more. */
const tablesAtOnce = 3;

/** Tables without their rows, by id; `next` is there if there are more. */
export async function listTables(
  book: Book,
  after: string | undefined,
  limit: number,
): Promise<{ tables: TableSummary[]; next?: string }> {
  const tables: TableSummary[] = [];
  for (let place = after; ;) {
    const wanted = Math.min(tablesAtOnce, limit - tables.length);
    const { documents, next } = await book.list<Partial<TableBody>>(tableKind, { after: place, limit: wanted });
    tables.push(...documents.map(tableSummary));
    if (next === undefined || tables.length === limit) return { tables, next };
    place = next;
  }
}
