// Reads and changes tables with the shells of their makers, so that results are judged by software that is not ours.
import { execFileSync } from 'node:child_process';

const outputBytesMax = 1024 * 1024 * 1024;

/** A row: text of each cell, to the byte; null where there is none. */
export type TableRow = (string | null)[];

/** Runs statements in the sqlite3 shell and gives what it prints. */
export function sqlite(file: string, statements: string): string {
  return execFileSync('sqlite3', ['-bail', '-cmd', '.timeout 20000', file], {
    input: statements,
    encoding: 'utf8',
    maxBuffer: outputBytesMax,
  }).trim();
}

/** Rows of an SQLite table by their first column. Cells travel as hex, so no byte of them is lost or mistaken. */
export function sqliteRows(file: string, table: string, columns: string[]): Map<string, TableRow> {
  const cells = columns.map((name) => `CASE WHEN "${name}" IS NULL THEN '-' ELSE hex(CAST("${name}" AS BLOB)) END`);
  return byFirst(sqlite(file, `SELECT ${cells.join(" || ' ' || ")} FROM "${table}";`));
}

/** Runs one statement in psql and gives what it prints. */
export function postgres(url: string, statement: string): string {
  return execFileSync('psql', [url, '-qAt', '-v', 'ON_ERROR_STOP=1', '-c', statement], {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: outputBytesMax,
  }).trim();
}

/** Rows of a PostgreSQL table by their first column. */
export function postgresRows(url: string, table: string, columns: string[]): Map<string, TableRow> {
  const cells = columns.map((name) => `coalesce(encode(convert_to("${name}"::text, 'UTF8'), 'hex'), '-')`);
  return byFirst(postgres(url, `SELECT ${cells.join(" || ' ' || ")} FROM ${table}`));
}

function byFirst(text: string): Map<string, TableRow> {
  const lines = text.split('\n').filter(Boolean);
  const rows = lines.map((line) => line.split(' ').map((cell) => (cell === '-' ? null : fromHex(cell))));
  return new Map(rows.map((row) => [row[0] ?? '', row]));
}

function fromHex(hex: string): string {
  return Buffer.from(hex, 'hex').toString('utf8');
}

/** Makes a new, empty database beside the one of `url` and gives its URL. */
export function freshDatabase(url: string, name: string): string {
  dropDatabase(url, name);
  postgres(url, `CREATE DATABASE ${name}`);
  const fresh = new URL(url);
  fresh.pathname = `/${name}`;
  return fresh.href;
}

export function dropDatabase(url: string, name: string): void {
  postgres(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}
