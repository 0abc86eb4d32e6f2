// Starts simulated orgs (../responder) and talks to their control routes.
import { spawn } from 'node:child_process';
import { get as httpGet } from 'node:http';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { PlainError } from '../../../scripts/command.mjs';
import { programFolder } from './programs.mjs';

/**
 * @param {string} data  folder of the generated Accounts
 * @param {Record<string, number>} [options]  of the program, without dashes: records, threads, 'latency-ms', ...
 * @returns {Promise<{url: string, set(values): Promise<void>, stats(): Promise<object>, stop(): Promise<void>}>}
 */
export async function startResponder(data, options = {}) {
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(join(programFolder, 'bench_responder'), ['--data', data, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = await Promise.race([
    new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve)),
    ended.then((code) => {
      throw new PlainError(`the simulated org ended with ${code} before it was ready`);
    }),
  ]);
  const get = (path) => objectAt(`${url}${path}`);
  return {
    url,
    /**
     * Also sets all counts to 0. records, generation, step, verifyEvery; forget: 1 empties the org that is written to.
     */
    set: (values) => get(`/__set?${new URLSearchParams(values)}`),
    stats: () => get('/__stats'),
    async stop() {
      process.off('exit', kill);
      kill();
      await ended;
    },
  };
}

// On a connection that is closed at once: a kept one would count against the limit of the org.
function objectAt(url) {
  return new Promise((resolve, reject) => {
    const request = httpGet(url, { agent: false }, async (answer) => {
      const pieces = [];
      for await (const piece of answer) pieces.push(piece);
      resolve(JSON.parse(Buffer.concat(pieces).toString('utf8')));
    });
    request.on('error', reject);
  });
}
