// The check that stands between a binary and its publication, on binaries made to fail it.
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';

import { projectFolder, temporaryFolder } from '../e2e/support/processes';

const script = pathToFileURL(path.join(projectFolder, 'scripts', 'prebuild', 'inspect.mjs')).href;
const target = `linux-${process.arch}-gnu`;

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});

/** A library of the two public functions that Node-API wants, and of `more`, in which only PUBLIC is public. */
function library(name: string, more: string, ...flags: string[]): string {
  const source = path.join(folder.path, `${name}.c`);
  const file = path.join(folder.path, `${name}.node`);
  const text = `#define PUBLIC __attribute__((visibility("default")))
    PUBLIC void napi_register_module_v1(void) {}
    PUBLIC void node_api_module_get_api_version_v1(void) {}
    ${more}\n`;
  fs.writeFileSync(source, text);
  execFileSync('gcc', ['-shared', '-fPIC', '-fvisibility=hidden', '-w', '-o', file, source, ...flags]);
  return file;
}

/** What the check says about a file, or "" when it may be published. */
function faultsOf(file: string): string {
  const code = `const { check } = await import(${JSON.stringify(script)});
    check(process.env.FILE, { name: process.env.TARGET }, { glibcMax: '2.28' });`;
  const env = { ...process.env, FILE: file, TARGET: target };
  const result = spawnSync(process.execPath, ['--input-type=module', '-e', code], { env, encoding: 'utf8' });
  return result.status === 0 ? '' : result.stderr;
}

test('a binary that needs the C library and node alone may be published', () => {
  const file = library('good', 'void napi_throw_error(void); void f(void) { napi_throw_error(); malloc(1); }');
  expect(faultsOf(file)).toBe('');
});

test('a library that users may not have is refused by name', () => {
  const file = library('needs_zlib', 'void zlibVersion(void); void f(void) { zlibVersion(); }', '-lz');
  expect(faultsOf(file)).toContain('it needs the library libz.so.1');
});

test('a public name that other addons could have as well is refused', () => {
  const file = library('exports', 'PUBLIC void sqlite3_open(void) {}');
  expect(faultsOf(file)).toMatch(/it exports .*sqlite3_open/);
});

test('a function that node does not have is refused', () => {
  const file = library('misses', 'void nobody_has_this(void); void f(void) { nobody_has_this(); }');
  expect(faultsOf(file)).toContain('node does not export nobody_has_this');
});

test('a function of a newer glibc is refused with its version', () => {
  // It moved into libc itself with glibc 2.34, under that version.
  const file = library('newer', 'void pthread_create(void); void f(void) { pthread_create(); }');
  expect(faultsOf(file)).toMatch(/it needs glibc 2\.\d+, and 2\.28 is the newest allowed/);
});
