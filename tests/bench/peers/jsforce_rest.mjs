// Peer: jsforce over the REST API, tuned: further pages are asked for ahead, upserts go 200 a call and overlap.
import jsforce from 'jsforce';
import { keyField, mapRecord, objectName, statement } from '../data/mapping.mjs';
import { Batches, checkReceipt, report, task } from './collections.mjs';

const { source, target, callsMax = 8 } = task();
const connect = (instanceUrl) => new jsforce.Connection({ instanceUrl, accessToken: 'bench', version: '66.0' });
const [reader, writer] = [connect(source), connect(target)];
const upsert = async (records) => checkReceipt(records, await writer.upsert(objectName, records, keyField));
const batches = new Batches(upsert, callsMax);
for (let page = await reader.query(statement, { autoFetch: false }); page;) {
  const next = page.done ? undefined : reader.queryMore(page.nextRecordsUrl, { autoFetch: false });
  for (const record of page.records) {
    if (batches.add(mapRecord(record))) await batches.room();
  }
  page = next && (await next);
}
report({ records: await batches.end() });
