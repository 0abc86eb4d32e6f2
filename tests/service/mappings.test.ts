import { OpenService } from './support/open_service';

let open: OpenService;
beforeAll(async () => (open = await OpenService.create()));
afterAll(() => open.close());

const lower = { type: 'format', params: { case: 'lower' } };
const fieldMappings = [
  { source: 'Name', target: 'name', required: true },
  { source: 'Email', target: 'email', transformation: lower, pii: true },
];

async function created(id: string, more: object = {}) {
  const answer = await open.post('/api/mappings', { id, name: `mapping ${id}`, fieldMappings, ...more });
  expect([answer.status, answer.body]).toEqual([201, expect.anything()]);
  return answer;
}

test('a version never changes: a change makes the next one', async () => {
  const made = await created('versions');
  expect(made.headers).toMatchObject({ location: '/api/mappings/versions', etag: '"1"' });
  expect(made.body).toMatchObject({ id: 'versions', version: 1, latestVersion: 1, fieldMappings });
  const changed = [{ source: 'FullName', target: 'name' }];
  const second = await open.put('/api/mappings/versions', { name: 'second', fieldMappings: changed });
  expect(second.body).toMatchObject({ name: 'second', version: 2, latestVersion: 2, fieldMappings: changed });
  expect((await open.get('/api/mappings/versions')).body).toEqual(second.body);
  const first = await open.get('/api/mappings/versions?version=1');
  expect(first.body).toEqual({ ...made.body, latestVersion: 2 });
  expect((await open.get('/api/mappings/versions?version=3')).status).toBe(404);
  expect((await open.get('/api/mappings/versions@0001')).status).toBe(400);
});

test('a change that has not seen the newest version is refused', async () => {
  const made = await created('matched');
  const headers = { 'if-match': made.headers['etag'] };
  expect((await open.put('/api/mappings/matched', { name: 'a', fieldMappings }, { headers })).status).toBe(200);
  const late = await open.put('/api/mappings/matched', { name: 'b', fieldMappings }, { headers });
  expect([late.status, late.body.currentVersion]).toEqual([412, 2]);
});

test('changes at the same time each make a version of their own', async () => {
  await created('raced');
  const answers = await Promise.all(
    Array.from({ length: 4 }, (_, at) => open.put('/api/mappings/raced', { name: `change ${at}`, fieldMappings })),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const versions = answers.map(({ body }) => body.version as number);
  expect(new Set(versions).size).toBe(4);
  for (const { body } of answers) {
    const read = await open.get(`/api/mappings/raced?version=${body.version}`);
    expect(read.body.name).toBe(body.name);
  }
});

test('what does not compile is refused with place, reason and fix', async () => {
  const wrong = [
    { source: 'Name', target: 'name' },
    { source: 'Name', target: 'name' },
    { source: 'A', target: 'a', transformation: { type: 'format', params: { colour: 'red' } } },
  ];
  const { status, body } = await open.post('/api/mappings', { name: 'x', fieldMappings: wrong });
  expect([status, body.code]).toEqual([422, 'invalid']);
  const pointers = body.errors.map(({ pointer }: { pointer: string }) => pointer);
  expect(pointers.some((pointer: string) => pointer.startsWith('/fieldMappings/1'))).toBe(true);
  expect(pointers.some((pointer: string) => pointer.startsWith('/fieldMappings/2'))).toBe(true);
});

test('a list has the mappings and not their versions', async () => {
  for (const id of ['list-a', 'list-b', 'list-c']) await created(id);
  await open.put('/api/mappings/list-a', { name: 'again', fieldMappings });
  const ids: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const { body } = await open.get(`/api/mappings?limit=2${cursor && `&cursor=${cursor}`}`);
    ids.push(...body.items.map(({ id }: { id: string }) => id));
    cursor = body.next;
  }
  expect(ids).toEqual([...new Set(ids)].sort());
  expect(ids).toEqual(expect.arrayContaining(['list-a', 'list-b', 'list-c']));
  expect(ids.some((id) => id.includes('@'))).toBe(false);
});

test('a preview runs records through the compiled mapping', async () => {
  await created('tried');
  const records = [{ Name: 'Ada', Email: 'ADA@EXAMPLE.COM' }, { Email: 'x@example.com' }];
  const { status, body } = await open.post('/api/mappings/tried/preview', { records });
  expect(status).toBe(200);
  expect(body).toMatchObject({ version: 1, masked: [] });
  expect(body.records[0]).toEqual({ output: { name: 'Ada', email: 'ada@example.com' } });
  expect(body.records[1].rejected).toMatchObject({ field: expect.any(String), message: expect.any(String) });
});

test('a preview of an older version runs that version', async () => {
  await created('aged');
  await open.put('/api/mappings/aged', { name: 'x', fieldMappings: [{ source: 'Email', target: 'other' }] });
  const records = [{ Name: 'Ada', Email: 'A' }];
  expect((await open.post('/api/mappings/aged/preview', { records })).body.records).toEqual([
    { output: { other: 'A' } },
  ]);
  const first = await open.post('/api/mappings/aged/preview', { records, version: 1 });
  expect(first.body.records).toEqual([{ output: { name: 'Ada', email: 'a' } }]);
});

test('values of fields that are marked as PII are for admins alone', async () => {
  await created('masked');
  const key = await open.key('sync:read');
  const records = [
    { Name: 'Ada', Email: 'ADA@EXAMPLE.COM' },
    { Name: 'Bob', Email: null },
  ];
  const shown = await open.post('/api/mappings/masked/preview', { records }, { key });
  expect(shown.body.masked).toEqual(['email']);
  expect(shown.body.records).toEqual([
    { output: { name: 'Ada', email: '***' } },
    { output: { name: 'Bob', email: null } },
  ]);
  const admin = await open.post('/api/mappings/masked/preview', { records });
  expect(admin.body.records[0].output.email).toBe('ada@example.com');
});

test('fields that read what a marked one reads are masked with it', async () => {
  const template = { type: 'format', params: { template: 'for {Email}' } };
  const mappings = [
    ...fieldMappings,
    { source: 'Email', target: 'copy' },
    { source: 'Name', target: 'letter', transformation: template },
  ];
  await created('shared', { fieldMappings: mappings });
  const key = await open.key('sync:read');
  const records = [{ Name: 'Ada', Email: 'ADA@EXAMPLE.COM' }];
  const { body } = await open.post('/api/mappings/shared/preview', { records }, { key });
  expect(body.records).toEqual([{ output: { name: 'Ada', email: '***', copy: '***', letter: '***' } }]);
});

test('the reason of a rejection does not tell a value that is marked as PII', async () => {
  const salary = { type: 'format', params: { number: true } };
  const marked = [{ source: 'Salary', target: 'salary', transformation: salary, required: true, pii: true }];
  await created('reason', { fieldMappings: marked });
  const records = [{ Salary: 'ninety thousand' }];
  const admin = await open.post('/api/mappings/reason/preview', { records });
  const key = await open.key('sync:read');
  const shown = await open.post('/api/mappings/reason/preview', { records }, { key });
  expect(shown.body.records[0].rejected).toMatchObject({ field: expect.stringMatching(/salary/i) });
  expect(shown.text + admin.text + open.log.join('')).not.toContain('ninety');
});

test('a mapping that a sync uses stays; any other goes with all of its versions', async () => {
  await created('used');
  await open.put('/api/mappings/used', { name: 'x', fieldMappings });
  await open.engine.book.put('sync', 'mapped', { sourceId: 'a', targetId: 'b', config: { mapping: { id: 'used' } } });
  expect((await open.delete('/api/mappings/used')).body.code).toBe('in-use');
  await open.engine.book.delete('sync', 'mapped');
  expect((await open.delete('/api/mappings/used')).status).toBe(204);
  expect((await open.get('/api/mappings/used?version=1')).status).toBe(404);
  expect((await open.engine.book.list('mapping', { prefix: 'used' })).documents).toEqual([]);
});

const tests = [
  { name: 'an address is in lower case', input: { Name: 'Ada', Email: 'A@B.C' }, expect: { email: 'a@b.c' } },
  { input: { Name: 'Ada' }, expect: { rejected: 'required' } },
];

test('a preview runs the tests that the mapping carries, and needs no records for that', async () => {
  const made = await created('tested', { tests });
  expect(made.body.tests).toEqual(tests);
  const { status, body } = await open.post('/api/mappings/tested/preview', {});
  expect([status, body.records]).toEqual([200, []]);
  expect(body.tests).toEqual([
    {
      name: 'an address is in lower case',
      ok: true,
      got: { output: { name: 'Ada', email: 'a@b.c' } },
    },
    { name: 'tests[1]', ok: false, got: { output: { name: 'Ada' } } },
  ]);
  const key = await open.key('sync:read');
  const shown = await open.post('/api/mappings/tested/preview', {}, { key });
  expect(shown.body.tests[0]).toMatchObject({ ok: true, got: { output: { name: 'Ada', email: '***' } } });
});

test('a test that is none is refused with its place', async () => {
  const wrong = { name: 'x', fieldMappings, tests: [{ input: {} }] };
  const { status, body } = await open.post('/api/mappings', wrong);
  expect([status, body.errors[0].pointer]).toEqual([400, '/tests/0/expect']);
});

test('rules for the record are kept with each version', async () => {
  const validation = [{ expression: 'record.name != "x"', message: 'nobody is called x', severity: 'warn' }];
  const made = await created('ruled', { validation });
  expect(made.body.validation).toEqual(validation);
  const changed = await open.put('/api/mappings/ruled', { name: 'without', fieldMappings });
  expect(changed.body.validation).toBeUndefined();
  expect((await open.get('/api/mappings/ruled?version=1')).body.validation).toEqual(validation);
});
