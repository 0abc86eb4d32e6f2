import { postgresRows, sqliteRows, type TableRow } from './tables';
import type { Twin } from './twin';

const orgInstant = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})\+0000$/;

/** Pairs of a field in the org and a column in the table. The first pair is the key. */
export type Columns = [field: string, column: string][];

/** A value of a row as the org tells it: numbers are their text. */
export type Cell = string | boolean | null | undefined;

/** A value of the org as the sqlite3 shell shows it. */
function sqliteText(value: Cell): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value ? '1' : '0';
  return value.replace(orgInstant, '$1Z');
}

/** The rows of the org that are not deleted, as a table should hold them. */
export async function expectedRows(
  twin: Twin,
  object: string,
  columns: Columns,
  shown: (value: Cell) => string | null = sqliteText,
): Promise<Map<string, TableRow>> {
  const expected = new Map<string, TableRow>();
  for await (const row of twin.rows(object)) {
    if (row['IsDeleted'] === true) continue;
    expected.set(
      row['Id'] as string,
      columns.map(([field]) => shown(row[field])),
    );
  }
  return expected;
}

/** Fails unless the SQLite table holds what the org holds, to the byte. */
export async function expectSqliteEqualsOrg(
  twin: Twin,
  object: string,
  file: string,
  table: string,
  columns: Columns,
): Promise<void> {
  const held = sqliteRows(
    file,
    table,
    columns.map(([, column]) => column),
  );
  expectSameRows(held, await expectedRows(twin, object, columns));
}

/** Fails unless the PostgreSQL table holds what the org holds. Meant for text columns. */
export async function expectPostgresEqualsOrg(
  twin: Twin,
  object: string,
  url: string,
  table: string,
  columns: Columns,
): Promise<void> {
  const held = postgresRows(
    url,
    table,
    columns.map(([, column]) => column),
  );
  expectSameRows(held, await expectedRows(twin, object, columns));
}

/** As toEqual(), but shows the first differences only: a test of 200,000 rows has to stay readable when it fails. */
export function expectSameRows(held: Map<string, TableRow>, expected: Map<string, TableRow>): void {
  const shownMax = 5;
  const wrong: unknown[] = [];
  for (const [key, row] of expected) {
    const found = held.get(key);
    if (!found || found.some((cell, index) => cell !== row[index])) wrong.push({ expected: row, found });
    if (wrong.length === shownMax) break;
  }
  const unexpected = [...held.keys()].filter((key) => !expected.has(key)).slice(0, shownMax);
  expect({ wrong, unexpected, rows: held.size }).toEqual({ wrong: [], unexpected: [], rows: expected.size });
}
