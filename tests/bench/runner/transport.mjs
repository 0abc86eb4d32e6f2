// One source org and one target org, and the proof that what arrived is what the source has.
import { PlainError } from '../../../scripts/command.mjs';
import { startResponder } from './responder.mjs';

const threads = 2;
/** In timed runs the target compares the values of one call in so many; in the run before them those of every call. */
const sampledCalls = 16;

/**
 * @param {string} data @param {{source?: object, target?: object}} [options]  of the two programs
 */
export async function startOrgs(data, { source = {}, target = {} } = {}) {
  const orgs = {
    source: await startResponder(data, { threads, ...source }),
    target: await startResponder(data, { threads, ...target }),
  };
  return {
    ...orgs,
    /** Makes the source have so many records, and the target forget all. */
    async prepare(records, { every = false, ...change } = {}) {
      await orgs.source.set({ records, ...change });
      await orgs.target.set({ records, ...change, forget: 1, verifyEvery: every ? 1 : sampledCalls });
    },
    /** Throws unless the target got each of the records, once, and every value that it compared was right. */
    async check(name, records) {
      const stats = await orgs.target.stats();
      if (stats.mismatched > 0)
        throw new PlainError(`${name}: ${stats.mismatched} records are wrong: ${stats.mismatch}`);
      if (stats.distinct !== records || stats.records !== records) {
        throw new PlainError(
          `${name}: ${records} records were to arrive, ${stats.records} did, ${stats.distinct} different`,
        );
      }
      return { ...stats, text: `all keys, ${stats.verified.toLocaleString('en')} records by value` };
    },
    stop: () => Promise.all([orgs.source.stop(), orgs.target.stop()]),
  };
}

/**
 * A contestant that moves `records` from the source to the target: `start(records)` gives what runner/programs.mjs
 * measures. Before its first timed run it moves 100,000, or fewer, of which every value is compared.
 */
export function mover(orgs, name, records, start, options = {}) {
  const move = async (count, every) => {
    await orgs.prepare(count, { every });
    const usage = await start(count);
    const { text } = await orgs.check(name, count);
    return { ...usage, records: count, verified: text };
  };
  const run = async (repetition) => {
    if (repetition > 0) return move(records, false);
    const { verified } = await move(Math.min(records, 100_000), true);
    return { ...(await move(records, false)), verified };
  };
  return { name, run, ...options };
}
