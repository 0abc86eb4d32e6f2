// Documents, the audit log and retention, through the engine over a real state of either kind.
import fs from 'node:fs';

import { Engine, type AuditNote } from '../../lib';
import { projectFolder, startNode, until } from '../e2e/support/processes';
import { dropDatabase, freshDatabase, postgres, sqlite } from '../e2e/support/tables';
import { Workspace } from '../e2e/support/workspace';
import { errorOf } from './open_engine';

jest.setTimeout(60_000);

const serverUrl = process.env['DATA_SYNC_TEST_PG'];
const databaseName = 'data_sync_book';
const busySessions = `SELECT count(*) FROM pg_stat_activity
  WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()`;
const planted = 'planted-secret-4711';
const ada: AuditNote = { actor: 'ada', action: 'integration.change' };

interface State {
  options: ConstructorParameters<typeof Engine>[0];
  /** Runs a statement past the engine. */
  sql(statement: string): string;
  /** Everything that is on the disk, as far as this test can see it. */
  content(): string;
  /** True if no dead process's transaction is still on its way. */
  isQuiet(): boolean;
  remove(): void;
}

function embedded(): State {
  const workspace = new Workspace();
  const file = `${workspace.home}/state.db`;
  return {
    options: { home: workspace.home },
    sql: (statement) => sqlite(file, statement.replaceAll('data_sync.', '')),
    content: () =>
      fs
        .readdirSync(workspace.home, { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => fs.readFileSync(`${workspace.home}/${entry.name}`, 'latin1'))
        .join('\n'),
    isQuiet: () => true,
    remove: () => {
      workspace.remove();
    },
  };
}

function shared(): State {
  const workspace = new Workspace();
  const databaseUrl = freshDatabase(serverUrl!, databaseName);
  const tables = ['document', 'data_key', 'audit', 'audit_chain', 'secret'];
  return {
    options: { home: workspace.home, databaseUrl },
    sql: (statement) => postgres(databaseUrl, statement),
    content: () => tables.map((table) => postgres(databaseUrl, `SELECT * FROM data_sync.${table}`)).join('\n'),
    isQuiet: () => postgres(databaseUrl, busySessions) === '0',
    remove: () => {
      workspace.remove();
      dropDatabase(serverUrl!, databaseName);
    },
  };
}

const states: [string, () => State][] = [['SQLite', embedded]];
if (serverUrl) states.push(['PostgreSQL', shared]);

describe.each(states)('with its state in %s', (_, makeState) => {
  let state: State;
  let engines: Engine[];
  let engine: Engine;
  let events: string[];

  function open(): Engine {
    const made = new Engine({ ...state.options, logLevel: 'debug' }, (event) => events.push(JSON.stringify(event)));
    engines.push(made);
    return made;
  }
  beforeEach(() => {
    state = makeState();
    engines = [];
    events = [];
    engine = open();
  });
  afterEach(async () => {
    await Promise.all(engines.map((one) => one.close()));
    state.remove();
  });

  test('a document lives from its first revision to its end', async () => {
    const { book } = engine;
    expect(await book.get('mapping', 'accounts')).toBeNull();
    const made = await book.put('mapping', 'accounts', { fields: [{ a: 1 }] }, { ifRevision: 0 });
    expect(made).toMatchObject({ kind: 'mapping', id: 'accounts', revision: 1, hasSecret: false });
    expect(Date.parse(made.createdAt)).toBeGreaterThan(Date.now() - 60_000);
    const changed = await book.put('mapping', 'accounts', { fields: [] }, { ifRevision: 1 });
    expect(changed).toMatchObject({ revision: 2, body: { fields: [] }, createdAt: made.createdAt });
    expect(await book.get('mapping', 'accounts')).toEqual(changed);
    expect(await book.put('mapping', 'accounts', { fields: null })).toMatchObject({ revision: 3 });
    expect(await book.delete('mapping', 'accounts', { ifRevision: 3 })).toBe(true);
    expect(await book.get('mapping', 'accounts')).toBeNull();
    expect(await book.delete('mapping', 'accounts')).toBe(false);
  });

  test('a list comes in pages and by prefix', async () => {
    for (const id of ['b@0001', 'a@0002', 'a@0001', 'a', 'c']) await engine.book.put('mapping', id, { id });
    const first = await engine.book.list('mapping', { limit: 2 });
    expect(first.documents.map(({ id }) => id)).toEqual(['a', 'a@0001']);
    expect(first.next).toBe('a@0001');
    const second = await engine.book.list('mapping', { limit: 3, after: first.next });
    expect(second.documents.map(({ body }) => body)).toEqual([{ id: 'a@0002' }, { id: 'b@0001' }, { id: 'c' }]);
    expect(second.next).toBeUndefined();
    expect((await engine.book.list('mapping', { prefix: 'a@' })).documents).toHaveLength(2);
    expect(await engine.book.list('plan')).toEqual({ documents: [] });
  });

  test('a secret is sealed, opened only with a note in the audit log, and gone when it is erased', async () => {
    const { book, audit } = engine;
    const secret = { authentication: { clientSecret: planted } };
    await book.put('integration', 'crm', { type: 'sqlite' }, { secret });
    expect(await book.put('integration', 'crm', { type: 'sqlite', n: 1 })).toMatchObject({ hasSecret: true });
    expect(JSON.stringify(await book.get('integration', 'crm'))).not.toContain(planted);
    expect((await audit.list()).entries).toEqual([]);
    expect(await book.reveal('integration', 'crm', { ...ada, action: 'reveal' })).toEqual(secret);
    expect((await audit.list()).entries).toMatchObject([
      { number: 1, actor: 'ada', action: 'reveal', subject: 'integration/crm', detail: {} },
    ]);
    expect(await book.put('integration', 'crm', {}, { secret: null })).toMatchObject({ hasSecret: false });
    expect(await book.reveal('integration', 'crm', ada)).toBeNull();
    expect(await book.reveal('integration', 'erp', ada)).toBeNull();
    expect((await audit.list()).entries).toHaveLength(1);
  });

  test('no secret is in the state, a log or an error', async () => {
    const secret = { authentication: { clientSecret: planted, config: 7 } };
    await engine.book.put('integration', 'crm', { type: 'sqlite', config: {} }, { secret, audit: ada });
    const errors = [
      await errorOf(engine.book.put('integration', 'crm', {}, { secret, ifRevision: 9 })),
      await errorOf(engine.book.put('integration', 'crm', [] as never, { secret })),
      await errorOf(engine.book.put('Integration', 'crm', {}, { secret })),
      await errorOf(engine.book.put('integration', 'crm', {}, { secret: [planted] })),
      await errorOf(engine.objects({ integration: 'crm' })),
      await errorOf(engine.book.put('integration', 'crm', {}, { secret, audit: { ...ada, actor: '' } })),
    ];
    await engine.eraseKey('integration/crm');
    errors.push(await errorOf(engine.book.reveal('integration', 'crm', ada)));
    for (const error of errors) expect(JSON.stringify([error.message, error])).not.toContain(planted);
    expect(state.content()).toContain('integration.change');
    expect(state.content()).not.toContain(planted);
    expect(events.join('\n')).not.toContain(planted);
  });

  test('an erased data key takes the secret with it, and a new secret gets a new one', async () => {
    await engine.book.put('integration', 'crm', {}, { secret: { a: 1 } });
    expect(await engine.eraseKey('integration/crm', { ...ada, action: 'erase' })).toBe(true);
    expect(await engine.eraseKey('integration/crm')).toBe(false);
    expect(await errorOf(engine.book.reveal('integration', 'crm', ada))).toMatchObject({ code: 'key_erased' });
    await engine.book.put('integration', 'crm', {}, { secret: { a: 2 } });
    expect(await engine.book.reveal('integration', 'crm', ada)).toEqual({ a: 2 });
    const { entries } = await engine.audit.list({ subject: 'integration/crm', action: 'erase' });
    expect(entries).toMatchObject([{ actor: 'ada' }]);
  });

  test('of two engines with one revision exactly one wins', async () => {
    const other = open();
    await engine.book.put('sync', 'a', { n: 0 });
    for (let revision = 1; revision <= 10; ++revision) {
      const results = await Promise.allSettled(
        [engine, other].map((one, n) => one.book.put('sync', 'a', { n }, { ifRevision: revision, audit: ada })),
      );
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const lost = results.find((result) => result.status === 'rejected') as PromiseRejectedResult;
      expect(lost.reason).toMatchObject({ kind: 'conflict', code: 'revision' });
    }
    expect((await engine.audit.list()).entries).toHaveLength(10);
  });

  test('two engines write one chain, and verify() finds what somebody changed', async () => {
    const other = open();
    const notes = Array.from({ length: 40 }, (_, n) => (n % 2 ? engine : other).audit.add({ ...ada, detail: { n } }));
    const added = await Promise.all(notes);
    expect(new Set(added.map(({ number }) => number)).size).toBe(40);
    expect(await engine.audit.verify()).toEqual({ ok: true, entries: 40 });
    state.sql("UPDATE data_sync.audit SET actor = 'eve' WHERE number = 17");
    expect(await engine.audit.verify()).toEqual({ ok: false, entries: 16, brokenAt: 17 });
  });

  test('the audit log is asked by time, and comes in pages', async () => {
    const first = await engine.audit.add({ ...ada, subject: 'one', detail: { b: [1, null], a: 'ä' } });
    expect(first).toMatchObject({ number: 1, subject: 'one', detail: { a: 'ä', b: [1, null] } });
    await engine.audit.add({ ...ada, subject: 'two' });
    await engine.audit.add({ ...ada, subject: 'one' });
    expect((await engine.audit.list({ subject: 'one' })).entries.map(({ number }) => number)).toEqual([1, 3]);
    const page = await engine.audit.list({ limit: 2 });
    expect(page.next).toBe(2);
    expect((await engine.audit.list({ after: page.next })).entries.map(({ number }) => number)).toEqual([3]);
    expect((await engine.audit.list({ since: first.at })).entries).toHaveLength(3);
    expect((await engine.audit.list({ since: '2100-01-01T00:00:00Z' })).entries).toEqual([]);
    expect(await errorOf(engine.audit.list({ since: 'yesterday' }))).toMatchObject({ kind: 'invalid', field: 'since' });
  });

  test('retention really deletes, and says so in the audit log', async () => {
    await engine.book.put('plan', 'old', { text: planted }, { secret: { x: 1 }, audit: ada });
    await engine.book.put('sync', 'kept', {});
    expect(await engine.applyRetention({ documents: [{ kind: 'plan', days: 1 }], auditDays: 1 })).toEqual({
      runs: 0,
      rejected: 0,
      audit: 0,
      documents: 0,
      conflicts: 0,
      tombstones: 0,
    });
    expect(state.content()).toContain(planted);
    const gone = await engine.applyRetention({ documents: [{ kind: 'plan', days: 0 }], auditDays: 0 });
    expect(gone).toEqual({ runs: 0, rejected: 0, audit: 2, documents: 1, conflicts: 0, tombstones: 0 });
    expect(await engine.book.get('plan', 'old')).toBeNull();
    expect(await engine.book.get('sync', 'kept')).not.toBeNull();
    expect(state.content()).not.toContain(planted);
    const { entries } = await engine.audit.list();
    expect(entries).toMatchObject([{ number: 3, actor: 'engine', action: 'retention.apply', detail: gone }]);
    expect(await engine.audit.verify()).toEqual({ ok: true, entries: 1 });
  });

  test('kill -9 leaves document, secret and audit entry together, or none of them', async () => {
    const program = `
      const { Engine } = require(${JSON.stringify(`${projectFolder}/dist/lib`)});
      const engine = new Engine(${JSON.stringify(state.options)});
      const audit = { actor: 'ada', action: 'count' };
      const write = async (id) => {
        for (;;) {
          const now = await engine.book.get('integration', id);
          const n = (now?.revision ?? 0) + 1;
          await engine.book.put('integration', id, { n }, { ifRevision: n - 1, secret: { n }, audit });
          console.log(id + ' ' + n);
        }
      };
      for (const id of ['a', 'b', 'c']) void write(id);`;
    let acknowledged = 0;
    for (let round = 1; round <= 4; ++round) {
      const child = startNode(['-e', program]);
      await until('some writes', () => child.stdout().split('\n').length > 20 * round);
      child.child.kill('SIGKILL');
      const { stdout } = await child.result;
      await until('the end of its transactions', () => state.isQuiet());
      for (const id of ['a', 'b', 'c']) {
        const told = [...stdout.matchAll(new RegExp(`^${id} (\\d+)$`, 'gm'))].map((match) => Number(match[1]));
        const found = (await engine.book.get<{ n: number }>('integration', id))!;
        expect(found.revision).toBeGreaterThanOrEqual(Math.max(...told));
        expect(found.body.n).toBe(found.revision);
        expect(await engine.book.reveal('integration', id, { ...ada, action: 'look' })).toEqual({ n: found.revision });
        acknowledged += told.length;
      }
      const { documents } = await engine.book.list('integration');
      const written = documents.reduce((sum, { revision }) => sum + revision, 0);
      const counted = state.sql("SELECT count(*) FROM data_sync.audit WHERE action = 'count'");
      expect(Number(counted)).toBe(written);
      expect(written).toBeGreaterThanOrEqual(acknowledged);
      expect((await engine.audit.verify()).ok).toBe(true);
    }
  });

  test('everything is there after a restart', async () => {
    await engine.book.put('integration', 'crm', { a: 1 }, { secret: { b: 2 }, audit: ada });
    await engine.close();
    const again = open();
    expect(await again.book.get('integration', 'crm')).toMatchObject({ body: { a: 1 }, revision: 1 });
    expect(await again.book.reveal('integration', 'crm', ada)).toEqual({ b: 2 });
    expect(await again.audit.verify()).toEqual({ ok: true, entries: 2 });
  });
});

describe('what is wrong is named', () => {
  let workspace: Workspace;
  let engine: Engine;
  beforeEach(() => {
    workspace = new Workspace();
    engine = new Engine({ home: workspace.home });
  });
  afterEach(async () => {
    await engine.close();
    workspace.remove();
  });

  test.each<[string, (book: Engine) => Promise<unknown>]>([
    ['kind', ({ book }) => book.get('a kind', 'x')],
    ['kind', ({ book }) => book.put('', 'x', {})],
    ['id', ({ book }) => book.put('sync', 'a\nb', {})],
    ['id', ({ book }) => book.put('sync', 'x'.repeat(201), {})],
    ['body', ({ book }) => book.put('sync', 'x', 7 as never)],
    ['secret', ({ book }) => book.put('sync', 'x', {}, { secret: 'text' as never })],
    ['ifRevision', ({ book }) => book.put('sync', 'x', {}, { ifRevision: -1 })],
    ['ifRevision', ({ book }) => book.put('sync', 'x', {}, { ifRevision: 1.5 })],
    ['limit', ({ book }) => book.list('sync', { limit: 1001 })],
    ['audit', ({ book }) => book.reveal('sync', 'x', undefined as never)],
    ['action', ({ book }) => book.put('sync', 'x', {}, { audit: { actor: 'ada' } as never })],
    ['audit.actor', ({ book }) => book.put('sync', 'x', {}, { audit: { ...ada, actor: 'a\u0007' } })],
    ['note.detail', ({ audit }) => audit.add({ ...ada, detail: [] as never })],
    ['name', (one) => one.eraseKey('')],
    ['runsDays', (one) => one.applyRetention({ runsDays: -1 })],
    ['days', (one) => one.applyRetention({ documents: [{ kind: 'plan' } as never] })],
    ['documents', (one) => one.applyRetention({ documents: ['plan'] as never })],
  ])('%s', async (field, call) => {
    const error = await errorOf(call(engine));
    expect(error).toMatchObject({ kind: 'invalid', field });
    expect(error.message).toContain(field.replace('note.', '').replace('audit.', ''));
  });

  test('connectors() says of each connector what it takes', async () => {
    const connectors = await engine.connectors();
    expect(connectors.map(({ type }) => type)).toEqual(['postgresql', 'salesforce', 'sqlite']);
    const settings = Object.fromEntries(connectors[1]!.settings.map((one) => [one.name, one]));
    expect(settings['clientSecret']).toMatchObject({ type: 'secret', secret: true, required: false });
    expect(settings['authentication']).toMatchObject({ type: 'choice', secret: false });
    expect(settings['authentication']!.choices).toContain('refreshToken');
    const path = connectors[2]!.settings.find(({ name }) => name === 'path');
    expect(path).toMatchObject({ required: true, type: 'text' });
    expect(path!.doc).toMatch(/file/);
  });
});
