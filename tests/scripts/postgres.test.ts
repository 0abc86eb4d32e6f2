import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const script = join(__dirname, '..', '..', 'scripts', 'services', 'postgres.mjs');
const goneSecondsMax = 20;

let folder: string;
let child: ChildProcess;
let port: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'data-sync-test-'));
  chmodSync(folder, 0o755); // the server may run as another user
  const env = { ...process.env, TMPDIR: folder };
  child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the script ended with ${code}`)));
  });
  port = Number(new URL(url).port);
});

afterEach(() => {
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function accepts(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

/** Waits until the server is gone and its folder with it; gives what is left when that takes too long. */
async function leftovers(): Promise<{ accepts: boolean; files: string[] }> {
  const end = Date.now() + goneSecondsMax * 1000;
  for (;;) {
    const left = { accepts: await accepts(), files: readdirSync(folder) };
    if ((!left.accepts && left.files.length === 0) || Date.now() > end) return left;
    await delay(50);
  }
}

describe('the throwaway PostgreSQL server', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)('serves, and leaves nothing behind after %s', async (signal) => {
    expect(await accepts()).toBe(true);
    expect(readdirSync(folder)).toHaveLength(1);
    child.kill(signal);
    expect(await leftovers()).toEqual({ accepts: false, files: [] });
  });
});
