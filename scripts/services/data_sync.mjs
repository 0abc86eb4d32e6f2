// The REST service as a process of its own: an API on a loopback port, with a key that opens it.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { PlainError, projectFolder } from '../command.mjs';
import { freePort } from './sandbox.mjs';

const startSecondsMax = 60;

/**
 * Starts the service over the state in `home` and resolves when it answers. Without an Auth0 domain its first start
 * over a state prints a key; `key` is undefined at later ones.
 * @param {{ home: string, port?: number, env?: Record<string, string> }} options  `port` is only a wish
 * @returns {Promise<{ url: string, key?: string, pid: number, log(): string, stop(): Promise, kill(): Promise }>}
 *   stop() and kill() give {code, signal} of its end
 */
export async function startService({ home, port = 0, env = {} }) {
  const free = (await isFree(port)) ? port : await freePort();
  const child = spawn(process.execPath, [join(projectFolder, 'dist', 'service', 'main.cjs')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C is for the program that started it, which stops it in good order.
    detached: true,
    env: {
      ...process.env,
      DATA_SYNC_HOME: home,
      HOST: '127.0.0.1',
      PORT: String(free),
      ALLOW_LOOPBACK: 'true',
      ...env,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  const end = async (signal) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return exited;
  };
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  void exited.then(() => process.off('exit', onExit));
  const url = `http://127.0.0.1:${free}`;
  await answers(url, exited, () => output);
  return {
    url,
    key: /^API key, shown this once: (\S+)$/m.exec(output)?.[1],
    pid: child.pid,
    log: () => output,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

async function answers(url, exited, output) {
  let ended = false;
  void exited.then(() => (ended = true));
  for (const until = Date.now() + startSecondsMax * 1000; Date.now() < until && !ended;) {
    const answer = await fetch(`${url}/openapi.json`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new PlainError(`the service did not start:\n${output()}`);
}

function isFree(port) {
  if (port === 0) return Promise.resolve(false);
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
