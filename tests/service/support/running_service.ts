// The service as a process of its own, called over a socket.
import { projectFolder } from '../../e2e/support/processes';

interface Started {
  url: string;
  key?: string;
  pid: number;
  log(): string;
  stop(): Promise<{ code: number | null; signal: string | null }>;
  kill(): Promise<{ code: number | null; signal: string | null }>;
}

export class RunningService {
  readonly key: string;
  readonly #started: Started;

  private constructor(started: Started, key: string) {
    this.#started = started;
    this.key = key;
  }

  /** @param key  of an earlier start over the same state, which prints none */
  static async start(how: { home: string; env?: Record<string, string> }, key?: string): Promise<RunningService> {
    const { startService } = await import(`${projectFolder}/scripts/services/data_sync.mjs`);
    const started: Started = await startService(how);
    return new RunningService(started, started.key ?? key!);
  }

  get url(): string {
    return this.#started.url;
  }

  get pid(): number {
    return this.#started.pid;
  }

  get log(): string {
    return this.#started.log();
  }

  get = (path: string): Promise<any> => this.#call('GET', path);
  post = (path: string, body: object): Promise<any> => this.#call('POST', path, body);

  /** Everything that comes until the connection ends. */
  async text(path: string): Promise<string> {
    return (await fetch(this.url + path, { headers: { 'x-api-key': this.key } })).text();
  }

  /** Asks again until the answer is as wanted. */
  async until(path: string, wanted: (body: any) => boolean): Promise<any> {
    for (;;) {
      const body = await this.get(path);
      if (wanted(body)) return body;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  stop = () => this.#started.stop();
  kill = () => this.#started.kill();

  async #call(method: string, path: string, body?: object): Promise<any> {
    const answer = await fetch(this.url + path, {
      method,
      headers: { 'x-api-key': this.key, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const content = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(content)}`);
    return content;
  }
}
