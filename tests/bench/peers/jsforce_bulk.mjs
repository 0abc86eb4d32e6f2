// Peer: jsforce's Bulk 2.0 query, with one page of results (it fails on more than one), 200 records a call.
import jsforce from 'jsforce';
import { keyField, mapCells, objectName, sourceFields, statement } from '../data/mapping.mjs';
import { Batches, checkReceipt, report, task } from './collections.mjs';

const { source, target, callsMax = 8 } = task();
const connect = (instanceUrl) => new jsforce.Connection({ instanceUrl, accessToken: 'bench', version: '66.0' });
const [reader, writer] = [connect(source), connect(target)];
reader.bulk2.pollInterval = 100;
const upsert = async (records) => checkReceipt(records, await writer.upsert(objectName, records, keyField));
const batches = new Batches(upsert, callsMax);
const stream = await reader.bulk2.query(statement);
for await (const record of stream) {
  if (batches.add(mapCells(sourceFields.map((field) => record[field])))) await batches.room();
}
report({ records: await batches.end() });
