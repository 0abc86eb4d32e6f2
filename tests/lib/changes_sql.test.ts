// Change feeds of tables: every version of every row once, whatever happens in between.
import { dropDatabase, freshDatabase } from '../e2e/support/tables';
import { live } from './feed_caller';
import { PostgresTable, sqliteTable } from './feed_worlds';
import { errorOf, OpenEngine } from './open_engine';

jest.setTimeout(300_000);

const serverUrl = process.env['DATA_SYNC_TEST_PG'];
const databaseName = 'data_sync_feed';

describe('of an SQLite file', () => {
  let engine: OpenEngine;
  beforeEach(() => {
    engine = new OpenEngine();
  });
  afterEach(() => engine.close());

  const table = () => sqliteTable(engine.workspace.path('orders.db'));

  test.each([1, 2, 3])('every version comes once, whatever users and crashes do (seed %i)', async (seed) => {
    expect((await live(table(), engine, seed)).model.accepted).toBeGreaterThan(50);
  });

  test('a table without a change stamp is refused, by the name of the setting', async () => {
    const config = { path: table().source.config.path };
    const request = { id: 'x', source: { type: 'sqlite', config }, object: 'orders', fields: ['name'] };
    expect((await errorOf(engine.now.changes(request))).message).toContain('versionField');
  });
});

/** Tests that need a server: `npm test` starts one. */
(serverUrl ? describe : describe.skip)('of a PostgreSQL database', () => {
  let url: string;
  let table: PostgresTable;
  beforeEach(() => {
    url = freshDatabase(serverUrl!, databaseName);
    table = new PostgresTable(url);
  });
  afterEach(async () => {
    await table.close();
    dropDatabase(serverUrl!, databaseName);
  });

  test.each([
    [1, 'SQLite'],
    [2, 'SQLite'],
    [3, 'PostgreSQL'],
  ])('every version comes once, whatever users and crashes do (seed %i, state in %s)', async (seed, state) => {
    const engine = new OpenEngine(state === 'SQLite' ? {} : { databaseUrl: url });
    try {
      expect((await live(table, engine, seed)).model.accepted).toBeGreaterThan(50);
    } finally {
      await engine.close();
    }
  });
});
