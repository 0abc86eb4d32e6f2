import * as fs from 'node:fs';
import * as path from 'node:path';

import type { ConfiguredEnd, SyncFile } from '../../../lib';
import { dataSync, type ProcessResult, startCommand, type Started, temporaryFolder } from './processes';
import type { Twin } from './twin';

/** What the simulated org accepts for the flow that needs no person. */
export function salesforce(twin: Twin, more: Record<string, unknown> = {}): ConfiguredEnd {
  return {
    type: 'salesforce',
    config: { loginUrl: twin.url, clientId: 'twin-client', clientSecret: 'twin-secret', ...more },
  };
}

/** A folder with the state, the sync files and the target of one test, and the command line that uses them. */
export class Workspace {
  readonly #folder = temporaryFolder();
  readonly #started: Started[] = [];
  readonly env: Record<string, string | undefined> = {};

  get home(): string {
    return this.path('state');
  }

  /** The SQLite target that accountsSync() writes to. */
  get target(): string {
    return this.path('target.db');
  }

  path(name: string): string {
    return path.join(this.#folder.path, name);
  }

  write(name: string, content: string | object): string {
    const file = this.path(name);
    fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
    return file;
  }

  /** A sync of Accounts into a new SQLite table, unless `changes` say otherwise. */
  accountsSync(twin: Twin, changes: Partial<SyncFile> = {}): SyncFile {
    return {
      id: 'accounts',
      source: salesforce(twin),
      target: { type: 'sqlite', config: { path: this.target, createTable: true } },
      sourceObject: 'Account',
      targetObject: 'accounts',
      fieldMappings: [
        { source: 'Id', target: 'id', required: true },
        { source: 'Name', target: 'name' },
        { source: 'Phone', target: 'phone' },
      ],
      batchSize: 200,
      ...changes,
    };
  }

  /** Runs `data-sync COMMAND FILE --json` to its end. `sync` is a file, or its content. */
  command(command: string, sync: SyncFile | string, ...more: string[]): Promise<ProcessResult> {
    return this.start(command, sync, ...more).result;
  }

  start(command: string, sync: SyncFile | string, ...more: string[]): Started {
    const file = typeof sync === 'string' ? sync : this.write(`${fileName(sync.id)}.json`, sync);
    const started = startCommand([command, file, '--json', ...more], this.#options());
    this.#started.push(started);
    return started;
  }

  /** Runs `data-sync` with these words and no others. */
  plain(...args: string[]): Promise<ProcessResult> {
    return dataSync(args, this.#options());
  }

  /** Ends what still runs, as it does after a test that failed. */
  remove(): void {
    for (const { child } of this.#started) if (child.exitCode === null) child.kill('SIGKILL');
    this.#folder.remove();
  }

  #options() {
    return { env: { DATA_SYNC_HOME: this.home, ...this.env } };
  }
}

/** Tests give ids of every kind, that of a wrong type included. */
function fileName(id: unknown): string {
  return typeof id === 'string' ? path.basename(id) : 'sync';
}
