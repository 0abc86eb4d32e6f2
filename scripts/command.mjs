// Runs other programs for the scripts of this folder. Uses Node alone, so that it works before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the checkout, with a slash at its end left out. */
export const projectFolder = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** A failure that needs no stack trace: the message says what is wrong and what to do about it. */
export class PlainError extends Error {}

/**
 * Runs a program in the checkout with its output shown, and resolves to its exit code (128 + n when signal n ended it).
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, cwd?: string }} [options] `env` is added to the environment of this process
 * @returns {Promise<number>}
 */
export function exitCodeOf(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd ?? projectFolder,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.on('error', (error) => reject(new PlainError(`${program} cannot be started: ${error.message}`)));
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal === 'SIGINT' ? 2 : 15)));
  });
}

/** As exitCodeOf, for a program that has to succeed. @returns {Promise<void>} */
export async function run(program, args, options = {}) {
  const code = await exitCodeOf(program, args, options);
  if (code !== 0) throw new PlainError(`"${[program, ...args].join(' ')}" ended with exit code ${code}`);
}

/** Runs a short program silently. @returns {{ code: number, output: string }} code 127 when it does not exist */
export function outputOf(program, args) {
  const result = spawnSync(program, args, { cwd: projectFolder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return { code: result.status ?? 127, output: result.stdout ?? '' };
}

/**
 * Runs a program and gathers both its outputs. After `minutesMax` minutes it is killed, and `late` is true.
 * @returns {Promise<{ code: number, output: string, late: boolean }>}
 */
export function captured(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd ?? projectFolder,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.minutesMax && options.minutesMax * 60_000,
      killSignal: 'SIGKILL',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', (error) => reject(new PlainError(`${program} cannot be started: ${error.message}`)));
    child.on('close', (code) => resolve({ code: code ?? 1, output, late: child.killed }));
  });
}

/** As run, but shows what the program said only if it fails, and then the end of it. @returns {Promise<void>} */
export async function quietly(program, args, options = {}) {
  const { code, output } = await captured(program, args, options);
  if (code === 0) return;
  console.error(output.split('\n').slice(-60).join('\n'));
  throw new PlainError(`"${[program, ...args].join(' ')}" ended with exit code ${code}`);
}

/** Path of the start file of an npm package's program, to be run by this Node. */
export function npmProgram(pathInNodeModules) {
  return `${projectFolder}/node_modules/${pathInNodeModules}`;
}

/** A folder outside of the checkout for what is costly to get again; made when it is missing. Safe to delete. */
export function cacheFolder(name) {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'data-sync', name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Ends a script: prints a plain error without a stack trace, any other error with it, and sets the exit code to 1. */
export function failWith(error) {
  console.error(error instanceof PlainError ? `error: ${error.message}` : error);
  process.exitCode = 1;
}

/** True when the module with this `import.meta.url` is the script that was started. */
export function isMain(moduleUrl) {
  return process.argv[1] !== undefined && fileURLToPath(moduleUrl) === realpathSync(process.argv[1]);
}
