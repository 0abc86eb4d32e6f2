// Runs the programs that are measured, each in a process of its own, and gives what they took.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PlainError, projectFolder } from '../../../scripts/command.mjs';
import { temporaryFolder } from '../../../scripts/services/sandbox.mjs';

export const programFolder = join(projectFolder, 'build', 'bench', 'tests', 'bench');
export const peerFolder = join(projectFolder, 'tests', 'bench', 'peers');
const secondsMax = 900;

/**
 * Runs a program to its end.
 * @param {string} program @param {string[]} args
 * @param {{ env?: Record<string, string>, allowFailure?: boolean }} [options]
 * @returns {Promise<{wallSeconds: number, cpuSeconds: number, peakRssMb: number, exitCode: number, result: object}>}
 *   `result` is the last line of its output, if that is a JSON object, else {}. Throws when it fails.
 */
export async function measured(program, args, { env = {}, allowFailure = false } = {}) {
  const folder = temporaryFolder('measure');
  const file = join(folder, 'usage.json');
  try {
    const output = await outputOf(join(programFolder, 'bench_measure'), [file, program, ...args], env);
    const usage = JSON.parse(readFileSync(file, 'utf8'));
    if (usage.exitCode !== 0 && !allowFailure) throw failure(program, args, usage.exitCode, output);
    return { ...usage, result: lastObject(output.stdout) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a peer of this name with its task, in Node. */
export function measuredPeer(name, task) {
  return measured(process.execPath, [join(peerFolder, `${name}.mjs`), JSON.stringify(task)]);
}

/** Output of a program that has to succeed. */
export async function textOf(program, args, env = {}) {
  const output = await outputOf(program, args, env);
  if (output.code !== 0) throw failure(program, args, output.code, output);
  return output.stdout;
}

function outputOf(program, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: projectFolder, env: { ...process.env, ...env } });
    const timer = setTimeout(() => child.kill('SIGTERM'), secondsMax * 1000);
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'])
      child[name].on('data', (piece) => {
        output[name] += piece;
      });
    child.on('error', (error) => reject(new PlainError(`${program} cannot be started: ${error.message}`)));
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, ...output });
    });
  });
}

function failure(program, args, code, { stdout, stderr }) {
  const said = `${stdout.slice(-1500)}\n${stderr.slice(-1500)}`.trim();
  return new PlainError(`"${[program, ...args].join(' ').slice(0, 300)}" ended with ${code}. It said:\n${said}`);
}

function lastObject(text) {
  const line = text.trimEnd().split('\n').at(-1) ?? '';
  return line.startsWith('{') ? JSON.parse(line) : {};
}
