import * as fs from 'node:fs';

import { sqlite } from '../e2e/support/tables';
import { OpenService, salesforceIntegration, sqliteIntegration } from './support/open_service';

let open: OpenService;
beforeAll(async () => (open = await OpenService.create()));
afterAll(() => open.close());

async function created(wanted: object) {
  const answer = await open.post('/api/integrations', wanted);
  expect([answer.status, answer.body]).toEqual([201, expect.anything()]);
  return answer;
}

test('credentials are sealed: no answer has them, only their names and since when they are there', async () => {
  const made = await created(salesforceIntegration('sealed'));
  expect(made.headers['location']).toBe('/api/integrations/sealed');
  expect(made.body).toMatchObject({
    id: 'sealed',
    type: 'salesforce',
    config: { loginUrl: 'https://acme.example' },
    credentials: { fields: ['clientId', 'clientSecret'], updatedAt: expect.any(String) },
    status: 'active',
    version: 1,
  });
  const read = await open.get('/api/integrations/sealed');
  expect(read.body).toEqual(made.body);
  expect(made.text + read.text).not.toContain('planted');
  const secret = await open.engine.book.reveal('integration', 'sealed', { actor: 'test', action: 'test' });
  expect(secret).toEqual({ authentication: { clientId: 'client', clientSecret: 'planted-client-secret' } });
});

test('a secret outside of config.authentication is refused, with the place where it belongs', async () => {
  const wanted = { name: 'x', type: 'salesforce', config: { clientId: 'c', clientSecret: 'planted' } };
  const answer = await open.post('/api/integrations', wanted);
  expect([answer.status, answer.body.code]).toEqual([422, 'misplaced-secret']);
  expect(answer.body.errors[0]).toMatchObject({ pointer: '/config/clientSecret', in: 'body' });
  expect(answer.body.errors[0].detail).toContain('config.authentication.clientSecret');
  expect(answer.text).not.toContain('planted');
});

test('every fault of the settings is listed, each with its place', async () => {
  const config = {
    loginUrl: 'https://u:planted@acme.example',
    bulkThreshold: 'many',
    colour: 1,
    authentication: { x: 1 },
  };
  const { status, body, text } = await open.post('/api/integrations', { name: 'x', type: 'salesforce', config });
  expect(status).toBe(422);
  const pointers = body.errors.map(({ pointer }: { pointer: string }) => pointer);
  expect(pointers.sort()).toEqual([
    '/config/authentication/x',
    '/config/bulkThreshold',
    '/config/colour',
    '/config/loginUrl',
  ]);
  expect(text).not.toContain('planted');
});

test('a type without a connector is refused with the types there are', async () => {
  const { status, body } = await open.post('/api/integrations', { name: 'x', type: 'hubspot', config: {} });
  expect([status, body.code]).toEqual([422, 'no-connector']);
  for (const type of ['postgresql', 'salesforce', 'sqlite']) expect(body.detail).toContain(type);
});

test('an id is taken once; without one it is made from the name', async () => {
  await created(sqliteIntegration(open, 'taken'));
  const again = await open.post('/api/integrations', sqliteIntegration(open, 'taken'));
  expect([again.status, again.body.code]).toEqual([409, 'already-exists']);
  const made = await created({ ...sqliteIntegration(open, 'other'), id: undefined, name: 'Größe & Ähre' });
  expect(made.body.id).toMatch(/^gro-e-a-hre-[0-9a-f]{12}$/);
});

test('a change keeps the credentials unless it brings new ones', async () => {
  await created(salesforceIntegration('kept'));
  const change = {
    name: 'renamed',
    type: 'salesforce',
    config: { loginUrl: 'https://acme.example', bulkThreshold: 5 },
  };
  const kept = await open.put('/api/integrations/kept', change);
  expect(kept.body).toMatchObject({ name: 'renamed', config: { bulkThreshold: 5 }, version: 2 });
  expect(kept.body.credentials.fields).toEqual(['clientId', 'clientSecret']);
  const note = { actor: 'test', action: 'test' };
  expect(await open.engine.book.reveal('integration', 'kept', note)).toMatchObject({
    authentication: { clientSecret: 'planted-client-secret' },
  });
  const config = { ...change.config, authentication: { clientId: 'c', refreshToken: 'new' } };
  const replaced = await open.put('/api/integrations/kept', { ...change, config });
  expect(replaced.body.credentials.fields).toEqual(['clientId', 'refreshToken']);
  expect(await open.engine.book.reveal('integration', 'kept', note)).toEqual({
    authentication: { clientId: 'c', refreshToken: 'new' },
  });
});

test('credentials that are kept are never sent to another address', async () => {
  await created(salesforceIntegration('moved'));
  const config = { loginUrl: 'https://attacker.example' };
  const answer = await open.put('/api/integrations/moved', { name: 'x', type: 'salesforce', config });
  expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, '/config/authentication']);
  expect((await open.get('/api/integrations/moved')).body.config).toEqual({ loginUrl: 'https://acme.example' });
});

test('If-Match lets a change through that has seen the current version, and no other', async () => {
  const made = await created(sqliteIntegration(open, 'versioned'));
  const { id: _, ...change } = sqliteIntegration(open, 'versioned');
  const headers = { 'if-match': made.headers['etag'] };
  const first = await open.put('/api/integrations/versioned', { ...change, name: 'first' }, { headers });
  expect([first.status, first.headers['etag']]).toEqual([200, '"2"']);
  const late = await open.put('/api/integrations/versioned', { ...change, name: 'late' }, { headers });
  expect([late.status, late.body.code, late.body.currentVersion]).toEqual([412, 'version-mismatch', 2]);
  expect(late.headers['etag']).toBe('"2"');
  expect((await open.delete('/api/integrations/versioned', { headers })).status).toBe(412);
  const current = { headers: { 'if-match': 'W/"2"' } };
  expect((await open.delete('/api/integrations/versioned', current)).status).toBe(412);
  expect((await open.delete('/api/integrations/versioned', { headers: { 'if-match': '"1", "2"' } })).status).toBe(204);
  expect((await open.get('/api/integrations/versioned')).status).toBe(404);
});

test('a caller that has the current version is told so', async () => {
  await created(sqliteIntegration(open, 'cached'));
  const same = await open.get('/api/integrations/cached', { headers: { 'if-none-match': '"1"' } });
  expect([same.status, same.text]).toEqual([304, '']);
  expect((await open.get('/api/integrations/cached', { headers: { 'if-none-match': '"9"' } })).status).toBe(200);
});

test('a list comes in parts, each with the cursor of the next', async () => {
  for (const id of ['list-a', 'list-b', 'list-c']) await created(sqliteIntegration(open, id));
  const ids: string[] = [];
  let parts = 0;
  for (let cursor: string | undefined = ''; cursor !== undefined; ++parts) {
    const { body } = await open.get(`/api/integrations?limit=2${cursor && `&cursor=${cursor}`}`);
    ids.push(...body.items.map(({ id }: { id: string }) => id));
    cursor = body.next;
  }
  expect(parts).toBeGreaterThan(1);
  expect(ids).toEqual([...ids].sort());
  expect(ids).toEqual(expect.arrayContaining(['list-a', 'list-b', 'list-c']));
  expect(new Set(ids).size).toBe(ids.length);
  for (const cursor of ['x', Buffer.from('["keys","a"]').toString('base64url'), '%00']) {
    expect((await open.get(`/api/integrations?cursor=${cursor}`)).body.code).toBe('invalid-cursor');
  }
});

test('a test connects with the stored settings, and its result is kept', async () => {
  sqlite(open.file('real.db'), 'CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL);');
  await created(sqliteIntegration(open, 'real'));
  const good = await open.post('/api/integrations/real/test', {});
  expect([good.status, good.body]).toEqual([
    200,
    { ok: true, message: expect.any(String), testedAt: expect.any(String) },
  ]);
  const after = await open.get('/api/integrations/real');
  expect(after.body).toMatchObject({ status: 'active', lastTestResult: true, lastTestTime: good.body.testedAt });

  fs.writeFileSync(
    open.file('torn.db'),
    'this is no database, and long enough to be told from an empty one'.repeat(20),
  );
  await created(sqliteIntegration(open, 'torn'));
  const bad = await open.post('/api/integrations/torn/test', {});
  expect(bad.body).toMatchObject({ ok: false });
  expect((await open.get('/api/integrations/torn')).body).toMatchObject({ status: 'error', lastTestResult: false });
});

test('the schema of a system: its objects, or one of them with its fields', async () => {
  sqlite(open.file('schema.db'), 'CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL);');
  await created(sqliteIntegration(open, 'schema'));
  const all = await open.get('/api/integrations/schema/schema');
  expect(all.body).toEqual({ objects: [{ name: 'people', label: expect.any(String), fields: [] }] });
  const one = await open.get('/api/integrations/schema/schema?object=people');
  expect(one.body.objects[0].fields.map(({ name }: { name: string }) => name)).toEqual(['id', 'name']);
  expect(one.body.objects[0]).toMatchObject({ name: 'people', keyField: 'id' });
  expect((await open.get('/api/integrations/schema/schema?object=nothing')).status).toBe(422);
});

test('an integration that a sync uses stays', async () => {
  await created(sqliteIntegration(open, 'used'));
  const sync = { sourceId: 'used', targetId: 'used', mode: 'batch', config: {} };
  await open.engine.book.put('sync', 'user-of-used', sync);
  const refused = await open.delete('/api/integrations/used');
  expect([refused.status, refused.body.code]).toEqual([409, 'in-use']);
  expect(refused.body.detail).toContain('user-of-used');
  await open.engine.book.delete('sync', 'user-of-used');
  expect((await open.delete('/api/integrations/used')).status).toBe(204);
});

test('files outside of the allowed folders are out of reach, links included', async () => {
  fs.symlinkSync('/etc', open.file('link'));
  for (const path of [
    '/etc/passwd',
    open.file('../../x.db'),
    open.file('link/x.db'),
    'relative.db',
    `${open.file('x')}/none/y.db`,
  ]) {
    const answer = await open.post('/api/integrations', { name: 'x', type: 'sqlite', config: { path } });
    expect([path, answer.status, answer.body.code]).toEqual([path, 422, 'destination-forbidden']);
  }
});

test.each([
  ['this machine by name', { host: 'localhost' }],
  ['this machine by address', { authentication: { connectionString: 'postgresql://u:p@127.0.0.1:5432/d' } }],
  ['this machine in a list', { authentication: { connectionString: 'postgresql://u:p@example.org,127.0.0.1/d' } }],
  ['this machine as hostaddr', { authentication: { connectionString: 'postgresql://u@example.org/d?hostaddr=::1' } }],
  ['a socket', { host: '/var/run/postgresql' }],
  ['a socket that nobody names', { authentication: { connectionString: 'postgresql:///d' } }],
  ['what a service file names', { authentication: { connectionString: 'host=example.org service=x' } }],
  ['a private network', { host: '10.0.0.5' }],
  ['a private network in IPv6 clothes', { host: '::ffff:192.168.0.1' }],
  ['the metadata address of clouds', { authentication: { connectionString: "host='169.254.169.254' user=u" } }],
])('a database is out of reach at %s', async (_, config) => {
  const answer = await open.post('/api/integrations', { name: 'x', type: 'postgresql', config });
  expect([answer.status, answer.body.code]).toEqual([422, 'destination-forbidden']);
});

test('with a list of hosts no other one can be named, in whatever form', async () => {
  const listed = await OpenService.create({ ALLOWED_HOSTS: '*.my.salesforce.com, db.example.org' });
  const statusOf = async (type: string, config: object) =>
    (await listed.post('/api/integrations', { name: 'x', type, config })).status;
  const connectionString = (text: string) => ({ authentication: { connectionString: text } });
  try {
    expect(await statusOf('salesforce', { loginUrl: 'https://acme.my.salesforce.com' })).toBe(201);
    expect(await statusOf('salesforce', { loginUrl: 'https://my.salesforce.com.attacker.example' })).toBe(422);
    expect(await statusOf('salesforce', { loginUrl: 'https://attackermy.salesforce.com' })).toBe(422);
    expect(await statusOf('salesforce', {})).toBe(422);
    expect(await statusOf('postgresql', connectionString('postgresql://u@DB.example.org./d'))).toBe(201);
    expect(await statusOf('postgresql', connectionString('postgresql://u@db.example.org,other.example/d'))).toBe(422);
    expect(await statusOf('postgresql', connectionString('postgresql://u@db.example.org/d?host=other.example'))).toBe(
      422,
    );
    expect(await statusOf('postgresql', { host: 'other.example' })).toBe(422);
  } finally {
    await listed.close();
  }
});
