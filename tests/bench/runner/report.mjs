// Turns results into lines for the terminal and tables for docs/benchmarks.md.
import { cpus, totalmem } from 'node:os';

const rounded = (number) => {
  const digits = Math.abs(number) >= 1000 ? 0 : Math.abs(number) >= 100 ? 0 : Math.abs(number) >= 10 ? 1 : 2;
  return number.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });
};
const spread = ({ median, min, max }) =>
  min === max ? rounded(median) : `${rounded(median)} (${rounded(min)} to ${rounded(max)})`;
const state = ({ met }) => (met ? 'met' : 'MISSED');
const limit = ({ side, wanted, unit }) => `${side} ${rounded(wanted)} ${unit}`;
const ratioOf = ({ ratio }) => (Number.isFinite(ratio) ? `${rounded(ratio)}` : '-');

/** One line per target. */
export function targetLine(workload, target) {
  const { what, got, unit, id = workload.id } = target;
  const result = `${what}: ${spread(got)} ${unit}`;
  return `${id.padEnd(4)}${state(target).padEnd(7)} ${result}, wanted ${limit(target)}, ratio ${ratioOf(target)}`;
}

const targetHead = '| # | what | target | result: median (min to max) | of the target | |\n|---|---|---|---|---|---|';
const resultHead =
  '| workload | who | records | records/s: median (min to max) | wall s | CPU s | CPU s per million | peak MB | load ' +
  '| compared |\n|---|---|---|---|---|---|---|---|---|---|';

const targetRow = (workload, target) =>
  `| ${target.id ?? workload.id} | ${target.what} | ${limit(target)} | ${spread(target.got)} ${target.unit} | ` +
  `${ratioOf(target)} | ${target.met ? 'met' : '**MISSED**'} |`;

function resultRow(workload, result) {
  const { name, records, rate, wall, cpu, cpuPerMillion, peakRssMb, load, verified } = result;
  const cells = [
    workload.name,
    name,
    records.toLocaleString('en'),
    spread(rate),
    rounded(wall.median),
    rounded(cpu.median),
    rounded(cpuPerMillion.median),
    rounded(peakRssMb),
    `${rounded(load.min)} to ${rounded(load.max)}`,
    verified ?? '-',
  ];
  return `| ${cells.join(' | ')} |`;
}

/**
 * The part of docs/benchmarks.md that is made.
 * @param {{workload: object, results: Map<string, object>, targets: object[]}[]} outcomes
 */
export function markdown(outcomes, conditions) {
  const targets = outcomes.flatMap(({ workload, targets: all }) => all.map((target) => targetRow(workload, target)));
  const results = outcomes.flatMap(({ workload, results: all }) =>
    [...all.values()].map((one) => resultRow(workload, one)),
  );
  return [
    conditions,
    '',
    '### Targets',
    '',
    targetHead,
    ...targets,
    '',
    '### Who did what',
    '',
    resultHead,
    ...results,
  ].join('\n');
}

/** What the figures were measured under, in a sentence or two. */
export function conditionsOf({ quick, repetitions, loadBefore }) {
  const machine = `${cpus().length} processors (${cpus()[0].model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB`;
  return (
    `Measured ${new Date().toISOString().slice(0, 10)} on ${machine}, Node ${process.version}, ` +
    `${quick ? 'quick mode, ' : ''}${repetitions} repetitions, load average before: ${loadBefore.toFixed(1)}.`
  );
}
