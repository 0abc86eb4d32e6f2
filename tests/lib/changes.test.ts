// The change feed of a Salesforce org: every version of every record once, whatever happens in between.
import type { ChangesRequest } from '../../lib';
import { startTwin, type Twin } from '../e2e/support/twin';
import { salesforce } from '../e2e/support/workspace';
import { live } from './feed_caller';
import { org } from './feed_worlds';
import { errorOf, OpenEngine } from './open_engine';

jest.setTimeout(300_000);

let engine: OpenEngine;
let twin: Twin;

beforeEach(async () => {
  engine = new OpenEngine();
  twin = await startTwin(['--objects', 'Account=400', '--seed', '31']);
});
afterEach(async () => {
  await engine.close();
  await twin.stop();
});

const feed = (more: Partial<ChangesRequest> = {}): ChangesRequest => ({
  id: 'accounts',
  source: salesforce(twin),
  object: 'Account',
  fields: ['Name', 'Phone'],
  ...more,
});

test.each([1, 6, 8, 16])('every version comes once, whatever users and crashes do (seed %i)', async (seed) => {
  const caller = await live(org(twin), engine, seed);
  expect(caller.model.accepted).toBeGreaterThan(100);
  expect(caller.repeated).toBeGreaterThan(0);
});

test('a feed that begins now gives no history, then tells new records, edits and deletions apart', async () => {
  expect(await engine.now.changes(feed())).toMatchObject({ records: [], more: false });
  const { ids } = await twin.mutate({ object: 'Account', insert: 2, update: 3, delete: 1, hardDelete: 1, ids: true });
  const { records, token } = await engine.now.changes(feed());
  const byOp = (op: string) => records.filter((one) => one.op === op).map((one) => one.id);
  expect(byOp('created').sort()).toEqual([...ids.inserted].sort());
  expect(byOp('updated').sort()).toEqual([...ids.updated].sort());
  expect(byOp('deleted').sort()).toEqual([...ids.deleted, ...ids.hardDeleted].sort());
  expect(await engine.now.changes(feed({ accept: token }))).toEqual({ records: [], token, more: false });

  await twin.mutate({ object: 'Account', updateIds: ids.inserted, update: 2, set: { Phone: '7' } });
  const again = await engine.now.changes(feed({ accept: token }));
  expect(again.records.map((one) => [one.op, one.fields.Phone])).toEqual([
    ['updated', '7'],
    ['updated', '7'],
  ]);
});

test('a record that was given as created is updated from then on, also when the window has left it', async () => {
  await engine.now.changes(feed());
  const { ids } = await twin.mutate({ object: 'Account', insert: 1, ids: true });
  let { token } = await engine.now.changes(feed());
  for (let pass = 0; pass < 4; pass += 1) {
    await twin.control('POST', 'clock', { advanceSeconds: 1_000 });
    ({ token } = await engine.now.changes(feed({ accept: token })));
  }
  await twin.mutate({ object: 'Account', updateIds: ids.inserted, update: 1, set: { Phone: '9' } });
  const { records } = await engine.now.changes(feed({ accept: token }));
  expect(records).toMatchObject([{ op: 'updated', id: ids.inserted[0] }]);
});

test('a batch comes again until its token is accepted, also by another engine', async () => {
  await engine.now.changes(feed());
  await twin.mutate({ object: 'Account', update: 10, set: { Phone: '1' } });
  const first = await engine.now.changes(feed());
  expect(first.records).toHaveLength(10);
  await engine.reopen();
  const second = await engine.now.changes(feed());
  expect(second.records).toEqual(first.records);
  const third = await engine.now.changes(feed({ accept: second.token }));
  expect(third.records).toEqual([]);
});

test('an old token accepts nothing, and one that the feed has not given is refused', async () => {
  const begun = await engine.now.changes(feed());
  const edits = async (phone: string) => twin.mutate({ object: 'Account', update: 1, set: { Phone: phone } });
  await edits('1');
  const first = await engine.now.changes(feed({ accept: begun.token }));
  await edits('2');
  const second = await engine.now.changes(feed({ accept: first.token }));
  expect(second.records).toHaveLength(1);
  expect((await engine.now.changes(feed({ accept: begun.token }))).records).toEqual(second.records);
  const unknown = await errorOf(engine.now.changes(feed({ accept: 'token-1' })));
  expect(unknown).toMatchObject({ kind: 'conflict', field: 'accept', code: 'feed_token_unknown' });
  await engine.now.forgetChanges('accounts');
  expect((await errorOf(engine.now.changes(feed({ accept: second.token })))).code).toBe('feed_token_unknown');
});

test('the token of a batch does not accept what came to it when it was read again', async () => {
  await engine.now.changes(feed());
  await twin.mutate({ object: 'Account', insert: 3 });
  const few = await engine.now.changes(feed());
  await twin.mutate({ object: 'Account', insert: 4 });
  const more = await engine.now.changes(feed());
  expect([few.records.length, more.records.length]).toEqual([3, 7]);
  expect((await engine.now.changes(feed({ accept: few.token }))).records).toHaveLength(7);
});

test('two edits within one second are two versions', async () => {
  await engine.now.changes(feed());
  const { ids } = await twin.mutate({ object: 'Account', update: 1, set: { Phone: '1' }, ids: true });
  const first = await engine.now.changes(feed());
  const before = (await twin.dump('Account')).get(ids.updated[0])!.SystemModstamp;
  await twin.mutate({ object: 'Account', update: 1, updateIds: ids.updated, set: { Phone: '2' } });
  const after = (await twin.dump('Account')).get(ids.updated[0])!.SystemModstamp;
  const second = await engine.now.changes(feed({ accept: first.token }));
  expect(second.records).toMatchObject([{ op: 'updated', id: ids.updated[0], fields: { Phone: '2' } }]);
  if (before === after) expect(second.records[0]!.version).toBe(`${first.records[0]!.version}#2`);
});

test('more ids than any list would hold come through, in batches within the limit', async () => {
  await engine.now.changes(feed());
  await twin.mutate({ object: 'Account', insert: 12_000 });
  const seen = new Set<string>();
  let answer = await engine.now.changes(feed({ limit: 5_000 }));
  for (;;) {
    expect(answer.records.length).toBeLessThanOrEqual(5_000);
    for (const { id, op } of answer.records) {
      expect(op).toBe('created');
      expect(seen.has(id)).toBe(false);
      seen.add(id);
    }
    const { token, more } = answer;
    answer = await engine.now.changes(feed({ accept: token, limit: 5_000 }));
    if (!more && answer.records.length === 0) break;
  }
  expect(seen.size).toBe(12_000);
});

test('a feed that begins at the start gives all records as created, page by page', async () => {
  const request = feed({ id: 'all', from: 'start', limit: 150 });
  const seen = new Set<string>();
  let { records, token, more } = await engine.now.changes(request);
  for (;;) {
    for (const { op, id } of records) {
      expect(op).toBe('created');
      seen.add(id);
    }
    if (!more) break;
    ({ records, token, more } = await engine.now.changes({ ...request, accept: token }));
  }
  expect(seen.size).toBe(400);
});

test('a failed read costs nothing: the next call gives what it would have given', async () => {
  await engine.now.changes(feed());
  await twin.mutate({ object: 'Account', update: 30, set: { Phone: '1' } });
  await twin.faults({ kind: 'query_timeout', match: 'ORDER BY' });
  expect((await errorOf(engine.now.changes(feed()))).code).toBe('QUERY_TIMEOUT');
  expect((await engine.now.changes(feed())).records).toHaveLength(30);
});

test('other fields for a feed give nothing again', async () => {
  await engine.now.changes(feed());
  await twin.mutate({ object: 'Account', update: 5, set: { Phone: '1' } });
  const { token } = await engine.now.changes(feed());
  expect((await engine.now.changes(feed({ accept: token, fields: ['Description'] }))).records).toEqual([]);
});

test('another object under the same id is refused, and so are two readers at once', async () => {
  await engine.now.changes(feed());
  expect(await errorOf(engine.now.changes(feed({ object: 'Contact', fields: ['LastName'] })))).toMatchObject({
    kind: 'invalid',
    field: 'id',
  });
  await twin.faults({ kind: 'slow', match: 'ORDER BY', delayMs: 1_000 });
  const slow = engine.now.changes(feed());
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect((await errorOf(engine.now.changes(feed()))).kind).toBe('conflict');
  await slow;
});
