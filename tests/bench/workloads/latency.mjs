// B17: a target that takes 50 ms for each call and allows 25 connections. At best it takes 500 calls a second.
import { EngineSync, restSource, salesforce } from '../runner/engine.mjs';
import { interleave } from '../runner/interleave.mjs';
import { measuredPeer } from '../runner/programs.mjs';
import { target } from '../runner/targets.mjs';
import { mover, startOrgs } from '../runner/transport.mjs';

const latencyMs = 50;
const connections = 25;

export const latency = {
  id: 'B17',
  name: 'latency',
  title: 'a target with 50 ms latency and 25 connections',
  async run({ data, latencyRecords: records, repetitions, say }) {
    const orgs = await startOrgs(data, { target: { 'latency-ms': latencyMs, connections } });
    const url = { source: orgs.source.url, target: orgs.target.url };
    const withCalls = (start) => async (count) => {
      const usage = await start(count);
      const { writeCalls, writeSeconds, connectionsPeak, connectionsRefused } = await orgs.target.stats();
      if (connectionsRefused > 0) say(`${connectionsRefused} connections were refused`);
      return {
        ...usage,
        connectionsPeak,
        percent: (100 * writeCalls) / writeSeconds / (connections / (latencyMs / 1000)),
      };
    };
    const engine = async () => {
      const sync = new EngineSync({
        source: restSource(url.source),
        target: salesforce(url.target, { parallelRequests: connections }),
        settings: { batchesInFlight: 4 },
      });
      return sync.run().finally(() => sync.remove());
    };
    try {
      const undici = (count) => measuredPeer('undici_rest', { ...url, records: count, callsMax: connections - 1 });
      const results = await interleave(
        [mover(orgs, 'data-sync', records, withCalls(engine)), mover(orgs, 'bare undici', records, withCalls(undici))],
        repetitions,
        say,
      );
      const percents = results
        .get('data-sync')
        .runs.map(({ percent }) => percent)
        .sort((a, b) => a - b);
      const got = { median: percents[percents.length >> 1], min: percents[0], max: percents.at(-1) };
      return { results, targets: [target('calls a second, of the ideal', 'at least', 95, got, '%')] };
    } finally {
      await orgs.stop();
    }
  },
};
