// B2 and B3: from query pages, or from Bulk results, into an HTTP target, 200 records a call, with all guarantees: link
// state, fingerprints, receipts, checkpoints. B9: what that costs in CPU.
import { start as startRedis } from '../../../scripts/services/redis.mjs';
import { downloadPages, downloadResults, upload } from '../runner/curl.mjs';
import { bulkSource, EngineSync, restSource, salesforce } from '../runner/engine.mjs';
import { interleave, timesBetter } from '../runner/interleave.mjs';
import { measuredPeer } from '../runner/programs.mjs';
import { target } from '../runner/targets.mjs';
import { mover, startOrgs } from '../runner/transport.mjs';

/** A state folder of its own for every run: each is the first of its sync. */
const engine = (orgs, sourceOf, settings) => async () => {
  const sync = new EngineSync({ source: sourceOf(orgs.source.url), target: salesforce(orgs.target.url), settings });
  try {
    return await sync.run();
  } finally {
    sync.remove();
  }
};

const peer =
  (orgs, name, more = {}) =>
  (records) =>
    measuredPeer(name, { source: orgs.source.url, target: orgs.target.url, records, ...more });

/** Download and upload one after the other, as one contestant. Nothing of it is compared: it transports ready bytes. */
const floor = (orgs, data, download, records) => ({
  name: 'curl: download, then upload',
  async run() {
    await orgs.prepare(records);
    const down = await download(data, orgs.source.url, records);
    const up = await upload(data, orgs.target.url, records);
    return {
      records,
      wallSeconds: down.wallSeconds + up.wallSeconds,
      cpuSeconds: down.cpuSeconds + up.cpuSeconds,
      peakRssMb: Math.max(down.peakRssMb, up.peakRssMb),
      downloadSeconds: down.wallSeconds,
      verified: 'none: ready bytes',
    };
  },
});

const cpuTarget = (results, name, wanted) =>
  target(
    `CPU per record, against ${name}`,
    'at least',
    wanted,
    timesBetter(results.get('data-sync').cpuPerMillion, results.get(name).cpuPerMillion),
    'x',
  );

function wallTarget(results, wanted) {
  const [ours, floorRate] = [results.get('data-sync').rate, results.get('curl: download, then upload').rate];
  const percent = (a, b) => (100 * a) / b;
  const got = {
    median: percent(ours.median, floorRate.median),
    min: percent(ours.min, floorRate.max),
    max: percent(ours.max, floorRate.min),
  };
  return target('wall time, of curl download + upload', 'at least', wanted, got, '%');
}

export const rest = {
  id: 'B2',
  name: 'rest',
  title: 'query pages to an HTTP target, all guarantees',
  async run({ data, records, smallRecords, repetitions, say }) {
    const orgs = await startOrgs(data);
    const redis = await startRedis();
    try {
      const results = await interleave(
        [
          mover(orgs, 'data-sync', records, engine(orgs, restSource)),
          floor(orgs, data, downloadPages, records),
          mover(orgs, 'bare undici', records, peer(orgs, 'undici_rest')),
          mover(orgs, 'jsforce REST', records, peer(orgs, 'jsforce_rest')),
          mover(orgs, 'BullMQ job per record', smallRecords, peer(orgs, 'bullmq_jobs', { redis: redis.url }), {
            repetitionsMax: 3,
          }),
        ],
        repetitions,
        say,
      );
      const targets = [
        cpuTarget(results, 'bare undici', 6),
        cpuTarget(results, 'jsforce REST', 8),
        cpuTarget(results, 'BullMQ job per record', 80),
        wallTarget(results, 80),
        {
          ...target('CPU per million records, REST', 'at most', 2.6, results.get('data-sync').cpuPerMillion, 's'),
          id: 'B9',
        },
      ];
      return { results, targets };
    } finally {
      await Promise.all([orgs.stop(), redis.stop()]);
    }
  },
};

export const bulk = {
  id: 'B3',
  name: 'bulk',
  title: 'Bulk results to an HTTP target, all guarantees',
  async run({ data, records, smallRecords, repetitions, say }) {
    const orgs = await startOrgs(data);
    try {
      const results = await interleave(
        [
          mover(orgs, 'data-sync', records, engine(orgs, bulkSource)),
          floor(orgs, data, downloadResults, records),
          // Pages of more than 2,000 records are written through ingest jobs, whose CSV the target compares as a whole.
          mover(
            orgs,
            'data-sync, written through Bulk as well',
            records,
            engine(orgs, bulkSource, { batchSize: 50_000 }),
          ),
          mover(orgs, 'hand-written CSV in JavaScript', records, peer(orgs, 'csv_javascript')),
          mover(orgs, 'jsforce bulk2, one result page', smallRecords, peer(orgs, 'jsforce_bulk'), {
            repetitionsMax: 3,
          }),
        ],
        repetitions,
        say,
      );
      const targets = [
        cpuTarget(results, 'jsforce bulk2, one result page', 40),
        cpuTarget(results, 'hand-written CSV in JavaScript', 10),
        wallTarget(results, 90),
        {
          ...target('CPU per million records, Bulk', 'at most', 2.0, results.get('data-sync').cpuPerMillion, 's'),
          id: 'B9',
        },
      ];
      return { results, targets };
    } finally {
      await orgs.stop();
    }
  },
};
