// Peer: query pages over bare undici, JSON.parse, a hand-written mapping, 200 records a call. The next page is asked
// for before this one is mapped.
import { mapRecord, statement } from '../data/mapping.mjs';
import { Batches, OrgClient, report, task } from './collections.mjs';

const { source, target, callsMax = 8 } = task();
const reader = await new OrgClient(source, 2).logIn();
const writer = await new OrgClient(target, callsMax + 1).logIn();
const batches = new Batches((records) => writer.upsert(records), callsMax);
for (let page = await reader.query(statement); page;) {
  const next = page.nextRecordsUrl ? reader.call('GET', page.nextRecordsUrl) : undefined;
  for (const record of page.records) {
    if (batches.add(mapRecord(record))) await batches.room();
  }
  page = await next;
}
report({ records: await batches.end() });
await Promise.all([reader.close(), writer.close()]);
