// What the throwaway servers share: a temporary folder, a free port, and a process that surely goes away again.
import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outputOf, PlainError } from '../command.mjs';

const startSecondsMax = 60;
const stopSecondsMax = 20;

/** A port of 127.0.0.1 that nobody listens on right now. @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** A fresh folder below the system's temporary folder, which belongs to `owner` when one is given. */
export function temporaryFolder(name, owner) {
  const folder = mkdtempSync(join(tmpdir(), `data-sync-${name}-`));
  if (owner) chownSync(folder, owner.uid, owner.gid);
  return folder;
}

/** A password for one run of one server; letters and digits only, so that it needs no escaping in a URL. */
export function randomPassword() {
  return randomBytes(16).toString('hex');
}

/** The user of this name as {uid, gid}, or undefined when the machine has none. */
export function userNamed(name) {
  const row = outputOf('getent', ['passwd', name]).output.split(':');
  return row.length > 3 ? { uid: Number(row[2]), gid: Number(row[3]) } : undefined;
}

/** Path of a server program, in the PATH or where Debian puts what only an administrator calls. */
export function serverProgram(name, debianPackage) {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  const folder = folders.find((candidate) => existsSync(join(candidate, name)));
  if (folder) return join(folder, name);
  throw new PlainError(`${name} is not installed: run "npm run setup -- --bench", or install ${debianPackage}`);
}

/**
 * Starts a server and resolves when it is ready to serve. It is stopped and its folder deleted by the returned
 * function, and also when this process ends in any other way, kill -9 included.
 * @param {object} server
 * @param {string} server.folder  working folder, deleted at the end
 * @param {string} server.program  @param {string[]} server.args
 * @param {NodeJS.Signals} server.stopSignal  what makes it stop without waiting for its clients
 * @param {RegExp | number} server.ready  a line of its output, or a port that has to accept connections
 * @param {{uid: number, gid: number}} [server.user]  who it runs as, when this process is root
 * @param {Record<string, string>} [server.env]  added to the environment of this process
 * @param {number} [server.secondsMax]  how long it may take until it is ready
 * @param {(text: string) => void} [server.onOutput]  gets what it prints, as long as it runs
 * @returns {Promise<() => Promise<void>>}
 */
export async function startServer({ folder, program, args, stopSignal, ready, user, env, secondsMax, onOutput }) {
  // A process group of its own: Ctrl-C in the terminal must not reach the server before its clients are done.
  const child = spawn(program, args, {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    ...user,
  });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => onOutput?.(String(chunk)));
  const exited = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
  const guard = guardProcess(child.pid, stopSignal, folder);
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill(stopSignal);
    const timer = setTimeout(() => child.kill('SIGKILL'), stopSecondsMax * 1000);
    await exited;
    clearTimeout(timer);
    rmSync(folder, { recursive: true, force: true });
    guard.stdin.end('stopped\n');
  };
  try {
    await becomesReady(child, exited, ready, secondsMax);
  } catch (error) {
    await stop();
    throw error;
  }
  // A script that forgets to stop the server can still end: the guard cleans up behind it.
  for (const handle of [child, child.stdout, child.stderr, guard, guard.stdin]) handle.unref();
  return stop;
}

// A shell that waits for the end of its input, which comes with the end of this process, however that ends.
function guardProcess(pid, stopSignal, folder) {
  const script = `
    if read -r word; then exit 0; fi
    kill -s "$2" "$1" 2>/dev/null
    tries=0
    while kill -0 "$1" 2>/dev/null && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
    kill -s KILL "$1" 2>/dev/null
    rm -rf -- "$3"`;
  const args = ['-c', script, 'guard', String(pid), stopSignal.replace('SIG', ''), folder];
  return spawn('/bin/sh', args, { cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
}

async function becomesReady(child, exited, ready, secondsMax = startSecondsMax) {
  const output = [];
  const seen = new Promise((resolve) => {
    const keep = (chunk) => {
      output.push(String(chunk));
      if (output.length > 200) output.shift();
      if (ready instanceof RegExp && ready.test(output.join(''))) resolve('ready');
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
  });
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve('late'), secondsMax * 1000);
  });
  const gone = exited.then(() => 'gone');
  const outcome = await Promise.race([ready instanceof RegExp ? seen : portOpens(ready, exited), gone, late]);
  clearTimeout(timer);
  if (outcome === 'ready') return;
  const what = outcome === 'gone' ? 'ended at once' : `was not ready after ${secondsMax} seconds`;
  throw new PlainError(`${child.spawnfile} ${what}. It said:\n${output.join('').slice(-2000)}`);
}

async function portOpens(port, exited) {
  let running = true;
  void exited.then(() => {
    running = false;
  });
  while (running) {
    const open = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (open) return 'ready';
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return 'gone';
}
