import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const script = pathToFileURL(join(__dirname, '..', '..', 'scripts', 'test_reports.mjs')).href;

interface Result {
  passed: number;
  failed: number;
  skipped: number;
  failures: string[];
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'data-sync-reports-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Calls a function of the script, which is an ES module, in a process of its own. */
function read(name: 'readCtestReport' | 'readJestReport', path: string, exitCode: number): Result {
  const code = `const m = await import(process.argv[1]);
    console.log(JSON.stringify(m[process.argv[2]](process.argv[3], Number(process.argv[4]))));`;
  const args = ['--input-type=module', '-e', code, script, name, path, String(exitCode)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Result;
}

function googleReport(program: string, ...tests: object[]): void {
  const report = { testsuites: [{ name: 'Suite', testsuite: tests }] };
  writeFileSync(join(folder, `${program}_test.json`), JSON.stringify(report));
}

function ctestReport(states: Record<string, 'run' | 'fail'>): void {
  const cases = Object.entries(states).map(([name, status]) => `<testcase name="${name}" status="${status}">`);
  writeFileSync(join(folder, 'ctest.xml'), `<testsuite>${cases.join('\n')}</testsuite>`);
}

const passed = { name: 'Passes', status: 'RUN', result: 'COMPLETED' };
const failed = { name: 'Fails', status: 'RUN', result: 'COMPLETED', failures: [{ failure: 'no' }] };
const skipped = { name: 'IsSkipped', status: 'RUN', result: 'SKIPPED' };
const filtered = { name: 'IsFiltered', status: 'NOTRUN', result: 'FILTERED' };

describe('the report of C++ tests', () => {
  it('counts over all test programs and names what failed', () => {
    googleReport('base', passed, passed, skipped);
    googleReport('sync', passed, failed, filtered);
    ctestReport({ base: 'run', sync: 'fail' });
    expect(read('readCtestReport', folder, 8)).toEqual({ passed: 3, failed: 1, skipped: 1, failures: ['Suite.Fails'] });
  });

  it('counts a program that crashed without a report as one failure', () => {
    googleReport('base', failed);
    ctestReport({ base: 'fail', sync: 'fail' });
    const failures = ['Suite.Fails', 'sync: the program ended before its last test'];
    expect(read('readCtestReport', folder, 8)).toEqual({ passed: 0, failed: 2, skipped: 0, failures });
  });

  it('never hides a bad exit code', () => {
    googleReport('base', passed);
    const failures = ['ctest ended with exit code 8'];
    expect(read('readCtestReport', folder, 8)).toEqual({ passed: 1, failed: 1, skipped: 0, failures });
  });
});

describe('the report of TypeScript tests', () => {
  it('counts a test file that cannot be loaded as one failure', () => {
    const file = join(folder, 'jest.json');
    const assertionResults = ['passed', 'passed', 'pending', 'todo'].map((status) => ({ status, fullName: status }));
    const testResults = [
      { name: 'good.test.ts', status: 'passed', message: '', assertionResults },
      { name: 'broken.test.ts', status: 'failed', message: 'Cannot find module\nat x', assertionResults: [] },
    ];
    writeFileSync(file, JSON.stringify({ testResults }));
    const failures = ['broken.test.ts: Cannot find module'];
    expect(read('readJestReport', file, 1)).toEqual({ passed: 2, failed: 1, skipped: 2, failures });
  });

  it('counts a run without a report as one failure', () => {
    const failures = ['Jest ended with exit code 1'];
    expect(read('readJestReport', join(folder, 'none'), 1)).toEqual({ passed: 0, failed: 1, skipped: 0, failures });
  });
});
