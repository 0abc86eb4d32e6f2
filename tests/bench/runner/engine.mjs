// Our side, run as a user runs it: a sync file and the command line.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlainError, projectFolder } from '../../../scripts/command.mjs';
import { temporaryFolder } from '../../../scripts/services/sandbox.mjs';
import { fieldMappings, keyField, objectName } from '../data/mapping.mjs';
import { measured } from './programs.mjs';

/** BENCH_COMMAND_LINE names another build's command line, to compare two. */
export const commandLine = process.env.BENCH_COMMAND_LINE ?? join(projectFolder, 'dist', 'cli', 'data-sync.cjs');
const credentials = { clientId: 'twin-client', clientSecret: 'twin-secret' };
const never = 1_000_000_000;

/** Reads by REST however many there are. */
export const restSource = (url) => salesforce(url, { bulkThreshold: never });
/** Reads by the Bulk API. */
export const bulkSource = (url) => salesforce(url, { bulkThreshold: 0 });
export const salesforce = (url, config = {}) => ({
  type: 'salesforce',
  config: { loginUrl: url, ...credentials, externalIdField: keyField, ...config },
});

/** One sync with its state folder. */
export class EngineSync {
  #folder = temporaryFolder('bench');
  #file;
  #home;

  /** @param {{source: object, target: object, targetObject?: string, settings?: object}} sync */
  constructor({ source, target, targetObject = objectName, settings = {} }) {
    this.#file = join(this.#folder, 'sync.json');
    this.#home = join(this.#folder, 'home');
    mkdirSync(this.#home);
    const sync = { id: 'bench', source, target, sourceObject: objectName, targetObject, fieldMappings };
    writeFileSync(this.#file, JSON.stringify({ ...sync, batchSize: 2000, ...settings }));
  }

  get args() {
    return [commandLine, 'run', this.#file, '--json', '--home', this.#home];
  }

  /** Runs once; `flags` are --full or --approve. Throws unless it succeeded with nothing rejected. */
  async run(flags = []) {
    const usage = await measured(process.execPath, [...this.args, ...flags]);
    const report = usage.result;
    if (report.status !== 'succeeded') throw new PlainError(`the sync did not succeed: ${JSON.stringify(report)}`);
    return { ...usage, report, records: report.read };
  }

  /** Peak memory of an engine that is opened and has nothing to do, in MB. */
  async idlePeakMb() {
    return (await measured(process.execPath, [commandLine, 'status', '--home', this.#home])).peakRssMb;
  }

  remove() {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
