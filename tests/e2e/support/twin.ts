import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

import { ended, projectFolder } from './processes';

/** A row as the org holds it. Numbers are kept as their decimal text: a double would round them. */
export type TrueRow = Record<string, any>;

export interface TwinStats {
  apiCalls: number;
  tokenCalls: number;
  effects: Record<string, Record<string, number>>;
  byRoute: Record<string, number>;
  byStatus: Record<string, number>;
  faultsFired: Record<string, number>;
  clock: string;
}

/** A simulated Salesforce org in a process of its own. */
export interface Twin {
  url: string;
  /** Control calls: `twin.control('POST', 'mutate', {...})`. */
  control<T = any>(method: 'GET' | 'POST' | 'DELETE', what: string, body?: unknown): Promise<T>;
  stats(): Promise<TwinStats>;
  /** Calls since resetCalls(). */
  resetCalls(): Promise<void>;
  mutate(change: object): Promise<any>;
  /** Orders faults; clearFaults() disarms what has not struck. */
  faults(...faults: object[]): Promise<void>;
  clearFaults(): Promise<void>;
  /** True state of an object, row by row; deleted rows are flagged. */
  rows(object: string): AsyncGenerator<TrueRow>;
  /** The rows that are not deleted, by Id. */
  dump(object: string): Promise<Map<string, TrueRow>>;
  stop(): Promise<void>;
}

/** Strings, or numbers outside of them. */
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function parseRow(line: string): TrueRow {
  return JSON.parse(line.replace(stringOrNumber, (found) => (found.startsWith('"') ? found : `"${found}"`))) as TrueRow;
}

export async function startTwin(args: string[]): Promise<Twin> {
  const child = spawn(
    process.execPath,
    ['scripts/twin.mjs', 'salesforce', '--port', '0', '--exit-with-parent', ...args],
    { cwd: projectFolder, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the simulated org ended with ${String(code)}`)));
  });
  const { url } = JSON.parse(line) as { url: string };
  const ask = async (method: string, what: string, body?: unknown): Promise<Response> => {
    const response = await fetch(`${url}/__twin/${what}`, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${what}: ${response.status} ${await response.text()}`);
    return response;
  };
  const control = async (method: string, what: string, body?: unknown): Promise<any> => {
    const text = await (await ask(method, what, body)).text();
    return text ? JSON.parse(text) : {};
  };
  async function* rows(object: string): AsyncGenerator<TrueRow> {
    const { body } = await ask('GET', `dump/${object}`);
    for await (const row of createInterface({ input: Readable.fromWeb(body as any) })) if (row) yield parseRow(row);
  }
  return {
    url,
    control,
    stats: () => control('GET', 'stats'),
    resetCalls: () => control('DELETE', 'stats'),
    mutate: (change) => control('POST', 'mutate', change),
    faults: (...faults) => control('POST', 'faults', faults),
    clearFaults: () => control('DELETE', 'faults'),
    rows,
    dump: async (object) => {
      const live = new Map<string, TrueRow>();
      for await (const row of rows(object)) if (row['IsDeleted'] !== true) live.set(row['Id'] as string, row);
      return live;
    },
    stop: () => ended(child, () => child.kill('SIGTERM')),
  };
}
