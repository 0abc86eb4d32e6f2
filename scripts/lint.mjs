// Formatting, mistakes and style, without running the product.
//
//   npm run lint                               every check over every file
//   npm run lint -- format|tidy|eslint|style|n8n   some of them; n8n: what n8n's own linter and package scan say
//   npm run lint -- --fix                      mends formatting and what eslint can mend, then checks
//   npm run lint -- --changed                  clang-tidy looks only at what differs from the last commit
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { configurePreset } from './build.mjs';
import { exitCodeOf, failWith, isMain, npmProgram, outputOf, PlainError, projectFolder } from './command.mjs';
import { n8nLint } from './n8n_lint.mjs';
import { setUp } from './setup.mjs';

/** Each check gives true when it found nothing. */
const checks = { format, tidy, eslint, style, n8n: n8nLint };

async function format({ fix }) {
  const cppMode = fix ? ['-i'] : ['--dry-run', '--Werror'];
  const cpp = await exitCodeOf('clang-format', [...cppMode, ...gitFiles(/\.[ch]pp$/)]);
  const scriptMode = ['--log-level=warn', fix ? '--write' : '--check'];
  const prettier = [npmProgram('prettier/bin/prettier.cjs'), ...scriptMode, ...gitFiles(/\.(?:c?ts|[mc]js)$/)];
  return (await exitCodeOf(process.execPath, prettier)) === 0 && cpp === 0;
}

async function eslint({ fix }) {
  const args = ['--max-warnings=0', ...(fix ? ['--fix'] : []), '.'];
  return (await exitCodeOf(process.execPath, [npmProgram('eslint/bin/eslint.js'), ...args])) === 0;
}

async function style() {
  return (await exitCodeOf(process.execPath, ['scripts/style.mjs'])) === 0;
}

// The product's sources; its headers are seen through them. One clang-tidy per processor, a few files each.
async function tidy({ changed }) {
  const folder = await configurePreset('dev');
  const waiting = changed ? changedSources() : gitFiles(/^native\/.*\.cpp$/);
  console.log(`clang-tidy: ${waiting.length} files`);
  let clean = true;
  const worker = async () => {
    for (let files = waiting.splice(0, 1); files.length > 0; files = waiting.splice(0, 1)) {
      const { code, output } = await capture('clang-tidy', ['--quiet', '-p', folder, ...files]);
      if (code !== 0) console.error(output);
      clean &&= code === 0;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return clean;
}

// A changed header is looked at through the sources that include it directly.
function changedSources() {
  const differing = outputOf('git', ['diff', '--name-only', 'HEAD']).output.split('\n');
  const added = outputOf('git', ['ls-files', '--others', '--exclude-standard']).output.split('\n');
  const changed = new Set([...differing, ...added]);
  const headers = [...changed].flatMap((path) => path.match(/^native\/(.*\.hpp)$/)?.[1] ?? []);
  const includes = (path) => {
    const text = readFileSync(join(projectFolder, path), 'utf8');
    return headers.some((header) => text.includes(`#include "${header}"`));
  };
  return gitFiles(/^native\/.*\.cpp$/).filter((path) => changed.has(path) || includes(path));
}

/** Paths of the files that git tracks or would add, and that exist. */
function gitFiles(pattern) {
  const list = (...args) => outputOf('git', ['ls-files', ...args]).output.split('\n');
  const deleted = new Set(list('--deleted'));
  return list('--cached', '--others', '--exclude-standard').filter((path) => pattern.test(path) && !deleted.has(path));
}

function capture(program, args) {
  return new Promise((resolve, reject) => {
    // Its standard error holds only the number of warnings in other people's headers.
    const child = spawn(program, args, { cwd: projectFolder, stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (error) => reject(new PlainError(`${program} cannot be started: ${error.message}`)));
    child.on('close', (code) => resolve({ code, output }));
  });
}

async function main(args) {
  const flags = args.filter((arg) => arg.startsWith('--'));
  const names = args.filter((arg) => !arg.startsWith('--'));
  const known = [...Object.keys(checks), '--fix', '--changed'];
  const unknown = args.find((arg) => !known.includes(arg));
  if (unknown) throw new PlainError(`lint does not know ${unknown}; it knows ${known.join(' ')}`);
  await setUp(['build', 'lint']);
  const failed = [];
  for (const name of names.length > 0 ? names : Object.keys(checks)) {
    console.log(`=== ${name}`);
    const clean = await checks[name]({ fix: flags.includes('--fix'), changed: flags.includes('--changed') });
    if (!clean) failed.push(name);
  }
  if (failed.length > 0) throw new PlainError(`lint found faults: ${failed.join(', ')}`);
  console.log('lint: nothing found');
}

if (isMain(import.meta.url)) main(process.argv.slice(2)).catch(failWith);
