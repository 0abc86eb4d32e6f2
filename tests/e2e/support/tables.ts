import { execFileSync } from 'node:child_process';

const outputBytesMax = 1024 * 1024 * 1024;

/** Rows of an SQLite table by its first column, read by the sqlite3 shell: software that is not ours. */
export function sqliteRows(file: string, table: string, columns: string[]): Map<string, string[]> {
  const list = columns.map((column) => `quote("${column}")`).join(", '|', ");
  const query = `SELECT ${list.split(", '|', ").join(` || char(31) || `)} FROM "${table}"`;
  const text = execFileSync('sqlite3', [file, query], { encoding: 'utf8', maxBuffer: outputBytesMax });
  return byFirst(text.split('\n').filter(Boolean).map((row) => row.split('\x1f').map(unquoteSql)));
}

/** Rows of a PostgreSQL table by their first column, read by psql. `null` comes as the text NULL. */
export function postgresRows(url: string, table: string, columns: string[]): Map<string, string[]> {
  const list = columns.map((column) => `"${column}"`).join(', ');
  const query = `COPY (SELECT ${list} FROM ${table}) TO STDOUT (DELIMITER E'\\x1f', NULL 'NULL')`;
  const text = execFileSync('psql', [url, '-qAt', '-c', query], { encoding: 'utf8', maxBuffer: outputBytesMax });
  return byFirst(text.split('\n').filter(Boolean).map((row) => row.split('\x1f')));
}

export function postgresQuery(url: string, query: string): string {
  return execFileSync('psql', [url, '-qAt', '-c', query], { encoding: 'utf8', maxBuffer: outputBytesMax }).trim();
}

function byFirst(rows: string[][]): Map<string, string[]> {
  return new Map(rows.map((row) => [row[0] as string, row]));
}

/** `quote()` of SQLite: 'it''s', 12, NULL. */
function unquoteSql(text: string): string {
  return text.startsWith("'") ? text.slice(1, -1).replaceAll("''", "'") : text;
}
