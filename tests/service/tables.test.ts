// Stored tables over the API, and what syncs and mappings that look into them make of a change.
import { sqlite } from '../e2e/support/tables';
import { OpenService, sqliteIntegration } from './support/open_service';
import { idle, untilAt } from './support/sync_systems';

jest.setTimeout(60_000);

let open: OpenService;
beforeAll(async () => {
  open = await OpenService.create();
  sqlite(
    open.file('shop.db'),
    `CREATE TABLE orders (id INTEGER PRIMARY KEY, country TEXT);
     INSERT INTO orders VALUES (1, 'DE'), (2, 'FR'), (3, 'XX');`,
  );
  for (const id of ['shop', 'books']) await open.post('/api/integrations', sqliteIntegration(open, id));
  await open.service.start();
});
afterAll(() => open.close());

async function stored(id: string, rows: object, more: object = {}) {
  const answer = await open.put(`/api/tables/${id}`, { rows, ...more });
  expect([answer.status, answer.body]).toEqual([201, expect.anything()]);
  return answer;
}

const lookInto = (table: string, more: object = {}) => ({
  type: 'lookup',
  params: { stored: table, otherwise: 0, ...more },
});
const mappingsWith = (transformation: object) => [
  { source: 'id', target: 'id', required: true },
  { source: 'country', target: 'rate', transformation },
];

test('a table is made, read, replaced and removed', async () => {
  const rows = { DE: 19, FR: 20.5, '': 'nothing', 'two\nlines/~': true, none: null };
  const made = await stored('kinds', rows, { description: 'one of each' });
  expect(made.headers).toMatchObject({ location: '/api/tables/kinds', etag: '"1"' });
  const summary = { id: 'kinds', description: 'one of each', rowCount: 5, version: 1 };
  expect(made.body).toEqual({ ...summary, createdAt: expect.any(String), updatedAt: expect.any(String) });
  const read = await open.get('/api/tables/kinds');
  expect(read.body).toEqual({ ...made.body, rows });
  expect(read.headers['etag']).toBe('"1"');
  expect((await open.get('/api/tables/kinds', { headers: { 'if-none-match': '"1"' } })).status).toBe(304);

  const replaced = await open.put('/api/tables/kinds', { rows: {} });
  expect([replaced.status, replaced.headers['etag'], replaced.headers['location']]).toEqual([200, '"2"', undefined]);
  expect((await open.get('/api/tables/kinds')).body).toEqual({ ...replaced.body, rows: {} });
  expect(replaced.body).toMatchObject({ rowCount: 0, version: 2, createdAt: made.body.createdAt });
  expect(replaced.body.description).toBeUndefined();

  expect((await open.delete('/api/tables/kinds')).status).toBe(204);
  expect((await open.get('/api/tables/kinds')).body.code).toBe('not-found');
  expect((await open.delete('/api/tables/kinds')).status).toBe(404);
});

test('a list has the tables in parts, without their rows', async () => {
  const wanted = ['list-a', 'list-b', 'list-c', 'list-d', 'list-e'];
  for (const id of wanted) await stored(id, { secret: 'of a row' });
  for (const limit of [2, 4, 1000]) {
    const ids: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const { body, text } = await open.get(`/api/tables?limit=${limit}${cursor && `&cursor=${cursor}`}`);
      expect(text).not.toContain('of a row');
      expect(body.items.length).toBeLessThanOrEqual(limit);
      ids.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.next;
    }
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(ids.filter((id) => id.startsWith('list-'))).toEqual(wanted);
  }
  expect((await open.get('/api/tables?cursor=x')).body.code).toBe('invalid-cursor');
});

test('a sync gives the value of the table, and fills anew when the table has changed', async () => {
  await stored('rates', { DE: 19, FR: 20 });
  const fieldMappings = mappingsWith(lookInto('rates'));
  const config = { sourceObject: 'orders', targetObject: 'invoices', fieldMappings };
  const sync = { id: 'invoices', sourceId: 'shop', targetId: 'books', mode: 'batch', config };
  const rates = () => sqlite(open.file('books.db'), 'SELECT id, rate FROM invoices ORDER BY id');
  const counts = async (runs: number) => {
    await untilAt(
      open,
      '/api/runs?syncId=invoices&limit=9',
      ({ items }) => items.length === runs && items.every(({ status }: { status: string }) => status === 'succeeded'),
    );
    return (await untilAt(open, '/api/sync/status/invoices', idle)).counts;
  };
  expect((await open.post('/api/sync/start', sync)).status).toBe(202);
  expect(await counts(1)).toMatchObject({ read: 3, written: 3 });
  expect(rates()).toBe('1|19\n2|20\n3|0');

  await open.post('/api/sync/invoices/run', {});
  expect(await counts(2)).toMatchObject({ written: 0 });

  // No record has changed, so a run that asks only for those would leave the old rate.
  expect((await open.put('/api/tables/rates', { rows: { DE: 19, FR: 21, XX: 5 } })).status).toBe(200);
  await open.post('/api/sync/invoices/run', {});
  expect(await counts(3)).toMatchObject({ read: 3, written: 2 });
  expect(rates()).toBe('1|19\n2|21\n3|5');

  const refused = await open.delete('/api/tables/rates');
  expect([refused.status, refused.body.code, refused.body.detail]).toEqual([
    409,
    'in-use',
    expect.stringContaining('syncs use it: invoices;'),
  ]);
});

test('values of every type come out of a lookup as they went in', async () => {
  await stored('typed', { text: 'a', whole: 7, fraction: 1.25, yes: true, none: null });
  const transformation = { type: 'lookup', params: { stored: 'typed' } };
  const fieldMappings = [{ source: 'key', target: 'got', onError: 'null', transformation }];
  const made = await open.post('/api/mappings', { id: 'typed', name: 'typed', fieldMappings });
  expect(made.status).toBe(201);
  const records = ['text', 'whole', 'fraction', 'yes', 'none'].map((key) => ({ key }));
  const { body } = await open.post('/api/mappings/typed/preview', { records });
  expect(body.records.map(({ output }: any) => output.got)).toEqual(['a', 7, 1.25, true, null]);
});

test('a change that has not seen the newest version is refused', async () => {
  await stored('matched', { a: 1 });
  const headers = { 'if-match': '"1"' };
  expect((await open.put('/api/tables/matched', { rows: { a: 2 } }, { headers })).status).toBe(200);
  const late = await open.put('/api/tables/matched', { rows: { a: 3 } }, { headers });
  expect([late.status, late.body.code, late.body.currentVersion]).toEqual([412, 'version-mismatch', 2]);
  expect((await open.delete('/api/tables/matched', { headers })).status).toBe(412);
  expect((await open.get('/api/tables/matched')).body.rows).toEqual({ a: 2 });

  // Who wants to change what somebody has removed does not make it again unawares.
  const gone = await open.put('/api/tables/unmatched', { rows: {} }, { headers });
  expect([gone.status, gone.body.code]).toEqual([412, 'version-mismatch']);
  expect((await open.get('/api/tables/unmatched')).status).toBe(404);
});

test('of several that make a table at the same time one makes it, and the others replace it', async () => {
  const answers = await Promise.all([1, 2, 3, 4].map((a) => open.put('/api/tables/raced', { rows: { a } })));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201]);
  expect((await open.get('/api/tables/raced')).body.version).toBe(4);

  const headers = { 'if-match': '"4"' };
  const changed = await Promise.all(
    [5, 6, 7, 8].map((a) => open.put('/api/tables/raced', { rows: { a } }, { headers })),
  );
  expect(changed.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
});

test('a table that mappings look into stays, wherever in them the lookup is', async () => {
  await stored('used', { a: 1 });
  const id = 'looking';
  const steps = mappingsWith([{ type: 'format', params: { trim: true } }, lookInto('used')]);
  const plain = mappingsWith({ type: 'format', params: { trim: true } });
  expect((await open.post('/api/mappings', { id, name: id, fieldMappings: steps })).status).toBe(201);
  const config = { mapping: { id, version: 1 } };
  await open.engine.book.put('sync', 'pinned', { sourceId: 'shop', targetId: 'books', config });
  const refusal = async () => (await open.delete('/api/tables/used')).body;
  expect(await refusal()).toMatchObject({ code: 'in-use' });
  expect((await refusal()).detail).toMatch(/^mappings use it: looking; syncs use it: pinned;/);

  // The newest version does without; the sync still has the one before.
  await open.put(`/api/mappings/${id}`, { name: id, fieldMappings: plain });
  expect((await refusal()).detail).toMatch(/^syncs use it: pinned;/);
  await open.engine.book.delete('sync', 'pinned');

  const [first, last] = plain as [object, object];
  const fieldMappings = [first, { ...last, reverse: lookInto('used') }];
  const back = { sourceId: 'shop', targetId: 'books', config: { fieldMappings } };
  await open.engine.book.put('sync', 'back', back);
  expect((await refusal()).detail).toMatch(/^syncs use it: back;/);
  await open.engine.book.delete('sync', 'back');
  expect((await open.delete('/api/tables/used')).status).toBe(204);
  const other = await open.post('/api/mappings', { name: 'x', fieldMappings: steps });
  expect([other.status, other.body.detail]).toEqual([422, expect.stringContaining('there is no stored table `used`')]);
});

test('what no lookup could take is refused with its place', async () => {
  const faultOf = async (rows: unknown) => {
    const { status, body } = await open.put('/api/tables/bad', { rows });
    return [status, body.errors[0].pointer, body.errors[0].detail];
  };
  const types = 'must be of one of the types string, number, boolean, null';
  expect(await faultOf({ good: 1, 'a/b': [1] })).toEqual([400, '/rows/a~1b', types]);
  expect(await faultOf({ 'two\nlines': {} })).toEqual([400, '/rows/two\nlines', types]);
  expect(await faultOf([])).toEqual([400, '/rows', 'must be object']);
  expect(await faultOf({ good: 1, '~': 2 ** 53 })).toEqual([422, '/rows/~0', expect.stringContaining('as a text')]);
  expect(await faultOf({ 'half \ud83d': 1 })).toEqual([422, '/rows', expect.stringContaining('surrogate')]);
  expect(await faultOf({ a: 'half \ud83d' })).toEqual([422, '/rows/a', expect.stringContaining('surrogate')]);
  const tooLong = [422, '/rows', 'a key may have 1000 bytes at most, not 1001'];
  expect(await faultOf({ [`${'ä'.repeat(500)}x`]: 1 })).toEqual(tooLong);
  for (const body of [{}, { rows: {}, more: 1 }]) expect((await open.put('/api/tables/bad', body)).status).toBe(400);
  expect((await open.put('/api/tables/-bad', { rows: {} })).status).toBe(400);
  expect((await open.get('/api/tables/bad')).status).toBe(404);
  await stored('longest', { ['ä'.repeat(500)]: 2 ** 53 - 1 });
});

test('a table has 100,000 rows and 16 MiB at most, more than other bodies', async () => {
  const rows = Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`row ${at}`, `value ${at}`]));
  await stored('full', rows);
  expect((await open.get('/api/tables/full')).body).toMatchObject({
    rowCount: 100_000,
    rows: { 'row 99999': 'value 99999' },
  });
  const { status, body } = await open.put('/api/tables/full', { rows: { ...rows, more: 1 } });
  expect([status, body.errors]).toEqual([
    400,
    [{ pointer: '/rows', in: 'body', detail: 'must have no more than 100000 properties' }],
  ]);
  const text = 'x'.repeat(16 * 1024 * 1024);
  expect((await open.put('/api/tables/large', { rows: { text } })).body.code).toBe('body-too-large');
  await stored('large', { text: text.slice(100) });
  // A number may be shorter as it is sent than as it is kept.
  const members = Array.from({ length: 100_000 }, (_, at) => `"${'k'.repeat(150)}${at}":1e15`);
  const headers = { 'content-type': 'application/json' };
  const swollen = await open.call('PUT', '/api/tables/large', { body: `{"rows":{${members.join()}}}`, headers });
  expect([swollen.status, swollen.body.errors[0].pointer]).toEqual([422, '/rows']);
  expect((await open.post('/api/mappings', { name: text.slice(0, 2 ** 21) })).body.code).toBe('body-too-large');
});

test('the audit log says who changed a table, and no row of it', async () => {
  await stored('noted', { 'planted-key': 'planted-value' });
  await open.put('/api/tables/noted', { rows: {} });
  await open.delete('/api/tables/noted');
  const { body, text } = await open.get('/api/audit?subject=table/noted');
  expect(body.items.map(({ action, detail }: any) => [action, detail])).toEqual([
    ['table.create', { rows: 1 }],
    ['table.update', { rows: 0 }],
    ['table.delete', {}],
  ]);
  expect(body.items.every(({ actor }: { actor: string }) => actor.startsWith('key:'))).toBe(true);
  expect(text + open.log.join('')).not.toContain('planted');
});

test('reading needs sync:read, writing integrations:write', async () => {
  await stored('scoped', {});
  const reader = { key: await open.key('sync:read') };
  const writer = { key: await open.key('integrations:write') };
  expect((await open.get('/api/tables', reader)).status).toBe(200);
  expect((await open.get('/api/tables/scoped', reader)).status).toBe(200);
  expect((await open.put('/api/tables/scoped', { rows: {} }, reader)).status).toBe(403);
  expect((await open.delete('/api/tables/scoped', reader)).status).toBe(403);
  expect((await open.get('/api/tables/scoped', writer)).status).toBe(403);
  expect((await open.put('/api/tables/scoped', { rows: {} }, writer)).status).toBe(200);
  expect((await open.delete('/api/tables/scoped', writer)).status).toBe(204);
});

test('a table that a program wrote without rows is shown as an empty one', async () => {
  await open.engine.book.put('table', 'bare', {});
  expect((await open.get('/api/tables/bare')).body).toMatchObject({ rowCount: 0, rows: {} });
  expect((await open.get('/api/tables')).status).toBe(200);
});
