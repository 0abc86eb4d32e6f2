import { OpenService, sqliteIntegration } from './support/open_service';

let open: OpenService;
beforeAll(async () => (open = await OpenService.create()));
afterAll(() => open.close());

const named = (key: string) => ({ headers: { 'idempotency-key': key } });

test('a repeat gets the answer of the first and does nothing', async () => {
  const wanted = { ...sqliteIntegration(open, 'unused'), id: undefined };
  const first = await open.post('/api/integrations', wanted, named('one'));
  const second = await open.post('/api/integrations', wanted, named('one'));
  expect([first.status, first.headers['idempotency-replayed']]).toEqual([201, undefined]);
  expect([second.status, second.headers['idempotency-replayed']]).toEqual([201, 'true']);
  expect(second.text).toBe(first.text);
  for (const name of ['content-type', 'location', 'etag']) expect(second.headers[name]).toBe(first.headers[name]);
  expect((await open.get('/api/integrations')).body.items).toHaveLength(1);
});

test('a refusal is repeated as well', async () => {
  const wanted = { name: 'x', type: 'hubspot', config: {} };
  const first = await open.post('/api/integrations', wanted, named('refused'));
  const second = await open.post('/api/integrations', wanted, named('refused'));
  expect([first.status, second.status, second.headers['idempotency-replayed']]).toEqual([422, 422, 'true']);
  expect(second.headers['content-type']).toBe('application/problem+json');
  expect(second.text).toBe(first.text);
});

test('the key of another request is refused: other body, other route', async () => {
  const wanted = sqliteIntegration(open, 'keyed');
  expect((await open.post('/api/integrations', wanted, named('two'))).status).toBe(201);
  const other = await open.post('/api/integrations', { ...wanted, name: 'other' }, named('two'));
  expect([other.status, other.body.code]).toEqual([422, 'key-reused']);
  const elsewhere = await open.post('/api/integrations/keyed/test', undefined, named('two'));
  expect([elsewhere.status, elsewhere.body.code]).toEqual([422, 'key-reused']);
});

test('a key belongs to its principal', async () => {
  const key = await open.key('integrations:write');
  expect((await open.post('/api/integrations', sqliteIntegration(open, 'mine'), named('three'))).status).toBe(201);
  const theirs = await open.post('/api/integrations', sqliteIntegration(open, 'theirs'), { key, ...named('three') });
  expect([theirs.status, theirs.body.id]).toEqual([201, 'theirs']);
});

test('of many at the same time one does it, and the others hear that it is under way or what came of it', async () => {
  const wanted = sqliteIntegration(open, 'crowded');
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => open.post('/api/integrations', wanted, named('crowd'))),
  );
  const done = answers.filter(({ status }) => status === 201);
  expect(done.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
  for (const { status, body, headers } of answers) {
    if (status === 201) expect(body.id).toBe('crowded');
    else expect([status, body.code, headers['retry-after']]).toEqual([409, 'request-under-way', '1']);
  }
  expect((await open.post('/api/integrations', wanted, named('crowd'))).status).toBe(201);
});

test('a key is free again after a day', async () => {
  const wanted = { ...sqliteIntegration(open, 'unused'), id: undefined };
  const first = await open.post('/api/integrations', wanted, named('daily'));
  open.aheadMs = 24 * 3_600_000 + 1000;
  try {
    const next = await open.post('/api/integrations', wanted, named('daily'));
    expect([next.status, next.headers['idempotency-replayed']]).toEqual([201, undefined]);
    expect(next.body.id).not.toBe(first.body.id);
  } finally {
    open.aheadMs = 0;
  }
});

test('the answer with a new API key is repeated, and nowhere kept readable', async () => {
  const wanted = { name: 'secret', scopes: ['sync:read'] };
  const first = await open.post('/api/keys', wanted, named('sealed'));
  const second = await open.post('/api/keys', wanted, named('sealed'));
  expect([second.status, second.text]).toEqual([201, first.text]);
  const { documents } = await open.engine.book.list('idempotency', { limit: 1000 });
  expect(documents.filter(({ hasSecret }) => hasSecret)).toHaveLength(1);
  expect(JSON.stringify(documents)).not.toContain(first.body.key);
  const { entries } = await open.engine.audit.list({ action: 'idempotency.replay' });
  expect(entries).toHaveLength(1);
});

test('a request that failed by no fault of the caller gives its key back', async () => {
  const { book } = open.engine;
  const put = book.put.bind(book);
  book.put = (kind: string, ...rest: any[]) =>
    kind === 'integration' ? Promise.reject(new Error('planted failure')) : (put as any)(kind, ...rest);
  const wanted = sqliteIntegration(open, 'failing');
  try {
    const failed = await open.post('/api/integrations', wanted, named('again'));
    expect([failed.status, failed.body.code]).toEqual([500, 'internal']);
    expect(failed.text).not.toContain('planted failure');
  } finally {
    book.put = put;
  }
  const again = await open.post('/api/integrations', wanted, named('again'));
  expect([again.status, again.headers['idempotency-replayed']]).toEqual([201, undefined]);
});

test.each(['', 'a b', 'ä', 'x'.repeat(256)])('the key %j is none', async (key) => {
  const answer = await open.post('/api/integrations', sqliteIntegration(open, 'unused'), named(key));
  expect([answer.status, answer.body.errors?.[0].in]).toEqual([400, 'header']);
});
