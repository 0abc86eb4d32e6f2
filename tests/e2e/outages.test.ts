// What lasts too long for a run to wait ends it. The next one goes on behind the last page.
import type { SyncFile } from '../../lib';
import { type Columns, expectSqliteEqualsOrg } from './support/compare';
import { startTwin, type Twin } from './support/twin';
import { salesforce, Workspace } from './support/workspace';

jest.setTimeout(180_000);

const accounts = 5_000;
/** Rows that one call gives. */
const pageRows = 2_000;
const columns: Columns = [
  ['Id', 'id'],
  ['Name', 'name'],
];

let twin: Twin;
let workspace: Workspace;

beforeAll(async () => {
  twin = await startTwin(['--objects', `Account=${accounts}`, '--seed', '33']);
});
afterAll(() => twin.stop());
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(async () => {
  await twin.clearFaults();
  workspace.remove();
});

function sync(): SyncFile {
  const fieldMappings = columns.map(([source, target]) => ({ source, target }));
  return workspace.accountsSync(twin, { fieldMappings, batchSize: 500 });
}

test.each([
  ['the daily limit of calls', { kind: 'request_limit' }, 'throttled'],
  ['a throttling that lasts', { kind: '429' }, 'throttled'],
  ['an outage that lasts', { kind: '503' }, 'unavailable'],
  ['a page of HTML where rows should be', { kind: 'html', status: 404 }, 'invalid'],
  ['a body without an end', { kind: 'endless' }, 'invalid'],
])('%s', async (_, fault, kind) => {
  // The second call for rows, and all that follow.
  await twin.faults({ match: 'ORDER BY', after: 1, ...fault, count: 1_000 });
  const failed = await workspace.command('run', sync());
  expect(failed.code).toBe(1);
  expect(failed.json).toMatchObject({ status: 'failed', error: { kind } });
  expect(failed.json['created']).toBeGreaterThan(0);
  expect(failed.json['created']).toBeLessThanOrEqual(pageRows);
  await twin.clearFaults();
  const { code, json } = await workspace.command('run', sync());
  expect(code).toBe(0);
  expect(json).toMatchObject({ resumed: true, created: accounts, unchanged: 0, updated: 0 });
  await expectSqliteEqualsOrg(twin, 'Account', workspace.target, 'accounts', columns);
});

test('the reserve of daily calls is left to others', async () => {
  const own = await startTwin(['--objects', 'Account=40000', '--seed', '32', '--api-limit', '20']);
  try {
    const source = salesforce(own, { apiReservePercent: 50, bulkThreshold: 1_000_000 });
    const { code, json } = await workspace.command('run', workspace.accountsSync(own, { source, batchSize: 2_000 }));
    expect(code).toBe(1);
    expect(json).toMatchObject({ status: 'failed', error: { kind: 'throttled' } });
    const { apiCalls } = await own.stats();
    expect(apiCalls).toBeGreaterThan(5);
    expect(apiCalls).toBeLessThanOrEqual(11);
  } finally {
    await own.stop();
  }
});
