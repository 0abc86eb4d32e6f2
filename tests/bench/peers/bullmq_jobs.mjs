// Peer: one BullMQ job per record. Jobs are added 2,000 at a time; each worker maps its record and is done when the
// call or the statement that carries it, with 199 others, was answered: the faster of the ways to write from such a
// queue.
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { mapRecord, recordsPerCall, statement, targetFields } from '../data/mapping.mjs';
import { upsertStatement } from '../data/table.mjs';
import { OrgClient, report, task } from './collections.mjs';

const { source, target, database, table, redis, records: total, callsMax = 8 } = task();
const queueName = 'records';
const connect = () => new Redis(redis, { maxRetriesPerRequest: null });
const reader = await new OrgClient(source, 2).logIn();
const writer = database ? tableWriter() : await new OrgClient(target, callsMax).logIn();
const connections = [connect(), connect()];
const queue = new Queue(queueName, { connection: connections[0] });

function tableWriter() {
  const pool = new pg.Pool({ connectionString: database, max: callsMax });
  const upsert = (records) => {
    const values = records.flatMap((record) => targetFields.map((field) => record[field]));
    return pool.query({ name: `upsert ${records.length}`, text: upsertStatement(table, records.length), values });
  };
  return { upsert, close: () => pool.end() };
}

let waiting = [];
let written = 0;
let allDone;
const done = new Promise((resolve) => {
  allDone = resolve;
});

async function flush() {
  const jobs = waiting;
  waiting = [];
  try {
    await writer.upsert(jobs.map(({ record }) => record));
    jobs.forEach(({ resolve }) => resolve());
  } catch (error) {
    jobs.forEach(({ reject }) => reject(error));
  }
}

const work = ({ data }) =>
  new Promise((resolve, reject) => {
    waiting.push({ record: mapRecord(data), resolve, reject });
    if (waiting.length === recordsPerCall) void flush();
  });
const worker = new Worker(queueName, work, { connection: connections[1], concurrency: 2 * recordsPerCall });
worker.on('completed', () => {
  if (++written === total) allDone();
});
worker.on('failed', (_job, error) => {
  throw error;
});
const restTimer = setInterval(() => waiting.length > 0 && written + waiting.length === total && flush(), 20);

const options = { removeOnComplete: true };
for (let page = await reader.query(statement); page;) {
  const next = page.nextRecordsUrl ? reader.call('GET', page.nextRecordsUrl) : undefined;
  await queue.addBulk(page.records.map((data) => ({ name: 'r', data, opts: options })));
  page = await next;
}
await done;
clearInterval(restTimer);
await Promise.all([worker.close(), queue.close()]);
await Promise.all([reader.close(), writer.close(), ...connections.map((one) => one.quit())]);
report({ records: written });
