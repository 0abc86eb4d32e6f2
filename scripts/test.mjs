// The whole proof: sets the machine up, builds, then runs every test. The last line reads "N passed, N failed".
//
//   npm test                           everything
//   npm test -- native [FILTER]        C++ tests; FILTER as GoogleTest has it, for example 'SyncPass.*'
//   npm test -- asan [FILTER]          the same under AddressSanitizer and UndefinedBehaviorSanitizer
//   npm test -- jest [ARGUMENTS]       TypeScript tests; ARGUMENTS go to Jest, for example tests/lib -t "closes"
//   npm test -- n8n [ARGUMENTS]        tests in a real n8n, which is installed into a cache folder at the first time
//   npm test -- style                  the style rules over all files
import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { build, buildPreset } from './build.mjs';
import { exitCodeOf, isMain, npmProgram, PlainError, projectFolder } from './command.mjs';
import { packageProduct } from './package.mjs';
import { start as startPostgres } from './services/postgres.mjs';
import { setUp } from './setup.mjs';
import { readCtestReport, readJestReport } from './test_reports.mjs';

/** The steps of a whole run, in order; each gives {passed, failed, skipped, failures}. */
const steps = {
  style: { title: 'style rules', run: styleRules },
  native: { title: 'C++ tests', run: (context) => nativeTests('dev', context), needsPostgres: true },
  asan: { title: 'C++ tests under sanitizers', run: (context) => nativeTests('asan', context), needsPostgres: true },
  jest: { title: 'TypeScript tests', run: jestWith('jest.config.mjs'), needsPostgres: true, needsPackage: true },
  n8n: { title: 'Tests in a real n8n', run: jestWith('jest.n8n.config.mjs'), needsPostgres: true, needsPackage: true },
};

// Whatever a sanitizer finds ends the test program with a stack trace.
const sanitizerEnvironment = {
  ASAN_OPTIONS: 'detect_stack_use_after_return=1:strict_string_checks=1',
  UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
};

async function styleRules() {
  const code = await exitCodeOf(process.execPath, ['scripts/style.mjs']);
  // One check over many files: it counts as one failure, and never as a passed test.
  return code === 0 ? noTests() : { ...noTests(), failed: 1, failures: ['style rules'] };
}

async function nativeTests(preset, { filter, environment }) {
  const folder = await buildPreset(preset);
  const reports = freshFolder(join(projectFolder, 'build', 'reports', preset));
  const env = { ...sanitizerEnvironment, ...environment, GTEST_OUTPUT: `json:${reports}/` };
  if (filter.length > 0) env.GTEST_FILTER = filter.join(':');
  const args = ['--test-dir', folder, '--output-on-failure', '--no-tests=error'];
  args.push('--parallel', String(availableParallelism()));
  const code = await exitCodeOf('ctest', [...args, '--output-junit', `${reports}/ctest.xml`], { env });
  return readCtestReport(reports, code);
}

function jestWith(config) {
  return async ({ filter, environment }) => {
    const report = join(freshFolder(join(projectFolder, 'build', 'reports', config)), 'jest.json');
    const args = ['--config', config, '--json', `--outputFile=${report}`, ...filter];
    // Tests of n8n load what starts it, an ES module, with import().
    const program = ['--experimental-vm-modules', '--no-warnings', npmProgram('jest/bin/jest.js')];
    const code = await exitCodeOf(process.execPath, [...program, ...args], { env: environment });
    return readJestReport(report, code);
  };
}

function noTests() {
  return { passed: 0, failed: 0, skipped: 0, failures: [] };
}

function freshFolder(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

async function runSteps(names, filter) {
  await setUp(['build', 'test', 'prebuild']);
  const needed = (what) => names.some((name) => steps[name][what]);
  const environment = {};
  if (needed('needsPackage')) {
    await build();
    // Somebody who runs a part may not need it; the tests that do make it themselves then.
    if (filter.length === 0) environment.DATA_SYNC_TEST_TARBALL = (await packageProduct()).tarball;
  }
  const postgres = needed('needsPostgres') ? await startPostgres() : undefined;
  if (postgres) environment.DATA_SYNC_TEST_PG = postgres.url;
  const results = [];
  try {
    for (const name of names) results.push(await runStep(steps[name], { filter, environment }));
  } finally {
    await postgres?.stop();
  }
  return results;
}

async function runStep({ title, run }, context) {
  console.log(`\n=== ${title}`);
  const startedAt = Date.now();
  const result = await run(context).catch((error) => failure(title, error));
  return { title, ...result, seconds: (Date.now() - startedAt) / 1000 };
}

function failure(title, error) {
  console.error(error instanceof PlainError ? `error: ${error.message}` : error);
  return { title, ...noTests(), failed: 1, failures: [`${title}: ${error.message}`], seconds: 0 };
}

function summarize(results) {
  console.log('');
  for (const { title, passed, failed, skipped, seconds } of results) {
    const more = skipped > 0 ? `, ${skipped} skipped` : '';
    console.log(`${title}: ${passed} passed, ${failed} failed${more} in ${seconds.toFixed(0)} s`);
  }
  for (const { title, failures } of results) for (const name of failures) console.log(`failed in ${title}: ${name}`);
  const sum = (count) => results.reduce((total, result) => total + result[count], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = sum('failed') > 0 ? 1 : 0;
}

async function main([part, ...filter]) {
  if (part !== undefined && !(part in steps)) {
    throw new PlainError(`unknown part ${part}: npm test knows ${Object.keys(steps).join(', ')}`);
  }
  const results = await runSteps(part ? [part] : Object.keys(steps), filter);
  const tests = results.reduce((total, { passed, failed }) => total + passed + failed, 0);
  if (tests === 0 && part !== 'style') throw new PlainError(`no test matches ${filter.join(' ')}`);
  summarize(results);
}

if (isMain(import.meta.url)) {
  main(process.argv.slice(2)).catch((error) => summarize([failure('test run', error)]));
}
