import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { createInterface } from 'node:readline';

export const projectFolder = path.resolve(__dirname, '..', '..', '..');

/** A folder that goes away with `remove()`. */
export function temporaryFolder(): { path: string; remove(): void } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'data-sync-test-'));
  return { path: folder, remove: () => fs.rmSync(folder, { recursive: true, force: true }) };
}

export interface Twin {
  url: string;
  /** Control calls: `twin.control('POST', 'mutate', {...})`. */
  control<T>(method: 'GET' | 'POST' | 'DELETE', what: string, body?: unknown): Promise<T>;
  /** True state of an object, by Id. */
  dump(object: string): Promise<Map<string, Record<string, unknown>>>;
  stop(): Promise<void>;
}

/** A simulated Salesforce org in a process of its own. */
export async function startTwin(args: string[]): Promise<Twin> {
  const child = spawn(process.execPath, ['scripts/twin.mjs', 'salesforce', '--port', '0', ...args], {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the simulated org ended with ${code}`)));
  });
  const { url } = JSON.parse(line) as { url: string };
  const ask = async (method: string, what: string, body?: unknown): Promise<Response> => {
    const response = await fetch(`${url}/__twin/${what}`, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${what}: ${response.status} ${await response.text()}`);
    return response;
  };
  return {
    url,
    control: async <T>(method: string, what: string, body?: unknown) => {
      const text = await (await ask(method, what, body)).text();
      return (text ? JSON.parse(text) : {}) as T;
    },
    dump: async (object) => {
      const text = await (await ask('GET', `dump/${object}`)).text();
      const rows = text.split('\n').filter(Boolean).map((row) => JSON.parse(row) as Record<string, unknown>);
      return new Map(rows.map((row) => [row.Id as string, row]));
    },
    stop: () => ended(child, () => child.kill('SIGTERM')),
  };
}

/** Resolves when the process is gone, after `ask` was called. */
export async function ended(child: ChildProcess, ask: () => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  ask();
  await gone;
}

export interface CommandResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** The object on the last line of standard output, if it is JSON. */
  json: Record<string, unknown>;
}

/** Starts the command line as a user does. `killAfterMs` ends it with SIGKILL. */
export async function dataSync(
  args: string[],
  options: { env?: Record<string, string>; killAfterMs?: number; cwd?: string } = {},
): Promise<CommandResult> {
  const child = spawn(process.execPath, [path.join(projectFolder, 'dist', 'cli', 'data-sync.js'), ...args], {
    cwd: options.cwd ?? projectFolder,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const timer = options.killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), options.killAfterMs);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.once('close', (exitCode, exitSignal) => resolve([exitCode, exitSignal])),
  );
  clearTimeout(timer);
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  const json = last.startsWith('{') ? (JSON.parse(last) as Record<string, unknown>) : {};
  return { code, signal, stdout, stderr, json };
}
