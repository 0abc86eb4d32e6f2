/**
 * Command line of the twin: prints one line of JSON with its address when it is ready and serves until it is told
 * to stop (SIGINT, SIGTERM).
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DEFAULT_RECORDS, objectsFor, type TwinOptions } from './options';
import { startSalesforceTwin } from './index';

const PARENT_CHECK_MS = 500;

const OPTIONS = {
  port: { type: 'string' },
  records: { type: 'string' },
  seed: { type: 'string' },
  objects: { type: 'string' },
  accounts: { type: 'string' },
  contacts: { type: 'string' },
  invoices: { type: 'string' },
  'same-stamp': { type: 'string' },
  'jwt-public-key': { type: 'string' },
  'bulk-delay-ms': { type: 'string' },
  'api-limit': { type: 'string' },
  'session-seconds': { type: 'string' },
  nul: { type: 'boolean' },
  'exit-with-parent': { type: 'boolean' },
} as const;

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} must be a whole number, got ${text}`);
  return value;
}

/** `Account=10,Contact=20` */
function objectList(text: string): Record<string, number> {
  return Object.fromEntries(
    text.split(',').map((entry) => {
      const [name = '', count = ''] = entry.split('=');
      return [name, whole('objects', count)];
    }),
  );
}

export function optionsFrom(args: string[]): Partial<TwinOptions> {
  const { values } = parseArgs({ args, options: OPTIONS, allowPositionals: false });
  const number = (name: keyof typeof OPTIONS): number | undefined => {
    const text = values[name];
    return typeof text === 'string' ? whole(name, text) : undefined;
  };
  const objects =
    values.objects === undefined ? objectsFor(number('records') ?? DEFAULT_RECORDS) : objectList(values.objects);
  const counts = { Account: number('accounts'), Contact: number('contacts'), Invoice__c: number('invoices') };
  for (const [name, count] of Object.entries(counts)) if (count !== undefined) objects[name] = count;
  const settings: Record<string, unknown> = {
    port: number('port'),
    seed: number('seed'),
    sameStamp: number('same-stamp'),
    bulkDelayMs: number('bulk-delay-ms'),
    apiLimit: number('api-limit'),
    sessionSeconds: number('session-seconds'),
    nul: values.nul,
    jwtPublicKey: values['jwt-public-key'] === undefined ? undefined : readFileSync(values['jwt-public-key'], 'utf8'),
  };
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  return { ...given, objects };
}

/** A parent that was killed cannot stop its twin: leave when it is gone. */
function exitWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
  }, PARENT_CHECK_MS).unref();
}

export async function main(args: string[]): Promise<void> {
  const twin = await startSalesforceTwin(optionsFrom(args));
  process.stdout.write(`${JSON.stringify({ twin: 'salesforce', url: twin.url })}\n`);
  const stop = (): void => void twin.close().then(() => process.exit(0));
  if (args.includes('--exit-with-parent')) exitWithParent();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}
