import { readSettings, SettingsError } from '../../service/src/settings';

const key = Buffer.alloc(32, 7).toString('base64');

test('nothing needs to be set', () => {
  const settings = readSettings({});
  expect(settings).toMatchObject({
    production: false,
    host: '127.0.0.1',
    port: 3005,
    serviceName: 'data-sync-service',
    queueConcurrency: 10,
    batchSizeDefault: 1000,
    defaultRateLimits: { perMinute: 60, perHour: 1000 },
    network: { allowLoopback: false, allowPrivate: false },
    logLevel: 'info',
  });
  expect(settings.auth).toBeUndefined();
  expect(settings.metrics).toBeUndefined();
});

test('an empty text counts as not set', () => {
  expect(readSettings({ PORT: '', DATABASE_URL: ' ' })).toMatchObject({ port: 3005, databaseUrl: undefined });
});

test('the environment of the guide is understood as it stands there', () => {
  const settings = readSettings({
    NODE_ENV: 'production',
    PORT: '3005',
    SERVICE_NAME: 'data-sync-service',
    AUTH0_DOMAIN: 'your-tenant.auth0.com',
    AUTH0_CLIENT_ID: 'your_m2m_client_id',
    AUTH0_CLIENT_SECRET: 'your_m2m_client_secret',
    AUTH0_AUDIENCE: 'https://api.nexpo.app',
    DATABASE_URL: 'postgresql://user:password@localhost:5432/datasync',
    REDIS_URL: 'redis://localhost:6379',
    N8N_BASE_URL: 'http://localhost:5678',
    N8N_API_KEY: 'your_n8n_api_key',
    ENCRYPTION_KEY: key,
    QUEUE_CONCURRENCY: '10',
    BATCH_SIZE_DEFAULT: '1000',
    DEFAULT_RATE_LIMIT_PER_MINUTE: '60',
    DEFAULT_RATE_LIMIT_PER_HOUR: '1000',
    ENABLE_METRICS: 'true',
    METRICS_PORT: '9090',
  });
  expect(settings).toMatchObject({
    production: true,
    auth: { issuer: 'https://your-tenant.auth0.com/', audience: 'https://api.nexpo.app' },
    n8n: { baseUrl: 'http://localhost:5678', apiKey: 'your_n8n_api_key' },
    metrics: { port: 9090 },
    encryptionKeys: [key],
  });
});

test('another issuer than Auth0 is named by its URL, to the character', () => {
  const settings = readSettings({ AUTH_ISSUER: 'http://localhost:4000', AUTH0_AUDIENCE: 'urn:api' });
  expect(settings.auth).toMatchObject({ issuer: 'http://localhost:4000', audience: 'urn:api' });
});

test.each([
  ['PORT', { PORT: 'abc' }],
  ['PORT', { PORT: '65536' }],
  ['PORT', { PORT: '1e3' }],
  ['SERVICE_NAME', { SERVICE_NAME: 'a b' }],
  ['NODE_ENV', { NODE_ENV: 'prod' }],
  ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
  ['ENABLE_METRICS', { ENABLE_METRICS: 'yes' }],
  ['DATABASE_URL', { DATABASE_URL: 'mysql://u:hunter2@h/d' }],
  ['REDIS_URL', { REDIS_URL: 'http://u:hunter2@h' }],
  ['QUEUE_URL', { QUEUE_URL: 'ftp://u:hunter2@h' }],
  ['ENCRYPTION_KEY', { ENCRYPTION_KEY: 'hunter2' }],
  ['ENCRYPTION_KEY', { ENCRYPTION_KEY: Buffer.alloc(31).toString('base64') }],
  ['AUTH0_AUDIENCE', { AUTH0_DOMAIN: 'tenant.auth0.com' }],
  ['AUTH0_DOMAIN', { AUTH0_DOMAIN: 'https://tenant.auth0.com/', AUTH0_AUDIENCE: 'a' }],
  ['AUTH0_CLIENT_SECRET', { AUTH0_DOMAIN: 't.auth0.com', AUTH0_AUDIENCE: 'a', AUTH0_CLIENT_ID: 'c' }],
  ['N8N_API_KEY', { N8N_BASE_URL: 'http://localhost:5678' }],
  ['N8N_BASE_URL', { N8N_BASE_URL: 'localhost', N8N_API_KEY: 'hunter2' }],
  ['BATCH_SIZE_DEFAULT', { BATCH_SIZE_DEFAULT: '0' }],
  ['ALLOWED_FOLDERS', { ALLOWED_FOLDERS: 'relative/folder' }],
  ['ALLOWED_HOSTS', { ALLOWED_HOSTS: 'https://x' }],
  ['RETENTION_AUDIT_DAYS', { RETENTION_AUDIT_DAYS: '-1' }],
])('a wrong %s stops the start with one line that names it and holds no secret', (name, environment) => {
  const thrown = (() => {
    try {
      readSettings(environment);
    } catch (error) {
      return error as Error;
    }
    return undefined;
  })();
  expect(thrown).toBeInstanceOf(SettingsError);
  expect(thrown!.message).toMatch(new RegExp(`^${name}: .+$`));
  expect(thrown!.message).not.toContain('hunter2');
});
