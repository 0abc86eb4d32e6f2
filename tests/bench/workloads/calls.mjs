// B10: API calls for 100,000 changed records against the fewest that there can be, logins and describes included.
import { EngineSync, bulkSource, restSource, salesforce } from '../runner/engine.mjs';
import { interleave } from '../runner/interleave.mjs';
import { exactly, target } from '../runner/targets.mjs';
import { recordsPerCall } from '../data/mapping.mjs';
import { startOrgs } from '../runner/transport.mjs';

const pageRows = 2_000;
const resultRows = 50_000;

export const calls = {
  id: 'B10',
  name: 'calls',
  title: 'API calls for 100,000 changed records',
  async run({ data, say }) {
    const orgs = await startOrgs(data);
    try {
      const results = new Map();
      const targets = [];
      for (const [way, sourceOf] of [
        ['REST', restSource],
        ['Bulk', bulkSource],
      ]) {
        const name = `data-sync, ${way}, changes only`;
        const found = await interleave([{ name, run: () => changesOf(orgs, name, sourceOf) }], 1, say);
        const result = found.get(name);
        results.set(name, result);
        const { used, ideal } = result.runs[0];
        say(`${way}: ${used} calls, ${ideal} at best`);
        targets.push(target(`calls against the fewest possible, ${way}`, 'at most', 1.02, exactly(used / ideal), 'x'));
      }
      return { results, targets };
    } finally {
      await orgs.stop();
    }
  },
};

async function changesOf(orgs, name, sourceOf) {
  const records = 100_000;
  const sync = new EngineSync({ source: sourceOf(orgs.source.url), target: salesforce(orgs.target.url) });
  try {
    await orgs.prepare(records, { every: true, generation: 0, step: 0 });
    await sync.run();
    const change = { generation: 1, step: 1 };
    await orgs.source.set(change);
    await orgs.target.set({ ...change, verifyEvery: 1 });
    const result = await sync.run(['--approve']);
    const written = await orgs.check(name, records);
    const read = await orgs.source.stats();
    const reading = read.byRoute.job > 0 ? 3 + Math.ceil(records / resultRows) : Math.ceil(records / pageRows);
    const ideal = reading + Math.ceil(records / recordsPerCall);
    return { ...result, used: read.calls + written.calls, ideal, records, verified: written.text };
  } finally {
    sync.remove();
  }
}
