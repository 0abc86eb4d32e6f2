import * as path from 'node:path';

import { Environment, SettingsError } from './environment';
import type { Retention } from './sync/upkeep_work';

export { SettingsError } from './environment';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** What the service is told by its environment: docs/operations.md has the table. Every number has bounds. */
export interface Settings {
  /** NODE_ENV is "production". */
  production: boolean;
  /** SERVICE_NAME: `name` in the log and in /health. */
  serviceName: string;
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** DATA_SYNC_HOME: the embedded state and the key file. Absolute. */
  home: string;
  databaseUrl?: string;
  redisUrl?: string;
  queueUrl?: string;
  /** ENCRYPTION_KEY: 32 bytes each as base64, newest first. Unset: the engine keeps one in a file in `home`. */
  encryptionKeys?: string[];
  /** Who issues access tokens. Unset: API keys alone. */
  auth?: AuthSettings;
  n8n?: { baseUrl: string; apiKey: string };
  /** QUEUE_CONCURRENCY: runs at once in this process. */
  queueConcurrency: number;
  /** CLAIM_SECONDS: a service that is silent for so long has lost its syncs to the others over the same database. */
  claimSeconds: number;
  /** BATCH_SIZE_DEFAULT: `batchSize` of a sync that names none. */
  batchSizeDefault: number;
  /** DEFAULT_RATE_LIMIT_*: calls to systems whose connector declares no limits of its own. */
  defaultRateLimits: { perMinute: number; perHour: number };
  /** Requests of one principal to this API. */
  apiRateLimitPerMinute: number;
  /** Set if ENABLE_METRICS is true. */
  metrics?: { port: number };
  logLevel: (typeof logLevels)[number];
  /** Where connectors may reach: this machine (ALLOW_LOOPBACK), private networks (ALLOW_PRIVATE). */
  network: { allowLoopback: boolean; allowPrivate: boolean };
  /** ALLOWED_HOSTS: hosts that integrations may name, `*.` for all below a domain. Unset: all. */
  allowedHosts?: string[];
  /** ALLOWED_FOLDERS: where files of the sqlite connector may lie. Absolute. */
  allowedFolders: string[];
  /** Days that things are kept; 0 keeps them for good. */
  retention: Retention;
}

export interface AuthSettings {
  /** As it stands in `iss` of a token, to the character. */
  issuer: string;
  audience: string;
  /** AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET: this service's own login at the issuer. Tokens are checked without it. */
  client?: { id: string; secret: string };
  /** AUTH_JWKS_COOLDOWN_SECONDS: least time between two fetches of the issuer's keys. */
  jwksCooldownSeconds: number;
}

const portMax = 65_535;
const queueConcurrencyMax = 256;
const [claimSecondsMin, claimSecondsMax] = [3, 3_600];
const batchSizeMax = 50_000;
const rateLimitMax = 1_000_000;
const retentionDaysMax = 36_500;
const cooldownSecondsMax = 3_600;
const keyBytes = 32;
const keysMax = 10;
const hostPattern = /^(?:\*\.)?[a-z0-9](?:[a-z0-9.:-]*[a-z0-9])?$/;
const serviceNamePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** @throws SettingsError for the first setting that is wrong. */
export function readSettings(variables: Readonly<Record<string, string | undefined>>): Settings {
  const from = new Environment(variables);
  const home = path.resolve(from.text('DATA_SYNC_HOME') ?? '.data-sync');
  const enabled = from.flag('ENABLE_METRICS', false);
  const metricsPort = from.integer('METRICS_PORT', 9090, 0, portMax);
  return {
    production: from.choice('NODE_ENV', ['production', 'development', 'test'], 'development') === 'production',
    serviceName: readServiceName(from),
    host: from.text('HOST') ?? '127.0.0.1',
    port: from.integer('PORT', 3005, 0, portMax),
    home,
    databaseUrl: from.url('DATABASE_URL', ['postgresql', 'postgres']),
    redisUrl: from.url('REDIS_URL', ['redis', 'rediss']),
    queueUrl: from.url('QUEUE_URL', ['redis', 'rediss', 'amqp', 'amqps', 'sqs', 'https']),
    encryptionKeys: readKeys(from),
    auth: readAuth(from),
    n8n: readN8n(from),
    queueConcurrency: from.integer('QUEUE_CONCURRENCY', 10, 1, queueConcurrencyMax),
    claimSeconds: from.integer('CLAIM_SECONDS', 30, claimSecondsMin, claimSecondsMax),
    batchSizeDefault: from.integer('BATCH_SIZE_DEFAULT', 1000, 1, batchSizeMax),
    defaultRateLimits: {
      perMinute: from.integer('DEFAULT_RATE_LIMIT_PER_MINUTE', 60, 1, rateLimitMax),
      perHour: from.integer('DEFAULT_RATE_LIMIT_PER_HOUR', 1000, 1, rateLimitMax),
    },
    apiRateLimitPerMinute: from.integer('API_RATE_LIMIT_PER_MINUTE', 6000, 1, rateLimitMax),
    metrics: enabled ? { port: metricsPort } : undefined,
    logLevel: from.choice('LOG_LEVEL', logLevels, 'info'),
    network: {
      allowLoopback: from.flag('ALLOW_LOOPBACK', false),
      allowPrivate: from.flag('ALLOW_PRIVATE', false),
    },
    allowedHosts: readHosts(from),
    allowedFolders: readFolders(from, home),
    retention: {
      runsDays: from.integer('RETENTION_RUNS_DAYS', 90, 0, retentionDaysMax),
      rejectedDays: from.integer('RETENTION_REJECTED_DAYS', 30, 0, retentionDaysMax),
      auditDays: from.integer('RETENTION_AUDIT_DAYS', 365, 0, retentionDaysMax),
      conflictsDays: from.integer('RETENTION_CONFLICTS_DAYS', 90, 0, retentionDaysMax),
      tombstonesDays: from.integer('RETENTION_TOMBSTONES_DAYS', 90, 0, retentionDaysMax),
    },
  };
}

function readServiceName(from: Environment): string {
  const name = from.text('SERVICE_NAME') ?? 'data-sync-service';
  if (serviceNamePattern.test(name)) return name;
  throw new SettingsError('SERVICE_NAME', `"${name}" is wrong; write letters, digits, ".", "_" and "-", 64 at most`);
}

function readKeys(from: Environment): string[] | undefined {
  const keys = from.list('ENCRYPTION_KEY');
  if (keys.length > keysMax) throw new SettingsError('ENCRYPTION_KEY', `has more than ${keysMax} keys`);
  for (const key of keys) {
    const bytes = Buffer.from(key, 'base64');
    if (bytes.length === keyBytes && bytes.toString('base64') === key) continue;
    throw new SettingsError('ENCRYPTION_KEY', 'a key is not 32 bytes as base64; make one: openssl rand -base64 32');
  }
  return keys.length > 0 ? keys : undefined;
}

function readAuth(from: Environment): AuthSettings | undefined {
  const domain = from.text('AUTH0_DOMAIN');
  const issuer = from.url('AUTH_ISSUER', ['https', 'http']) ?? (domain && `https://${domain}/`);
  if (!issuer) return undefined;
  if (!URL.canParse(issuer) || (domain !== undefined && /[/:@]/.test(domain))) {
    throw new SettingsError('AUTH0_DOMAIN', 'is no host name; write it as your-tenant.auth0.com');
  }
  const audience = from.text('AUTH0_AUDIENCE');
  if (!audience) throw new SettingsError('AUTH0_AUDIENCE', 'is needed with AUTH0_DOMAIN or AUTH_ISSUER');
  return {
    issuer,
    audience,
    client: pair(from, 'AUTH0_CLIENT_ID', 'AUTH0_CLIENT_SECRET', (id, secret) => ({ id, secret })),
    jwksCooldownSeconds: from.integer('AUTH_JWKS_COOLDOWN_SECONDS', 30, 0, cooldownSecondsMax),
  };
}

function readN8n(from: Environment): Settings['n8n'] {
  from.url('N8N_BASE_URL', ['https', 'http']);
  return pair(from, 'N8N_BASE_URL', 'N8N_API_KEY', (baseUrl, apiKey) => ({ baseUrl, apiKey }));
}

/** Two settings that make sense together alone. */
function pair<T>(from: Environment, one: string, other: string, make: (a: string, b: string) => T): T | undefined {
  const [first, second] = [from.text(one), from.text(other)];
  if (first !== undefined && second !== undefined) return make(first, second);
  if (first === undefined && second === undefined) return undefined;
  throw new SettingsError(first === undefined ? one : other, `is needed with ${first === undefined ? other : one}`);
}

function readHosts(from: Environment): string[] | undefined {
  const hosts = from.list('ALLOWED_HOSTS').map((host) => host.toLowerCase());
  for (const host of hosts) {
    if (!hostPattern.test(host)) throw new SettingsError('ALLOWED_HOSTS', `"${host}" is neither HOST nor *.DOMAIN`);
  }
  return hosts.length > 0 ? hosts : undefined;
}

function readFolders(from: Environment, home: string): string[] {
  const folders = from.list('ALLOWED_FOLDERS');
  for (const folder of folders) {
    if (!path.isAbsolute(folder)) throw new SettingsError('ALLOWED_FOLDERS', `"${folder}" is no absolute path`);
  }
  return folders.length > 0 ? folders.map((folder) => path.resolve(folder)) : [path.join(home, 'files')];
}
