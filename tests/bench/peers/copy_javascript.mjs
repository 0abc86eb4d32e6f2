// Peer: query pages over bare undici into PostgreSQL: COPY to a staging table, then one merge per 100,000 records.
import { once } from 'node:events';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { mapRecord, statement, targetFields } from '../data/mapping.mjs';
import { mergeStatement, stagingStatement } from '../data/table.mjs';
import { OrgClient, report, task } from './collections.mjs';

const recordsPerMerge = 100_000;
const { source, database, table } = task();
const reader = await new OrgClient(source, 2).logIn();
const client = new pg.Client(database);
await client.connect();
await client.query(stagingStatement(table));

const escapes = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const special = /[\\\n\r\t]/;
const cellText = (value) => {
  if (value === null) return '\\N';
  const text = String(value);
  return special.test(text) ? text.replace(/[\\\n\r\t]/g, (one) => escapes[one]) : text;
};
const rowText = (mapped) => `${targetFields.map((field) => cellText(mapped[field])).join('\t')}\n`;

let records = 0;
let inBatch = 0;
let copy;
async function merge() {
  copy.end();
  await once(copy, 'finish');
  await client.query(mergeStatement(table));
  await client.query('TRUNCATE staging; COMMIT');
  copy = undefined;
  inBatch = 0;
}
for (let page = await reader.query(statement); page;) {
  const next = page.nextRecordsUrl ? reader.call('GET', page.nextRecordsUrl) : undefined;
  if (!copy) {
    await client.query('BEGIN');
    copy = client.query(copyFrom('COPY staging FROM STDIN'));
  }
  const text = page.records.map((record) => rowText(mapRecord(record))).join('');
  if (!copy.write(text)) await once(copy, 'drain');
  records += page.records.length;
  inBatch += page.records.length;
  page = await next;
  if (inBatch >= recordsPerMerge || !page) await merge();
}
report({ records });
await Promise.all([reader.close(), client.end()]);
