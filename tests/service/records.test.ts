import { sqlite } from '../e2e/support/tables';
import { OpenService, sqliteIntegration } from './support/open_service';
import { untilAt } from './support/sync_systems';

let open: OpenService;
beforeAll(async () => {
  open = await OpenService.create();
  for (const id of ['left', 'right']) await open.post('/api/integrations', sqliteIntegration(open, id));
  sqlite(
    open.file('left.db'),
    "CREATE TABLE people (id TEXT PRIMARY KEY, name TEXT); INSERT INTO people VALUES ('1', ' ada ');",
  );
  await open.service.start();
  const config = {
    sourceObject: 'people',
    targetObject: 'persons',
    fieldMappings: [
      { source: 'id', target: 'id', required: true },
      { source: 'name', target: 'name', transformation: { type: 'format', params: { trim: true } } },
    ],
  };
  await open.post('/api/sync/start', { id: 'people', sourceId: 'left', targetId: 'right', mode: 'batch', config });
  await untilAt(open, '/api/sync/status/people', (status) => status.activity === 'idle' && status.run !== null);
});
afterAll(() => open.close());

it('a record is told with both sides, its link and each step of the mapping', async () => {
  const { body, status } = await open.get('/api/records/1/explain?syncId=people');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    syncId: 'people',
    side: 'source',
    key: '1',
    source: { key: '1', values: { id: '1', name: ' ada ' } },
    target: { key: '1', values: { id: '1', name: 'ada' } },
    link: { targetKey: '1', inDoubt: false },
    pair: null,
    rejected: null,
    conflicts: [],
  });
  expect(body.fields[1]).toEqual({
    source: 'name',
    target: 'name',
    from: ' ada ',
    steps: [{ step: 'trim', value: 'ada' }],
    mapped: 'ada',
    inTarget: 'ada',
  });
});

it('a stranger and an unknown sync are not found', async () => {
  expect((await open.get('/api/records/99/explain?syncId=people')).body).toMatchObject({ code: 'not-found' });
  expect((await open.get('/api/records/1/explain?syncId=none')).body).toMatchObject({ code: 'not-found' });
  expect((await open.get('/api/records/1/explain')).status).toBe(400);
});
