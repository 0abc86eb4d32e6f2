// Reads the reports of the test programs into {passed, failed, skipped, failures}; failures are names to print.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The reports that GoogleTest programs left in `folder` (one JSON file each) and CTest's own (ctest.xml). A program
 * that failed without a failed test in its report, because it crashed, counts as one failure.
 */
export function readCtestReport(folder, exitCode) {
  const result = { passed: 0, failed: 0, skipped: 0, failures: [] };
  const programsWithFailures = new Set();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    for (const test of googleTests(JSON.parse(readFileSync(join(folder, file), 'utf8')))) {
      count(result, test);
      if (test.outcome === 'failed') programsWithFailures.add(file.replace(/_test(?:_\d+)?\.json$/, ''));
    }
  }
  for (const program of failedPrograms(join(folder, 'ctest.xml'))) {
    if (!programsWithFailures.has(program)) addFailure(result, `${program}: the program ended before its last test`);
  }
  if (exitCode !== 0 && result.failed === 0) addFailure(result, `ctest ended with exit code ${exitCode}`);
  return result;
}

function googleTests(report) {
  return report.testsuites.flatMap((suite) =>
    suite.testsuite.map((test) => ({ name: `${suite.name}.${test.name}`, outcome: googleOutcome(test) })),
  );
}

function googleOutcome(test) {
  if (test.failures) return 'failed';
  if (test.status === 'NOTRUN') return test.result === 'SUPPRESSED' ? 'skipped' : 'filtered';
  return test.result === 'SKIPPED' ? 'skipped' : 'passed';
}

function failedPrograms(junitFile) {
  if (!existsSync(junitFile)) return [];
  const cases = readFileSync(junitFile, 'utf8').matchAll(/<testcase\b[^>]*>/g);
  const failed = [...cases].map(([tag]) => tag).filter((tag) => /\bstatus="fail"/.test(tag));
  return failed.map((tag) => tag.match(/\bname="([^"]*)"/)?.[1] ?? 'unnamed');
}

/** The report of a Jest run. A test file that could not be loaded counts as one failure. */
export function readJestReport(file, exitCode) {
  const result = { passed: 0, failed: 0, skipped: 0, failures: [] };
  if (existsSync(file)) {
    for (const testFile of JSON.parse(readFileSync(file, 'utf8')).testResults) {
      for (const test of testFile.assertionResults) count(result, { name: test.fullName, outcome: jestOutcome(test) });
      if (testFile.status === 'failed' && !testFile.assertionResults.some((test) => test.status === 'failed')) {
        addFailure(result, `${testFile.name}: ${testFile.message.trim().split('\n')[0]}`);
      }
    }
  }
  if (exitCode !== 0 && result.failed === 0) addFailure(result, `Jest ended with exit code ${exitCode}`);
  return result;
}

function jestOutcome({ status }) {
  return status === 'passed' || status === 'failed' ? status : 'skipped';
}

function count(result, { name, outcome }) {
  if (outcome === 'failed') addFailure(result, name);
  else if (outcome !== 'filtered') result[outcome]++;
}

function addFailure(result, name) {
  result.failed++;
  result.failures.push(name);
}
