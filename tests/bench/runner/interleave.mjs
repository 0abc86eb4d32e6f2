// Repeats contestants in turns, A B C A B C, so that whatever else the machine does meets all of them alike.
import { loadavg } from 'node:os';

/** @returns {{median: number, min: number, max: number}} of numbers, at least one */
export function summary(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1) };
}

/**
 * A contestant is {name, run}: run(repetition) gives {records, wallSeconds, cpuSeconds, peakRssMb?, verified, ...},
 * after it has compared what was written; it throws if that is wrong. `repetitionsMax` is for slow ones.
 * @returns {Promise<Map<string, object>>} by name, each with {name, records, rate, wall, cpu, cpuPerMillion, peakRssMb,
 *   load, verified, runs}
 */
export async function interleave(contestants, repetitions, say) {
  const runs = new Map(contestants.map(({ name }) => [name, []]));
  for (let repetition = 0; repetition < repetitions; ++repetition) {
    for (const { name, run, repetitionsMax = repetitions } of contestants) {
      if (repetition >= repetitionsMax) continue;
      const result = { ...(await run(repetition)), load: loadavg()[0] };
      runs.get(name).push(result);
      const rate = Math.round(result.records / result.wallSeconds).toLocaleString('en');
      say(
        `${repetition + 1}/${repetitions} ${name}: ${rate} records/s, ${result.wallSeconds.toFixed(2)} s, ` +
          `${result.cpuSeconds.toFixed(2)} CPU s, load ${result.load.toFixed(1)}`,
      );
    }
  }
  return new Map([...runs].map(([name, results]) => [name, summarize(name, results)]));
}

function summarize(name, runs) {
  const of = (value) => summary(runs.map(value));
  return {
    name,
    runs,
    records: runs[0].records,
    rate: of(({ records, wallSeconds }) => records / wallSeconds),
    wall: of(({ wallSeconds }) => wallSeconds),
    cpu: of(({ cpuSeconds }) => cpuSeconds),
    cpuPerMillion: of(({ cpuSeconds, records }) => (cpuSeconds / records) * 1e6),
    peakRssMb: Math.max(...runs.map(({ peakRssMb = 0 }) => peakRssMb)),
    load: of(({ load }) => load),
    verified: runs[0].verified,
  };
}

/** How many times as much work per unit `ours` does as `theirs`, both given as cost per record, run by run. */
export function timesBetter(ours, theirs) {
  return { median: theirs.median / ours.median, min: theirs.min / ours.max, max: theirs.max / ours.min };
}
