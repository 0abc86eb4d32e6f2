import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

export const projectFolder = path.resolve(__dirname, '..', '..', '..');
export const commandLine = path.join(projectFolder, 'dist', 'cli', 'data-sync.cjs');

const pollEveryMs = 20;
const waitAtMostMs = 60_000;

/** A folder that goes away with `remove()`. */
export function temporaryFolder(): { path: string; remove(): void } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'data-sync-test-'));
  return { path: folder, remove: () => fs.rmSync(folder, { recursive: true, force: true }) };
}

/** Waits until `condition` gives something that is true, and gives it. The limit is there for broken code only. */
export async function until<T>(what: string, condition: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (const end = Date.now() + waitAtMostMs; Date.now() < end;) {
    const value = await condition();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, pollEveryMs));
  }
  throw new Error(`waited in vain for: ${what}`);
}

/** Resolves when the process is gone, after `ask` was called. */
export async function ended(child: ChildProcess, ask: () => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  ask();
  await gone;
}

export interface ProcessResult {
  /** Null if a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** The object on the last line of standard output, or {}. */
  json: Record<string, any>;
}

export interface Started {
  child: ChildProcess;
  /** What it wrote to standard output so far. */
  stdout(): string;
  stderr(): string;
  /** Settles when the process is gone and its output was read. */
  result: Promise<ProcessResult>;
}

export interface StartOptions {
  /** Added to a bare environment: no setting of this machine reaches the process under test. */
  env?: Record<string, string | undefined>;
  cwd?: string;
}

/** Starts this Node with `args`. */
export function startNode(args: string[], options: StartOptions = {}): Started {
  return startProgram(process.execPath, args, options);
}

/** Starts any program. */
export function startProgram(program: string, args: string[], options: StartOptions = {}): Started {
  const { DATABASE_URL: _url, DATA_SYNC_HOME: _home, ENCRYPTION_KEY: _key, ...inherited } = process.env;
  const child = spawn(program, args, {
    cwd: options.cwd ?? projectFolder,
    env: { ...inherited, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const result = new Promise<ProcessResult>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr, json: lastObject(stdout) })),
  );
  return { child, stdout: () => stdout, stderr: () => stderr, result };
}

function lastObject(text: string): Record<string, any> {
  const last = text.trimEnd().split('\n').at(-1) ?? '';
  return last.startsWith('{') ? (JSON.parse(last) as Record<string, any>) : {};
}

/** Starts the command line as a user does. */
export function startCommand(args: string[], options: StartOptions = {}): Started {
  return startNode([commandLine, ...args], options);
}

/** Runs the command line to its end. */
export function dataSync(args: string[], options: StartOptions = {}): Promise<ProcessResult> {
  return startCommand(args, options).result;
}
