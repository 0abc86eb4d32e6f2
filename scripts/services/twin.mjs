// Starts a simulated system in a process of its own, on a free port.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { PlainError, projectFolder } from '../command.mjs';

/**
 * @param {string} name for example "salesforce"
 * @param {string[]} args its options: tests/twins/README.md
 * @returns {Promise<{ url: string, pid: number, stop(): Promise<void> }>}
 */
export async function startTwin(name, args = []) {
  const child = spawn(process.execPath, ['scripts/twin.mjs', name, '--port', '0', ...args], {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const first = await Promise.race([
    new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve)),
    ended.then((code) => {
      throw new PlainError(`the simulated ${name} ended with exit code ${code} before it was ready`);
    }),
  ]);
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  return {
    url: JSON.parse(first).url,
    pid: child.pid,
    async stop() {
      process.off('exit', kill);
      child.kill('SIGTERM');
      await ended;
    },
  };
}
