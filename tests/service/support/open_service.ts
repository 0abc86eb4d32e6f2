// A whole service over the real engine with a state of its own, called without a network.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

import type { InjectOptions } from 'fastify';

import { createApiKey } from '../../../service/src/auth/api_key';
import type { Scope } from '../../../service/src/auth/principal';
import { createLog } from '../../../service/src/log';
import { Service } from '../../../service/src/service';
import { readSettings } from '../../../service/src/settings';

export interface Answer {
  status: number;
  headers: Record<string, any>;
  /** The parsed JSON, or undefined if there is none. */
  body: any;
  text: string;
}

export interface CallOptions {
  body?: unknown;
  /** Default: the key of an admin. null: none. */
  key?: string | null;
  headers?: Record<string, string>;
}

export class OpenService {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'data-sync-service-'));
  readonly log: string[] = [];
  readonly #environment: Record<string, string>;
  readonly #now: () => Date;
  service!: Service;
  admin!: string;
  /** Added to the time of the machine. */
  aheadMs = 0;

  private constructor(environment: Record<string, string>) {
    this.#environment = environment;
    this.#now = () => new Date(Date.now() + this.aheadMs);
  }

  static async create(environment: Record<string, string> = {}): Promise<OpenService> {
    const open = new OpenService({ LOG_LEVEL: 'debug', NODE_ENV: 'test', ...environment });
    await open.#open();
    open.admin = await open.key('admin');
    return open;
  }

  get settings() {
    return readSettings({ DATA_SYNC_HOME: path.join(this.folder, 'state'), ...this.#environment });
  }

  get app() {
    return this.service.app;
  }

  get engine() {
    return this.service.context.engine;
  }

  /** Where files of the sqlite connector may lie. */
  file(name: string): string {
    return path.join(this.settings.allowedFolders[0]!, name);
  }

  async #open(): Promise<void> {
    const settings = this.settings;
    const log = createLog(settings, { write: (line: string) => void this.log.push(line) });
    this.service = await Service.open(settings, log, this.#now);
    await this.service.app.ready();
  }

  /** Stops, and opens the same state again; `environment` is changed for good. */
  async reopen(environment: Record<string, string> = {}): Promise<void> {
    await this.service.stop();
    Object.assign(this.#environment, environment);
    await this.#open();
  }

  async key(...scopes: Scope[]): Promise<string> {
    return (await createApiKey(this.engine, { name: `for ${scopes.join()}`, scopes }, 'test')).key;
  }

  async call(method: string, url: string, { body, key, headers = {} }: CallOptions = {}): Promise<Answer> {
    const sent = key === null ? undefined : (key ?? this.admin);
    const options: InjectOptions = {
      method: method,
      url,
      headers: { ...(sent !== undefined && { 'x-api-key': sent }), ...headers },
      ...(body !== undefined && { payload: body as object }),
    };
    const answer = await this.app.inject(options);
    const json = String(answer.headers['content-type']).includes('json') && answer.payload !== '';
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: json ? JSON.parse(answer.payload) : undefined,
      text: answer.payload,
    };
  }

  get = (url: string, options?: CallOptions) => this.call('GET', url, options);
  post = (url: string, body?: unknown, options?: CallOptions) => this.call('POST', url, { body, ...options });
  put = (url: string, body: unknown, options?: CallOptions) => this.call('PUT', url, { body, ...options });
  delete = (url: string, options?: CallOptions) => this.call('DELETE', url, options);

  async close(): Promise<void> {
    await this.service.stop();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

/** An SQLite integration, whose file is made by whoever writes to it. */
export function sqliteIntegration(open: OpenService, id: string, more: object = {}) {
  return {
    id,
    name: `files of ${id}`,
    type: 'sqlite',
    config: { path: open.file(`${id}.db`), createTable: true },
    ...more,
  };
}

/** A Salesforce integration that is never called. */
export function salesforceIntegration(id: string, secret = 'planted-client-secret') {
  const authentication = { clientId: 'client', clientSecret: secret };
  return { id, name: `org of ${id}`, type: 'salesforce', config: { loginUrl: 'https://acme.example', authentication } };
}
