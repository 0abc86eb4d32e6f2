// Systems that are kept in the book: a sync names them, and their credentials stay sealed.
import { randomBytes } from 'node:crypto';

import { Engine, type SyncFile } from '../../lib';
import { sqlite } from '../e2e/support/tables';
import { startTwin, type Twin } from '../e2e/support/twin';
import { salesforce, Workspace } from '../e2e/support/workspace';
import { errorOf } from './open_engine';

jest.setTimeout(120_000);

const accounts = 3_000;
const admin = { actor: 'ada', action: 'integration.put' };
const secrets = ['twin-secret', 'twin-refresh'];

let twin: Twin;
let workspace: Workspace;
let engines: Engine[];

// A rotated refresh token changes the org for good, so each test has an org of its own.
beforeEach(async () => {
  twin = await startTwin(['--objects', `Account=${accounts}`, '--seed', '3']);
  workspace = new Workspace();
  engines = [];
});
afterEach(async () => {
  await Promise.all(engines.map((engine) => engine.close()));
  workspace.remove();
  await twin.stop();
});

function open(options: ConstructorParameters<typeof Engine>[0] = {}): Engine {
  const engine = new Engine({ home: workspace.home, allowLoopback: true, ...options });
  engines.push(engine);
  return engine;
}

/** Keeps the org with a refresh token, and an SQLite file as its target. */
async function keepBoth(engine: Engine, refreshToken = 'twin-refresh'): Promise<void> {
  const { loginUrl, clientId, clientSecret } = salesforce(twin).config;
  const secret = { authentication: { clientId, clientSecret, refreshToken } };
  await engine.book.put('integration', 'org', { type: 'salesforce', config: { loginUrl } }, { secret, audit: admin });
  const config = { path: workspace.target, createTable: true };
  await engine.book.put('integration', 'copy', { type: 'sqlite', config });
}

const sync = (id = 'accounts'): SyncFile =>
  workspace.accountsSync(twin, { id, source: { integration: 'org' }, target: { integration: 'copy' } });

const uses = async (engine: Engine) => (await engine.audit.list({ action: 'credential.use' })).entries;

test('a sync between two integrations runs, and each use of them is in the audit log', async () => {
  const engine = open();
  await keepBoth(engine);
  expect(await engine.test(sync())).toMatchObject({ source: { ok: true }, target: { ok: true } });
  expect((await engine.plan(sync())).created).toBe(accounts);
  expect((await engine.schema(sync())).source.keyField).toBe('Id');
  expect(await uses(engine)).toHaveLength(6);
  expect(await engine.run(sync())).toMatchObject({ status: 'succeeded', created: accounts });
  expect(sqlite(workspace.target, 'SELECT count(*) FROM accounts;')).toBe(String(accounts));
  const last = (await uses(engine)).slice(-2);
  expect(last).toMatchObject([
    { actor: 'engine', subject: 'integration/org', detail: { syncId: 'accounts' } },
    { actor: 'engine', subject: 'integration/copy', detail: { syncId: 'accounts' } },
  ]);
  await engine.forget(sync());
  expect(await uses(engine)).toHaveLength(8);
  const status = JSON.stringify([
    await engine.status(),
    await engine.audit.list(),
    await engine.book.list('integration'),
  ]);
  for (const secret of secrets) expect(status).not.toContain(secret);
});

test('calls on one system take an integration as well', async () => {
  const engine = open();
  await keepBoth(engine);
  sqlite(workspace.target, 'CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT, changed TEXT);');
  const copy = { integration: 'copy' };
  expect(await engine.testConnection({ integration: 'org' })).toMatchObject({ ok: true });
  expect(await engine.objects(copy)).toMatchObject([{ name: 'orders' }]);
  expect((await engine.describe(copy, 'orders')).keyField).toBe('id');
  const records = [{ id: 1, name: 'one', changed: '2026-01-01' }];
  expect(await engine.write(copy, { object: 'orders', keyField: 'id', records })).toMatchObject([
    { outcome: 'created' },
  ]);
  expect((await engine.read(copy, { object: 'orders', fields: ['name'], limit: 5 })).records).toEqual([
    { name: 'one' },
  ]);
  await engine.changes({ id: 'feed', source: { integration: 'org' }, object: 'Account', fields: ['Name'] });
  const subjects = (await uses(engine)).map(({ subject }) => subject.replace('integration/', ''));
  expect(subjects).toEqual(['org', 'copy', 'copy', 'copy', 'copy', 'org']);
  expect((await uses(engine)).at(-1)).toMatchObject({ detail: { feed: 'feed' } });
});

test('a refresh token that the org rotates is kept with the integration, for all syncs that use it', async () => {
  const engine = open();
  await keepBoth(engine);
  await twin.faults({ kind: 'rotate_refresh_token' });
  for (const id of ['a', 'b', 'c']) expect((await engine.run(sync(id))).status).toBe('succeeded');
  expect(sqlite(`${workspace.home}/state.db`, 'SELECT name FROM secret;')).toBe('integration/org/refreshToken');
  await engine.book.delete('integration', 'org');
  expect(sqlite(`${workspace.home}/state.db`, 'SELECT count(*) FROM secret;')).toBe('0');
});

test('keys are rotated while a sync runs, and nothing needs the old one afterwards', async () => {
  const [oldKey, newKey] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
  const before = open({ encryptionKeys: [oldKey] });
  await keepBoth(before);
  await twin.faults({ kind: 'rotate_refresh_token' });
  expect((await before.test(sync())).source.ok).toBe(true);
  await before.close();

  const engine = open({ encryptionKeys: [newKey, oldKey] });
  const running = engine.run({ ...sync(), batchSize: 20 });
  let rewrapped = 0;
  for (let settled = false; !settled;) {
    rewrapped += (await engine.rotateKeys()).rewrapped;
    settled = await Promise.race([
      running.then(() => true),
      new Promise<boolean>((next) => setTimeout(next, 20, false)),
    ]);
  }
  expect((await running).status).toBe('succeeded');
  expect(rewrapped).toBeGreaterThanOrEqual(1); // the sync itself may have renewed the token under the new key
  await engine.close();

  const after = open({ encryptionKeys: [newKey] });
  expect(await after.rotateKeys()).toEqual({ rewrapped: 0, current: 2 });
  expect((await after.run(sync(), { full: true })).status).toBe('succeeded');
  expect(await after.audit.verify()).toMatchObject({ ok: true });
  await after.close();

  const without = open({ encryptionKeys: [oldKey] });
  const error = await errorOf(without.run(sync()));
  expect(error.message).toContain('encryption key');
});

describe('an integration that cannot be used is refused by its place', () => {
  test.each<[string, object | undefined, object | undefined, RegExp]>([
    ['it does not exist', undefined, undefined, /does not exist/],
    ['it has no type', { config: {} }, undefined, /type/],
    ['its config is a text', { type: 'sqlite', config: 'x' }, undefined, /config/],
    [
      'its authentication is a text',
      { type: 'sqlite', config: { path: 'x' } },
      { authentication: 'x' },
      /authentication/,
    ],
    ['its connector is unknown', { type: 'sap', config: {} }, undefined, /sap/],
    ['its settings are wrong', { type: 'sqlite', config: { file: 'x' } }, undefined, /path/],
  ])('%s', async (_, body, secret, message) => {
    const engine = open();
    if (body) await engine.book.put('integration', 'org', body, { secret });
    const file = workspace.accountsSync(twin, { source: { integration: 'org' } });
    for (const call of [engine.run(file), engine.plan(file), engine.test(file), engine.schema(file)]) {
      const error = await errorOf(call);
      expect(error.kind).toBe('invalid');
      expect(error.message).toMatch(/source\.integration/);
      expect(error.message).toMatch(message);
    }
    expect((await errorOf(engine.objects({ integration: 'org' }))).message).toMatch(/end\.integration/);
  });

  test('its data key was erased', async () => {
    const engine = open();
    await keepBoth(engine);
    await engine.eraseKey('integration/org');
    const error = await errorOf(engine.run(sync()));
    expect(error).toMatchObject({ kind: 'invalid', field: 'source.integration' });
    expect(error.message).toMatch(/erased/);
    await keepBoth(engine);
    expect((await engine.run(sync())).status).toBe('succeeded');
  });

  test('its id is no text, or settings stand beside it', async () => {
    const engine = open();
    const ends = [{ integration: 7 }, { integration: '' }, { integration: 'org', type: 'sqlite' }] as never[];
    for (const source of ends) {
      expect((await errorOf(engine.run(workspace.accountsSync(twin, { source })))).message).toContain('source.');
      expect((await errorOf(engine.objects(source))).message).toContain('end');
    }
  });
});
