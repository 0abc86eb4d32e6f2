import * as path from 'node:path';

import type { SyncState } from '../../service/src/sync/sync_document';
import { type Held, hold } from '../e2e/support/held_conflicts';
import { OpenService, sqliteIntegration } from './support/open_service';

let open: OpenService;
beforeAll(async () => {
  open = await OpenService.create();
  for (const id of ['left', 'right']) await open.post('/api/integrations', sqliteIntegration(open, id));
});
afterAll(() => open.close());

const held = (syncId: string, ...conflicts: Held[]) => hold(path.join(open.folder, 'state'), syncId, conflicts);

/** The service does nothing that is due by itself here: it was not started. */
async function makeSync(id: string): Promise<void> {
  const fieldMappings = [
    { source: 'id', target: 'id', required: true },
    { source: 'name', target: 'name' },
  ];
  const config = { sourceObject: 'people', targetObject: 'people', fieldMappings };
  const made = await open.post('/api/sync/start', { id, sourceId: 'left', targetId: 'right', mode: 'batch', config });
  expect(made.status).toBe(202);
}

const stateOf = async (id: string) => (await open.engine.book.get<SyncState>('sync_state', id))!.body;

const both = { sourceHash: 's1', targetHash: 't1' };

describe('listing', () => {
  it('filters, and goes on by the cursor', async () => {
    const [a, b, c] = held('lists', { key: 'a' }, { key: 'b', fields: ['name', 'phone'] }, { key: 'c' });
    held('lists other', { key: 'a' });
    const first = await open.get('/api/conflicts?syncId=lists&limit=2');
    expect(first.body.items.map((one: any) => one.id)).toEqual([a, b]);
    const rest = await open.get(`/api/conflicts?syncId=lists&limit=2&cursor=${first.body.next}`);
    expect(rest.body.items.map((one: any) => one.id)).toEqual([c]);
    expect(rest.body.next).toBeUndefined();
    const ids = async (query: string) =>
      (await open.get(`/api/conflicts?syncId=lists&${query}`)).body.items.map((one: any) => one.id);
    expect(await ids('field=phone')).toEqual([b]);
    expect(await ids('key=target%20of%20c')).toEqual([c]);
    expect(await ids('state=closed')).toEqual([]);
    expect(await ids('newest=true')).toEqual([c, b, a]);
    expect((await open.get('/api/conflicts?state=held')).status).toBe(400);
  });

  it('gives one with both sides, by its ETag again', async () => {
    const [id] = held('one', { key: 'a' });
    const answer = await open.get(`/api/conflicts/${id}`);
    expect(answer.body).toMatchObject({
      id,
      syncId: 'one',
      kind: 'both_differ',
      state: 'open',
      fields: ['name'],
      review: [{ field: 'name', base: 'b', source: 's', target: 't', state: 'both_differ' }],
      ...both,
    });
    const again = await open.get(`/api/conflicts/${id}`, { headers: { 'if-none-match': answer.headers['etag'] } });
    expect(again.status).toBe(304);
    expect((await open.get('/api/conflicts/999999')).body).toMatchObject({ status: 404, code: 'not-found' });
  });
});

describe('deciding', () => {
  it('keeps the decision with who made it, and makes the sync due', async () => {
    await makeSync('decides');
    const [id] = held('decides', { key: 'a', fields: ['name', 'phone'] });
    // As a sync without a schedule is left by its run.
    await open.engine.book.put('sync_state', 'decides', {
      ...(await stateOf('decides')),
      desired: 'stopped',
      due: undefined,
    });
    const decided = await open.post(`/api/conflicts/${id}/resolve`, {
      take: 'target',
      fields: { phone: { value: '+43' } },
      ...both,
    });
    expect(decided.status).toBe(200);
    expect(decided.body).toMatchObject({
      state: 'decided',
      decision: { take: 'target', fields: { phone: { value: '+43' } } },
      actor: expect.stringMatching(/^key:/),
    });
    expect(await stateOf('decides')).toMatchObject({ desired: 'running', due: expect.any(String) });
    const { body } = await open.get(`/api/audit?subject=conflict/${id}`);
    expect(body.items).toMatchObject([{ action: 'conflict.decide', actor: decided.body.actor }]);
    expect(JSON.stringify(body)).not.toContain('+43');
  });

  it('leaves a sync stopped that a person stopped', async () => {
    await makeSync('stopped');
    await open.post('/api/sync/stop', { id: 'stopped' });
    const [id] = held('stopped', { key: 'a' });
    expect((await open.post(`/api/conflicts/${id}/resolve`, { take: 'source', ...both })).status).toBe(200);
    expect(await stateOf('stopped')).toMatchObject({ desired: 'stopped' });
    expect((await stateOf('stopped')).due).toBeUndefined();
  });

  it('of what has moved is refused', async () => {
    const [id] = held('moves', { key: 'a' });
    const stale = await open.post(`/api/conflicts/${id}/resolve`, { take: 'source', ...both, targetHash: 'old' });
    expect(stale.body).toMatchObject({ status: 409, code: 'conflict-moved' });
    expect((await open.get(`/api/conflicts/${id}`)).body.state).toBe('open');
    const [closed] = held('moves', { key: 'b', state: 'closed', outcome: 'gone' });
    const late = await open.post(`/api/conflicts/${closed}/resolve`, { take: 'source', ...both });
    expect(late.body).toMatchObject({ status: 409, code: 'conflict-closed' });
  });

  it('says where a decision is wrong', async () => {
    const [id] = held('wrong', { key: 'a', fields: ['name', 'Owner.Name'] });
    const fault = async (body: object) => (await open.post(`/api/conflicts/${id}/resolve`, { ...both, ...body })).body;
    expect(await fault({})).toMatchObject({ status: 422, errors: [{ pointer: '/take' }] });
    const partly = await fault({ fields: { name: 'source' } });
    expect(partly).toMatchObject({ status: 422, errors: [{ pointer: '/fields/Owner.Name' }] });
    expect(await fault({ take: 'both' })).toMatchObject({ status: 400 });
  });

  it('is not repeated under one Idempotency-Key', async () => {
    const [id] = held('repeats', { key: 'a' });
    const headers = { 'idempotency-key': 'decide-once' };
    const first = await open.post(`/api/conflicts/${id}/resolve`, { take: 'source', ...both }, { headers });
    await open.post(`/api/conflicts/${id}/undo`);
    const again = await open.post(`/api/conflicts/${id}/resolve`, { take: 'source', ...both }, { headers });
    expect(again.body).toEqual(first.body);
    expect((await open.get(`/api/conflicts/${id}`)).body.state).toBe('open');
  });

  it('needs the scope conflicts:decide', async () => {
    const [id] = held('scopes', { key: 'a' });
    const reader = await open.key('sync:read');
    const decider = await open.key('conflicts:decide');
    const body = { take: 'source', ...both };
    expect((await open.get(`/api/conflicts/${id}`, { key: reader })).status).toBe(200);
    expect((await open.post(`/api/conflicts/${id}/resolve`, body, { key: reader })).status).toBe(403);
    expect((await open.post(`/api/conflicts/${id}/resolve`, body, { key: decider })).status).toBe(200);
  });
});

it('many are decided at once, with an answer for each', async () => {
  await makeSync('many');
  const [a, b] = held('many', { key: 'a' }, { key: 'b' }, { key: 'c', fields: ['phone'] });
  const done = await open.post('/api/conflicts/resolve', { filter: { syncId: 'many', field: 'name' }, take: 'source' });
  expect(done.body).toEqual({
    results: [
      { id: a, syncId: 'many', decided: true },
      { id: b, syncId: 'many', decided: true },
    ],
    decided: 2,
    moved: 0,
    more: false,
  });
  expect((await open.get('/api/conflicts?syncId=many&state=open')).body.items).toHaveLength(1);
});

it('a decision is taken back: before it was carried out at once, afterwards by a run', async () => {
  await makeSync('undone');
  const [id, applied] = held(
    'undone',
    { key: 'a' },
    { key: 'b', state: 'closed', outcome: 'applied', decision: { take: 'source' } },
  );
  expect((await open.post(`/api/conflicts/${id}/undo`)).body).toMatchObject({ code: 'conflict-closed' });
  await open.post(`/api/conflicts/${id}/resolve`, { take: 'source', ...both });
  expect((await open.post(`/api/conflicts/${id}/undo`)).body).toMatchObject({ state: 'open' });
  const undo = await open.post(`/api/conflicts/${applied}/undo`);
  expect(undo.body).toMatchObject({ state: 'decided', decision: { undo: true } });
});

it('rules are tried on what is held', async () => {
  await makeSync('rules');
  held('rules', { key: 'a' }, { key: 'b', fields: ['phone'] });
  const preview = await open.post('/api/conflicts/preview', {
    syncId: 'rules',
    rules: { name: { rule: 'authority', side: 'target' } },
  });
  expect(preview.body).toMatchObject({
    open: { looked: 2, settled: 1, left: 1 },
    samples: [{ key: 'a', fields: [{ field: 'name', took: 'target', rule: 'rule' }] }, { key: 'b' }],
  });
  const wrong = await open.post('/api/conflicts/preview', { syncId: 'rules', rules: { name: { rule: 'authority' } } });
  expect(wrong.status).toBe(422);
  expect((await open.post('/api/conflicts/preview', { syncId: 'none' })).status).toBe(404);
});

describe('rules that are applied', () => {
  const rules = { name: { rule: 'authority', side: 'target' } };

  it('decide what they settle, leave the rest open, and make the sync due', async () => {
    await makeSync('applied');
    const [a, b, c] = held('applied', { key: 'a' }, { key: 'b', fields: ['name', 'phone'] }, { key: 'c' });
    await open.engine.book.put('sync_state', 'applied', {
      ...(await stateOf('applied')),
      desired: 'stopped',
      due: undefined,
    });
    const first = await open.post('/api/conflicts/apply-rules', { syncId: 'applied', rules, limit: 2 });
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      looked: 2,
      decided: 1,
      moved: 0,
      left: 1,
      more: true,
      after: b,
      results: [
        {
          ...{ id: a, syncId: 'applied', key: 'a', kind: 'both_differ', decided: true },
          fields: [{ field: 'name', took: 'target', rule: 'rule' }],
        },
        {
          ...{ id: b, syncId: 'applied', key: 'b', kind: 'both_differ', decided: false, code: 'left' },
          fields: [
            { field: 'name', took: 'target', rule: 'rule' },
            { field: 'phone', took: null, rule: 'no_need' },
          ],
          message: 'the rules do not settle phone',
        },
      ],
    });
    expect(await stateOf('applied')).toMatchObject({ desired: 'running', due: expect.any(String) });
    const rest = await open.post('/api/conflicts/apply-rules', { syncId: 'applied', rules, after: first.body.after });
    expect(rest.body).toMatchObject({ looked: 1, decided: 1, more: false, results: [{ id: c }] });
    const { body } = await open.get(`/api/conflicts/${c}`);
    expect(body).toMatchObject({ state: 'decided', decision: { fields: { name: 'target' } } });
    const { body: audit } = await open.get('/api/audit?action=conflict.apply_rules');
    expect(audit.items).toMatchObject([{ actor: body.actor }, { actor: body.actor, detail: { rules, decided: 1 } }]);
  });

  it('that settle nothing leave the sync alone', async () => {
    await makeSync('unsettled');
    await open.post('/api/sync/stop', { id: 'unsettled' });
    held('unsettled', { key: 'a' });
    const before = await stateOf('unsettled');
    const { body } = await open.post('/api/conflicts/apply-rules', { syncId: 'unsettled' });
    expect(body).toMatchObject({ decided: 0, left: 1 });
    expect(await stateOf('unsettled')).toEqual(before);
  });

  it('need the scope conflicts:decide, a sync, and rules that hold', async () => {
    await makeSync('guarded');
    const [id] = held('guarded', { key: 'a' });
    const apply = (body: object, more = {}) =>
      open.post('/api/conflicts/apply-rules', { syncId: 'guarded', strategy: 'source_wins', ...body }, more);
    expect((await apply({}, { key: await open.key('sync:read') })).status).toBe(403);
    expect((await apply({ syncId: 'none' })).status).toBe(404);
    expect((await apply({ rules: { name: { rule: 'authority' } } })).status).toBe(422);
    expect((await apply({ limit: 501 })).status).toBe(400);
    expect((await open.get(`/api/conflicts/${id}`)).body.state).toBe('open');
    expect((await apply({}, { key: await open.key('conflicts:decide') })).body.decided).toBe(1);
  });

  it('are not applied again under one Idempotency-Key', async () => {
    await makeSync('once');
    const [id] = held('once', { key: 'a' });
    const headers = { 'idempotency-key': 'apply-once' };
    const body = { syncId: 'once', rules };
    const first = await open.post('/api/conflicts/apply-rules', body, { headers });
    await open.post(`/api/conflicts/${id}/undo`);
    expect((await open.post('/api/conflicts/apply-rules', body, { headers })).body).toEqual(first.body);
    expect((await open.get(`/api/conflicts/${id}`)).body.state).toBe('open');
  });
});

it('what waits is a metric', async () => {
  held('measured', { key: 'a' }, { key: 'b' }, { key: 'c', state: 'decided' });
  const text = await open.service.context.metrics.text();
  expect(text).toContain('data_sync_conflicts{sync="measured",state="open"} 2');
  expect(text).toContain('data_sync_conflicts{sync="measured",state="decided"} 1');
});
