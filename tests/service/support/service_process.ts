// The service as a program of its own, started from its sources.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';

const root = path.join(__dirname, '../../..');
const startMsMax = 25_000;

export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

export class ServiceProcess {
  readonly #child: ChildProcess;
  out = '';
  err = '';

  constructor(environment: Record<string, string>, ...args: string[]) {
    const { PATH, HOME } = process.env;
    this.#child = spawn(process.execPath, ['--import', 'tsx', 'service/src/main.ts', ...args], {
      cwd: root,
      env: { PATH, HOME, HOST: '127.0.0.1', PORT: '0', ...environment },
    });
    this.#child.stdout!.setEncoding('utf8').on('data', (part: string) => (this.out += part));
    this.#child.stderr!.setEncoding('utf8').on('data', (part: string) => (this.err += part));
  }

  /** Where it listens. */
  async url(): Promise<string> {
    for (let waited = 0; waited < startMsMax && this.#child.exitCode === null; waited += 20) {
      const found = /listening at (http:\/\/[\d.:]+)/.exec(this.out);
      if (found) return found[1]!;
      await new Promise((resume) => setTimeout(resume, 20));
    }
    throw new Error(`the service does not start: ${this.out}${this.err}`);
  }

  /** The key that it printed. It comes right after the line that says where it listens. */
  async key(): Promise<string> {
    await this.url();
    for (let waited = 0; waited < startMsMax; waited += 20) {
      const found = /nds_\S+/.exec(this.out);
      if (found) return found[0];
      await new Promise((resume) => setTimeout(resume, 20));
    }
    throw new Error(`the service prints no key: ${this.out}`);
  }

  async ended(): Promise<Ended> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'close');
    return { code: this.#child.exitCode, out: this.out, err: this.err };
  }

  stop(): Promise<Ended> {
    this.#child.kill('SIGTERM');
    return this.ended();
  }
}
