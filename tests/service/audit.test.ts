import { OpenService, salesforceIntegration, sqliteIntegration } from './support/open_service';

let open: OpenService;
beforeAll(async () => (open = await OpenService.create()));
afterAll(() => open.close());

test('every change is in the audit log with who did it, and no secret is', async () => {
  const key = await open.key('integrations:write');
  const actor = `key:${key.split('_')[1]}`;
  await open.post('/api/integrations', salesforceIntegration('told'), { key });
  const config = { loginUrl: 'https://acme.example', authentication: { clientSecret: 'planted-second' } };
  await open.put('/api/integrations/told', { name: 'planted-name', type: 'salesforce', config }, { key });
  await open.delete('/api/integrations/told', { key });
  const { body, text } = await open.get('/api/audit?subject=integration/told');
  expect(body.items.map((entry: any) => [entry.actor, entry.action])).toEqual([
    [actor, 'integration.create'],
    [actor, 'integration.update'],
    [actor, 'integration.delete'],
  ]);
  expect(body.items[1].detail).toEqual({ credentials: 'replaced' });
  expect(text).not.toContain('planted');
});

test('every use of a credential is in the audit log', async () => {
  await open.post('/api/integrations', {
    ...sqliteIntegration(open, 'opened'),
    config: { createTable: true, authentication: { path: open.file('opened.db') } },
  });
  await open.post('/api/integrations/opened/test', {});
  const { body } = await open.get('/api/audit?action=credential.use');
  expect(body.items).toContainEqual(expect.objectContaining({ actor: 'engine', subject: 'integration/opened' }));
});

test('the log can be asked by actor, action, subject and time, and comes in parts', async () => {
  for (let made = 0; made < 5; ++made) await open.key('sync:read');
  const numbers: number[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const { body } = await open.get(`/api/audit?action=api_key.create&limit=2${cursor && `&cursor=${cursor}`}`);
    numbers.push(...body.items.map(({ number }: { number: number }) => number));
    cursor = body.next;
  }
  expect(numbers.length).toBeGreaterThanOrEqual(5);
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  expect((await open.get('/api/audit?actor=nobody')).body).toEqual({ items: [] });
  expect((await open.get('/api/audit?since=2999-01-01T00:00:00Z')).body).toEqual({ items: [] });
  expect((await open.get('/api/audit?since=yesterday')).status).toBe(400);
});

test('the chain of the log is whole', async () => {
  const { body } = await open.get('/api/audit/verify');
  expect(body).toEqual({ ok: true, entries: expect.any(Number) });
  expect(body.entries).toBeGreaterThan(0);
});
