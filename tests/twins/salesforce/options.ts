/**
 * Settings of one twin. The first group shapes the data, the second the behaviour; `POST /__twin/options` changes the
 * second while the twin runs.
 */
export interface TwinOptions {
  /** TCP port on 127.0.0.1; 0 takes a free one. */
  port: number;
  /** Same seed, same data. */
  seed: number;
  /** First rows by object: Account, Contact, Invoice__c. */
  objects: Record<string, number>;
  /** Rows per object that share one SystemModstamp; default 2,500 in objects of 5,000 rows and more, else 0. */
  sameStamp: number | null;
  /** Put NUL bytes into some descriptions. */
  nul: boolean;
  /** PEM public key that JWT assertions are checked with; without one the twin makes a pair. */
  jwtPublicKey: string | null;

  /** Oldest REST version that is still served; older ones answer 410. */
  oldestVersion: number;
  newestVersion: number;
  /** Seconds of the org's clock. A session slides on use. */
  sessionSeconds: number;
  locatorSeconds: number;
  /** Refresh tokens are replaced on use; the old one dies at once. */
  rotateRefreshToken: boolean;
  /** Daily API calls; over it every call answers REQUEST_LIMIT_EXCEEDED. */
  apiLimit: number;
  /** Milliseconds that a bulk job takes before it is complete. */
  bulkDelayMs: number;
  /** Rows per result page of a bulk query when the client does not say. */
  bulkPageRows: number;
  /** Objects that Bulk API 2.0 refuses, besides those that never support it. */
  bulkUnsupported: string[];
  /** How far latestDateCovered stays behind the end of the window (a long transaction somewhere). */
  coveredLagSeconds: number;
}

export const DEFAULT_RECORDS = 1000;
const INVOICE_SHARE = 10;

/** N Accounts, 2N Contacts, N/10 Invoices. */
export function objectsFor(records: number): Record<string, number> {
  return { Account: records, Contact: records * 2, Invoice__c: Math.floor(records / INVOICE_SHARE) };
}

export function defaultOptions(): TwinOptions {
  return {
    port: 0,
    seed: 1,
    objects: objectsFor(DEFAULT_RECORDS),
    sameStamp: null,
    nul: false,
    jwtPublicKey: null,
    oldestVersion: 58,
    newestVersion: 66,
    sessionSeconds: 7200,
    locatorSeconds: 172_800,
    rotateRefreshToken: false,
    apiLimit: 1_000_000,
    bulkDelayMs: 20,
    bulkPageRows: 25_000,
    bulkUnsupported: [],
    coveredLagSeconds: 0,
  };
}

const DATA_ONLY = ['port', 'seed', 'objects', 'sameStamp', 'nul', 'jwtPublicKey'];

/** Changes behaviour settings of a running twin. Throws an error that names the setting. */
export function changeOptions(options: TwinOptions, changes: Record<string, unknown>): void {
  const known = options as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(changes)) {
    if (!(name in known) || DATA_ONLY.includes(name)) throw new Error(`unknown option ${name}`);
    if (typeof value !== typeof known[name]) throw new Error(`option ${name} must be a ${typeof known[name]}`);
    known[name] = value;
  }
}
