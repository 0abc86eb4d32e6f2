// B6: peak memory over that of an idle engine, at three sizes a factor of ten apart.
import { bulkSource, EngineSync, restSource, salesforce } from '../runner/engine.mjs';
import { interleave } from '../runner/interleave.mjs';
import { exactly, target } from '../runner/targets.mjs';
import { mover, startOrgs } from '../runner/transport.mjs';

const megabytesMax = 80;
/** What counts as no slope: the allocator's noise. */
const megabytesPerMillionMax = 1;

export const memory = {
  id: 'B6',
  name: 'memory',
  title: 'peak memory over an idle engine',
  async run({ data, memorySizes, say }) {
    const orgs = await startOrgs(data);
    try {
      const idle = new EngineSync({ source: restSource(orgs.source.url), target: salesforce(orgs.target.url) });
      const idleMb = await idle.idlePeakMb();
      idle.remove();
      say(`an idle engine: ${idleMb.toFixed(1)} MB`);
      const results = new Map();
      const targets = [];
      for (const [way, sourceOf] of [
        ['REST', restSource],
        ['Bulk', bulkSource],
      ]) {
        const peaks = [];
        for (const records of memorySizes) {
          const result = await oneSize(orgs, `data-sync, ${way}`, records, sourceOf, say);
          results.set(result.name, result);
          peaks.push(result.peakRssMb - idleMb);
          const size = records.toLocaleString('en');
          targets.push(
            target(`peak over idle, ${way}, ${size} records`, 'at most', megabytesMax, exactly(peaks.at(-1)), 'MB'),
          );
        }
        const millions = (memorySizes.at(-1) - memorySizes.at(-2)) / 1e6;
        const slope = exactly(Math.max(0, peaks.at(-1) - peaks.at(-2)) / millions);
        targets.push(target(`growth per million records, ${way}`, 'at most', megabytesPerMillionMax, slope, 'MB'));
      }
      return { results, targets };
    } finally {
      await orgs.stop();
    }
  },
};

async function oneSize(orgs, name, records, sourceOf, say) {
  const sync = new EngineSync({ source: sourceOf(orgs.source.url), target: salesforce(orgs.target.url) });
  const contestant = mover(orgs, `${name}, ${records.toLocaleString('en')}`, records, () => sync.run());
  // Without the run before: the state folder stays, and one run per size is enough for a peak.
  const once = { ...contestant, run: () => contestant.run(1) };
  const results = await interleave([once], 1, say).finally(() => sync.remove());
  return results.get(once.name);
}
