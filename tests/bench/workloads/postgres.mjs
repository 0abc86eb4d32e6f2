// B4: into PostgreSQL: everything new, everything changed, one in a hundred changed.
import { join } from 'node:path';
import pg from 'pg';
import { PlainError } from '../../../scripts/command.mjs';
import { start as startPostgres } from '../../../scripts/services/postgres.mjs';
import { start as startRedis } from '../../../scripts/services/redis.mjs';
import { keyField } from '../data/mapping.mjs';
import { compareStatement, mergeStatement, tableStatement } from '../data/table.mjs';
import { EngineSync, salesforce } from '../runner/engine.mjs';
import { interleave, timesBetter } from '../runner/interleave.mjs';
import { measured, measuredPeer, programFolder } from '../runner/programs.mjs';
import { startResponder } from '../runner/responder.mjs';
import { target } from '../runner/targets.mjs';

const phases = [
  { name: 'inserts', generation: 0, step: 0, base: 0, flags: [] },
  { name: 'updates', generation: 1, step: 1, base: 0, flags: ['--full', '--approve'] },
  { name: '1 % changed', generation: 2, step: 100, base: 1, flags: ['--full', '--approve'] },
];
const recordsPerMerge = 100_000;
const settings = { shared_buffers: '512MB', max_wal_size: '8GB', checkpoint_timeout: '30min' };

export const postgres = {
  id: 'B4',
  name: 'postgres',
  title: 'into PostgreSQL',
  async run({ data, records, smallRecords, repetitions, say }) {
    const source = await startResponder(data, { threads: 2, records });
    const [database, redis] = await Promise.all([startPostgres({ durable: true, settings }), startRedis()]);
    const client = new pg.Client(database.url);
    await client.connect();
    try {
      const world = { data, records, smallRecords, source, database: database.url, redis: redis.url, client };
      const results = await interleave(contestantsOf(world), repetitions, say);
      return { results, targets: targetsOf(results) };
    } finally {
      await client.end();
      await Promise.all([source.stop(), database.stop(), redis.stop()]);
    }
  },
};

// The phases of one repetition follow each other, and in each phase the contestants take turns.
function contestantsOf(world) {
  let sync;
  const engine = {
    label: 'data-sync',
    table: 'ours',
    records: world.records,
    async start({ flags }) {
      if (flags.length === 0) sync?.remove();
      if (flags.length === 0) sync = engineSync(world);
      return sync.run(flags);
    },
  };
  const floor = {
    label: 'libpq COPY + merge',
    table: 'floor',
    records: world.records,
    start: (phase) => copyFloor(world, phase),
  };
  const copy = {
    label: 'JavaScript COPY + merge',
    table: 'javascript',
    records: world.records,
    start: () =>
      measuredPeer('copy_javascript', { source: world.source.url, database: world.database, table: 'javascript' }),
  };
  const all = [floor, engine, copy];
  const contestants = phases.flatMap((phase) => all.map((one) => contestantOf(world, one, phase)));
  return [...contestants, jobsContestant(world)];
}

async function copyFloor({ database, data, records }, { step, generation, base }) {
  const args = [database, 'floor', data, records, recordsPerMerge, step, generation, base, mergeStatement('floor')].map(
    String,
  );
  const usage = await measured(join(programFolder, 'bench_copy_floor'), args);
  return { ...usage, wallSeconds: usage.result.seconds }; // without loading its rows
}

function engineSync({ source, database }) {
  return new EngineSync({
    source: salesforce(source.url),
    target: { type: 'postgresql', config: { connectionString: database } },
    targetObject: 'ours',
    // A transaction a page in the database and two in the store: fewer, larger pages.
    settings: { batchSize: 10_000 },
  });
}

const setSource = ({ source }, records, { generation, step, base }) => source.set({ records, generation, step, base });

/** Each phase begins with the state that the one before has left; the first begins with an empty table. */
function contestantOf(world, { label, table, records, start }, phase) {
  return {
    name: `${label}: ${phase.name}`,
    async run() {
      await setSource(world, records, phase);
      if (phase === phases[0]) await world.client.query(tableStatement(table));
      await world.client.query('CHECKPOINT');
      const usage = await start(phase);
      const verified = table === 'floor' ? 'is the reference' : await compare(world.client, table, label);
      return { ...usage, records, verified };
    },
  };
}

/** The floor writes ready rows that the mapping of data/mapping.mjs has made: its table is what the others must be. */
async function compare(client, table, label) {
  const {
    rows: [{ missing, surplus }],
  } = await client.query(compareStatement(table, 'floor'));
  if (missing + surplus > 0)
    throw new PlainError(`${label}: ${missing} rows are missing or wrong, ${surplus} too many`);
  return 'all rows by value';
}

function jobsContestant(world) {
  return {
    name: 'BullMQ job per record: inserts',
    repetitionsMax: 1,
    async run() {
      await setSource(world, world.smallRecords, phases[0]);
      await world.client.query(tableStatement('jobs'));
      const { source, database, redis, smallRecords: records } = world;
      const usage = await measuredPeer('bullmq_jobs', { source: source.url, database, table: 'jobs', redis, records });
      const {
        rows: [{ count }],
      } = await world.client.query(`SELECT count(DISTINCT "${keyField}")::int FROM jobs`);
      if (count !== records) throw new PlainError(`BullMQ: ${count} of ${records} rows arrived`);
      return { ...usage, records, verified: 'all keys' };
    },
  };
}

function targetsOf(results) {
  const percent = ({ rate: ours }, { rate: theirs }) => ({
    median: (100 * ours.median) / theirs.median,
    min: (100 * ours.min) / theirs.max,
    max: (100 * ours.max) / theirs.min,
  });
  const perRecord = ({ rate }) => ({ median: 1 / rate.median, min: 1 / rate.max, max: 1 / rate.min });
  const targets = phases.flatMap(({ name }) => {
    const ours = results.get(`data-sync: ${name}`);
    return [
      target(
        `wall time, of the libpq floor: ${name}`,
        'at least',
        80,
        percent(ours, results.get(`libpq COPY + merge: ${name}`)),
        '%',
      ),
      target(
        `wall time, against JavaScript COPY: ${name}`,
        'at least',
        2.5,
        timesBetter(perRecord(ours), perRecord(results.get(`JavaScript COPY + merge: ${name}`))),
        'x',
      ),
    ];
  });
  const jobs = perRecord(results.get('BullMQ job per record: inserts'));
  const inserts = perRecord(results.get('data-sync: inserts'));
  return [
    ...targets,
    target('wall time, against a BullMQ job per record', 'at least', 40, timesBetter(inserts, jobs), 'x'),
  ];
}
