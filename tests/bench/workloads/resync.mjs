// B5: everything is read again and nothing has changed.
import { PlainError } from '../../../scripts/command.mjs';
import { downloadPages, downloadResults } from '../runner/curl.mjs';
import { bulkSource, EngineSync, restSource, salesforce } from '../runner/engine.mjs';
import { interleave } from '../runner/interleave.mjs';
import { exactly, target } from '../runner/targets.mjs';
import { startOrgs } from '../runner/transport.mjs';

export const resync = {
  id: 'B5',
  name: 'resync',
  title: 'full resync of unchanged records',
  async run({ data, records, repetitions, say }) {
    const orgs = await startOrgs(data);
    const ways = { REST: [restSource, downloadPages], Bulk: [bulkSource, downloadResults] };
    const syncs = [];
    try {
      const contestants = [];
      for (const [way, [sourceOf, download]] of Object.entries(ways)) {
        const sync = new EngineSync({ source: sourceOf(orgs.source.url), target: salesforce(orgs.target.url) });
        syncs.push(sync);
        await orgs.prepare(records, { every: true });
        await sync.run();
        await orgs.check('first run', records);
        contestants.push({ name: `data-sync, ${way}`, run: () => readAgain(orgs, sync, records) });
        contestants.push({ name: `curl download, ${way}`, run: () => download(data, orgs.source.url, records) });
      }
      const results = await interleave(contestants, repetitions, say);
      return { results, targets: [...targetsOf(results, 'REST'), ...targetsOf(results, 'Bulk')] };
    } finally {
      syncs.forEach((sync) => sync.remove());
      await orgs.stop();
    }
  },
};

async function readAgain(orgs, sync, records) {
  await orgs.target.set({});
  const result = await sync.run(['--full']);
  const { writeCalls } = await orgs.target.stats();
  if (result.report.unchanged !== records) {
    throw new PlainError(`resync: ${result.report.unchanged} of ${records} records were found unchanged`);
  }
  return { ...result, writeCalls, verified: 'all found unchanged' };
}

function targetsOf(results, way) {
  const [ours, floor] = [results.get(`data-sync, ${way}`), results.get(`curl download, ${way}`)];
  const times = {
    median: ours.wall.median / floor.wall.median,
    min: ours.wall.min / floor.wall.max,
    max: ours.wall.max / floor.wall.min,
  };
  return [
    target(`write calls, ${way}`, 'at most', 0, exactly(Math.max(...ours.runs.map((run) => run.writeCalls))), 'calls'),
    target(`wall time against curl's download, ${way}`, 'at most', 1.5, times, 'x'),
  ];
}
