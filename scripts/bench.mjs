// Measures the engine against its peers and its targets: docs/benchmarks.md.
//
//   npm run bench                          every workload: about 20 minutes
//   npm run bench -- rest bulk             some of them
//   npm run bench -- --quick               fewer records and repetitions: about 5 minutes
//   npm run bench -- --write               puts the tables into docs/benchmarks.md
//   npm run bench -- --no-build            measures what is built already
//   npm run bench -- --list                names the workloads
//
// A missed target is printed as MISSED; the exit code says only whether everything could be measured.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { build, buildPreset } from './build.mjs';
import { failWith, isMain, PlainError, projectFolder, run } from './command.mjs';
import { setUp } from './setup.mjs';

const benchFolder = join(projectFolder, 'tests', 'bench');
const document = join(projectFolder, 'docs', 'benchmarks.md');
const [begin, end] = ['<!-- made by npm run bench: begin -->', '<!-- made by npm run bench: end -->'];
const knownOptions = ['--quick', '--write', '--no-build', '--list'];
const programs = ['responder', 'measure', 'copy_floor', 'mapping', 'expression', 'conflicts'].map(
  (name) => `bench_${name}`,
);

const sizes = {
  full: {
    records: 1_000_000,
    smallRecords: 100_000,
    latencyRecords: 1_000_000,
    killRecords: 1_000_000,
    repetitions: 5,
    memorySizes: [100_000, 1_000_000, 10_000_000],
  },
  quick: {
    records: 100_000,
    smallRecords: 20_000,
    latencyRecords: 300_000,
    killRecords: 200_000,
    repetitions: 3,
    memorySizes: [50_000, 500_000, 1_500_000],
  },
};

// The peers are a package of their own: nothing else needs them.
async function installPeers() {
  const stampFile = join(benchFolder, 'node_modules', '.data-sync-setup');
  const stamp = createHash('sha256')
    .update(readFileSync(join(benchFolder, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  console.log('bench: installing the peers');
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: benchFolder });
  writeFileSync(stampFile, stamp);
}

async function prepare() {
  await setUp(['build', 'test', 'bench']);
  await installPeers();
  await build();
  for (const program of programs) await buildPreset('bench', program);
}

async function measure(chosen, quick) {
  const { accountsFolder } = await import('../tests/bench/data/accounts.mjs');
  const { targetLine } = await import('../tests/bench/runner/report.mjs');
  const context = { ...sizes[quick ? 'quick' : 'full'], data: accountsFolder() };
  const outcomes = [];
  for (const workload of chosen) {
    console.log(`\n=== ${workload.id} ${workload.name}: ${workload.title}`);
    try {
      const outcome = await workload.run({ ...context, say: (line) => console.log(`  ${line}`) });
      outcomes.push({ workload, ...outcome });
      for (const target of outcome.targets) console.log(targetLine(workload, target));
    } catch (error) {
      console.error(`${workload.id} could not be measured:`);
      failWith(error);
    }
  }
  return outcomes;
}

async function printSummary(outcomes) {
  const { targetLine } = await import('../tests/bench/runner/report.mjs');
  const all = outcomes.flatMap(({ workload, targets }) => targets.map((target) => ({ workload, target })));
  console.log('\n=== all targets');
  for (const { workload, target } of all) console.log(targetLine(workload, target));
  const missed = all.filter(({ target }) => !target.met).length;
  console.log(`${all.length} targets, ${missed} MISSED`);
}

async function writeDocument(outcomes, conditions) {
  const { markdown } = await import('../tests/bench/runner/report.mjs');
  const text = readFileSync(document, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new PlainError(`${document} has no place for the tables: ${begin} ... ${end}`);
  const made = `${begin}\n${markdown(outcomes, conditions)}\n`;
  writeFileSync(document, text.slice(0, from) + made + text.slice(to));
  console.log(`written into ${document}`);
}

async function main(words) {
  const options = words.filter((word) => word.startsWith('--') && word !== '--');
  const names = words.filter((word) => !word.startsWith('--'));
  const unknown = options.find((option) => !knownOptions.includes(option));
  if (unknown) throw new PlainError(`bench does not know ${unknown}; it knows ${knownOptions.join(', ')}`);
  if (!options.includes('--no-build')) await prepare();
  const { workloads } = await import('../tests/bench/workloads/index.mjs');
  const known = workloads.map(({ id, name, title }) => `${name.padEnd(10)}${id.padEnd(5)}${title}`).join('\n');
  if (options.includes('--list')) return console.log(known);
  const wanted = (workload) => names.includes(workload.name) || names.includes(workload.id);
  const stranger = names.find((name) => !workloads.some((workload) => [workload.name, workload.id].includes(name)));
  if (stranger) throw new PlainError(`there is no workload ${stranger}. There are:\n${known}`);

  const quick = options.includes('--quick');
  const loadBefore = loadavg()[0];
  const outcomes = await measure(names.length > 0 ? workloads.filter(wanted) : workloads, quick);
  const { conditionsOf } = await import('../tests/bench/runner/report.mjs');
  const conditions = conditionsOf({ quick, repetitions: sizes[quick ? 'quick' : 'full'].repetitions, loadBefore });
  await printSummary(outcomes);
  console.log(conditions);
  if (options.includes('--write')) await writeDocument(outcomes, conditions);
}

if (isMain(import.meta.url)) main(process.argv.slice(2)).catch(failWith);
