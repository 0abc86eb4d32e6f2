import { randomBytes } from 'node:crypto';

import { OpenService, salesforceIntegration } from './support/open_service';

const [first, second, third] = [1, 2, 3].map(() => randomBytes(32).toString('base64')) as [string, string, string];
const note = { actor: 'test', action: 'test' };
const sealed = { authentication: { clientId: 'client', clientSecret: 'planted-client-secret' } };

let open: OpenService;
beforeAll(async () => {
  open = await OpenService.create({ ENCRYPTION_KEY: first });
  for (const id of ['one', 'two', 'three']) await open.post('/api/integrations', salesforceIntegration(id));
});
afterAll(() => open.close());

const revealed = (id: string) => open.engine.book.reveal('integration', id, note);

test('keys are rotated while the service answers, and the old one is of no use afterwards', async () => {
  await open.reopen({ ENCRYPTION_KEY: `${second},${first}` });
  expect(await revealed('one')).toEqual(sealed);
  const [rotated, ...others] = await Promise.all([
    open.post('/api/keys/rotate-encryption'),
    ...['four', 'five', 'six'].map((id) => open.post('/api/integrations', salesforceIntegration(id))),
    ...['one', 'two'].map((id) => open.get(`/api/integrations/${id}`)),
  ]);
  expect(rotated).toMatchObject({ status: 200, body: { rewrapped: expect.any(Number) } });
  expect(rotated.body.rewrapped).toBeGreaterThanOrEqual(3);
  expect(others.map(({ status }) => status)).toEqual([201, 201, 201, 200, 200]);
  expect((await open.post('/api/keys/rotate-encryption')).body.rewrapped).toBe(0);

  await open.reopen({ ENCRYPTION_KEY: second });
  for (const id of ['one', 'two', 'three', 'four', 'five', 'six']) expect(await revealed(id)).toEqual(sealed);
  const { body } = await open.get('/api/audit?action=keys.rotate');
  expect(body.items).toHaveLength(2);
});

test('without the key that sealed them, credentials stay shut', async () => {
  await open.reopen({ ENCRYPTION_KEY: third });
  await expect(revealed('one')).rejects.toThrow();
  const tested = await open.post('/api/integrations/one/test');
  expect(tested.body.ok).not.toBe(true);
  expect(tested.text + open.log.join('')).not.toContain('planted');
  await open.reopen({ ENCRYPTION_KEY: second });
  expect(await revealed('one')).toEqual(sealed);
});

test('an erased data key takes its credentials with it for good, and no others', async () => {
  const erased = await open.post('/api/keys/erase', { name: 'integration/two' });
  expect([erased.status, erased.body]).toEqual([200, { erased: 'integration/two' }]);
  expect(await revealed('two').catch(() => null)).toBeNull();
  expect((await open.post('/api/integrations/two/test')).body.ok).not.toBe(true);
  expect(await revealed('one')).toEqual(sealed);
  expect((await open.post('/api/keys/erase', { name: 'integration/two' })).status).toBe(404);
  const { body } = await open.get('/api/audit?action=keys.erase');
  expect(body.items[0]).toMatchObject({ subject: 'integration/two' });
});

test('new credentials may follow erased ones', async () => {
  const { id: _, ...change } = salesforceIntegration('two', 'planted-again');
  expect((await open.put('/api/integrations/two', change)).status).toBe(200);
  expect(await revealed('two')).toEqual({ authentication: { clientId: 'client', clientSecret: 'planted-again' } });
});

test('a deleted integration takes its credentials with it', async () => {
  expect((await open.delete('/api/integrations/three')).status).toBe(204);
  expect(await revealed('three')).toBeNull();
  expect((await open.post('/api/keys/erase', { name: 'integration/three' })).status).toBe(404);
});
