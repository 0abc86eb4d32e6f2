// The floor of transport: curl downloads what the source has, or uploads what the target is to get, and does nothing
// else.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyField, objectName, recordsPerCall } from '../data/mapping.mjs';
import { measured } from './programs.mjs';

const connections = 4;
const pageRows = 2_000;
const resultRows = 50_000;
const base = '/services/data/v66.0';

const offsets = (records, step) => Array.from({ length: Math.ceil(records / step) }, (_, index) => index * step);

/** Downloads query pages. */
export function downloadPages(folder, source, records) {
  const urls = offsets(records, pageRows).map((offset) => `${source}${base}/query/0r8000000000001-${offset}`);
  return download(folder, urls, records);
}

/** Downloads the pages of one Bulk query job's results. */
export async function downloadResults(folder, source, records) {
  const body = JSON.stringify({ operation: 'query', query: `SELECT Id FROM ${objectName}` });
  const { id } = await (await fetch(`${source}${base}/jobs/query`, { method: 'POST', body })).json();
  const urls = offsets(records, resultRows).map(
    (offset) => `${source}${base}/jobs/query/${id}/results?locator=${offset}`,
  );
  return download(folder, urls, records);
}

async function download(folder, urls, records) {
  const config = join(folder, 'curl.download');
  writeFileSync(config, urls.map((url) => `url = "${url}"\noutput = "/dev/null"\n`).join(''));
  return { ...(await runCurl(config)), records };
}

/** Uploads ready bodies of 200 mapped records; above 100,000 records the same ones come again. */
export async function upload(folder, target, records) {
  const bodies = bodyFiles(folder);
  const url = `${target}${base}/composite/sobjects/${objectName}/${keyField}`;
  const calls = Array.from({ length: Math.ceil(records / recordsPerCall) }, (_, index) =>
    [
      `url = "${url}"`,
      'request = "PATCH"',
      'header = "Content-Type: application/json"',
      'output = "/dev/null"',
      `upload-file = "${bodies[index % bodies.length]}"`,
    ].join('\n'),
  );
  const config = join(folder, 'curl.upload');
  writeFileSync(config, calls.join('\nnext\n'));
  return { ...(await runCurl(config)), records };
}

function runCurl(config) {
  const flags = ['--silent', '--show-error', '--fail', '--parallel', '--parallel-max', String(connections)];
  return measured('curl', [...flags, '--config', config]);
}

// Made once beside the data.
function bodyFiles(folder) {
  const parts = join(folder, 'bodies');
  const lengths = new Uint32Array(Uint8Array.from(readFileSync(join(folder, 'mapped.json.lengths'))).buffer);
  const paths = offsets(lengths.length, recordsPerCall).map((offset) => join(parts, `${offset}.json`));
  if (existsSync(parts)) return paths;
  mkdirSync(parts);
  const rows = readFileSync(join(folder, 'mapped.json'));
  let at = 0;
  for (const [call, path] of paths.entries()) {
    const records = [];
    for (const length of lengths.subarray(call * recordsPerCall, (call + 1) * recordsPerCall)) {
      records.push(rows.toString('utf8', at, at + length));
      at += length;
    }
    writeFileSync(path, `{"allOrNone":false,"records":[${records.join(',')}]}`);
  }
  return paths;
}
