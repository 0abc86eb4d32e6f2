// Peer of the mapping core: lean JavaScript from the same bytes to the same bytes; records per CPU second.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mapByCatalogue } from '../data/catalogue.mjs';
import { mapCells, mapRecord } from '../data/mapping.mjs';
import { summary } from '../runner/interleave.mjs';
import { CsvRows } from './csv_rows.mjs';
import { report, task } from './collections.mjs';

const pageRecords = 2_000;
const repetitions = 5;
const { data } = task();
const csv = Buffer.concat(['accounts.csv.header', 'accounts.csv'].map((name) => readFileSync(join(data, name))));
const pages = jsonPages();
const records = lengthsOf('accounts.json').length;
report({
  json: rates(() => fromJson(mapRecord)),
  csv: rates(fromCsv),
  catalogue: rates(() => fromJson(mapByCatalogue)),
});

function lengthsOf(name) {
  return new Uint32Array(Uint8Array.from(readFileSync(join(data, `${name}.lengths`))).buffer);
}

function jsonPages() {
  const bytes = readFileSync(join(data, 'accounts.json'));
  const made = [];
  let [at, rows] = [0, []];
  for (const length of lengthsOf('accounts.json')) {
    rows.push(bytes.toString('utf8', at, (at += length)));
    if (rows.length < pageRecords) continue;
    made.push(Buffer.from(`{"totalSize":100000,"done":false,"records":[${rows.join(',')}]}`));
    rows = [];
  }
  return made;
}

function fromJson(map) {
  let bytes = 0;
  for (const page of pages) {
    const mapped = JSON.parse(page.toString('utf8')).records.map(map);
    bytes += Buffer.from(JSON.stringify(mapped)).length;
  }
  return bytes;
}

function fromCsv() {
  let [bytes, mapped, header] = [0, [], true];
  const rows = new CsvRows((cells) => {
    if (!header) mapped.push(mapCells(cells));
    header = false;
    if (mapped.length < pageRecords) return;
    bytes += Buffer.from(JSON.stringify(mapped)).length;
    mapped = [];
  });
  rows.feed(csv.toString('utf8'));
  return bytes;
}

function rates(work) {
  const times = Array.from({ length: repetitions }, () => {
    const before = process.cpuUsage();
    if (work() === 0) throw new Error('nothing was made');
    const { user, system } = process.cpuUsage(before);
    return records / ((user + system) / 1e6);
  });
  const { median, min, max } = summary(times);
  return { median: Math.round(median), min: Math.round(min), max: Math.round(max) };
}
