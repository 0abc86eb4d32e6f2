// Peer: Bulk 2.0 results over bare undici, a hand-written CSV reader, a hand-written mapping, 200 records a call.
import { StringDecoder } from 'node:string_decoder';
import { mapCells, statement } from '../data/mapping.mjs';
import { Batches, OrgClient, report, task } from './collections.mjs';
import { CsvRows } from './csv_rows.mjs';

const { source, target, callsMax = 8 } = task();
const reader = await new OrgClient(source, 2).logIn();
const writer = await new OrgClient(target, callsMax + 1).logIn();
const batches = new Batches((records) => writer.upsert(records), callsMax);

const { id } = await reader.call('POST', '/jobs/query', JSON.stringify({ operation: 'query', query: statement }));
for (let list = `/jobs/query/${id}/resultPages`; list;) {
  const { resultPages, nextRecordsUrl } = await reader.call('GET', list);
  for (const { resultUrl } of resultPages) await readPage(resultUrl);
  list = nextRecordsUrl;
}
report({ records: await batches.end() });
await Promise.all([reader.close(), writer.close()]);

async function readPage(url) {
  const { body } = await reader.send('GET', url, undefined, { accept: 'text/csv' });
  // undici's own setEncoding cuts characters in two where two pieces meet.
  const decoder = new StringDecoder('utf8');
  let header = true;
  const rows = new CsvRows((cells) => {
    if (!header) batches.add(mapCells(cells));
    header = false;
  });
  for await (const piece of body) {
    rows.feed(decoder.write(piece));
    await batches.room();
  }
}
