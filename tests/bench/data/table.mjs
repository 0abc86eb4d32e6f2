// The table that everything writes to in the PostgreSQL workloads, and the statements that the floor and the peers
// use. The merge leaves rows alone that are the same already.
import { keyField, targetFields } from './mapping.mjs';

const types = { Revenue_K__c: 'numeric', Employees__c: 'integer', Customer_Since__c: 'date' };
const quoted = (name) => `"${name}"`;
const columns = targetFields.map(quoted).join(', ');
const others = targetFields.filter((field) => field !== keyField).map(quoted);
const definition = targetFields.map((field) => `${quoted(field)} ${types[field] ?? 'text'}`).join(', ');

export const tableStatement = (table) =>
  `DROP TABLE IF EXISTS ${table}; CREATE TABLE ${table} (${definition}, PRIMARY KEY (${quoted(keyField)}))`;

export const stagingStatement = (table) =>
  `CREATE TEMPORARY TABLE staging ON COMMIT PRESERVE ROWS AS SELECT * FROM ${table} LIMIT 0`;

const assignments = others.map((name) => `${name} = excluded.${name}`).join(', ');
const rowOf = (alias) => `(${others.map((name) => `${alias}.${name}`).join(', ')})`;

export const mergeStatement = (table) =>
  `INSERT INTO ${table} AS t (${columns}) SELECT ${columns} FROM staging ` +
  `ON CONFLICT (${quoted(keyField)}) DO UPDATE SET ${assignments} ` +
  `WHERE ${rowOf('t')} IS DISTINCT FROM ${rowOf('excluded')}`;

/** Of that many rows at once, their values as parameters row by row. */
export function upsertStatement(table, rows) {
  const width = targetFields.length;
  const row = (number) => `(${targetFields.map((_, index) => `$${number * width + index + 1}`).join(', ')})`;
  return (
    `INSERT INTO ${table} (${columns}) VALUES ${Array.from({ length: rows }, (_, number) => row(number)).join(', ')} ` +
    `ON CONFLICT (${quoted(keyField)}) DO UPDATE SET ${assignments}`
  );
}

/** One row {missing, surplus}: rows of `expected` that `table` has not, and the other way round. */
export function compareStatement(table, expected) {
  const without = (a, b) => `SELECT ${columns} FROM ${a} EXCEPT SELECT ${columns} FROM ${b}`;
  const count = (rows) => `(SELECT count(*) FROM (${rows}) AS rows)::int`;
  return `SELECT ${count(without(expected, table))} AS missing, ${count(without(table, expected))} AS surplus`;
}
