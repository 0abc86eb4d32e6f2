// Whatever the org or the network does to a call, nothing is lost and nothing comes twice.
import type { SyncFile } from '../../lib';
import { type Columns, expectSqliteEqualsOrg } from './support/compare';
import { startTwin, type Twin } from './support/twin';
import { salesforce, Workspace } from './support/workspace';

jest.setTimeout(120_000);

const accounts = 5_000;
const columns: Columns = [
  ['Id', 'id'],
  ['Name', 'name'],
  ['Description', 'description'],
  ['AnnualRevenue', 'revenue'],
];

let twin: Twin;
let workspace: Workspace;

beforeAll(async () => {
  twin = await startTwin(['--objects', `Account=${accounts}`, '--seed', '31', '--nul']);
});
afterAll(() => twin.stop());
beforeEach(async () => {
  workspace = new Workspace();
  await twin.resetCalls();
});
afterEach(async () => {
  await twin.clearFaults();
  await twin.control('POST', 'options', { bulkUnsupported: [], bulkPageRows: 100_000 });
  workspace.remove();
});

function sync(config: Record<string, unknown> = {}): SyncFile {
  return workspace.accountsSync(twin, {
    fieldMappings: columns.map(([source, target]) => ({ source, target })),
    source: salesforce(twin, config),
    batchSize: 500,
  });
}

const run = (config: Record<string, unknown> = {}) => workspace.command('run', sync(config));
const expectEqual = () => expectSqliteEqualsOrg(twin, 'Account', workspace.target, 'accounts', columns);

/** The whole run succeeded although the fault struck. Rows that had to be read again came back as unchanged. */
async function expectSurvived(kind: string, config: Record<string, unknown>, readAgain = 0): Promise<void> {
  const { code, json } = await run(config);
  expect((await twin.stats()).faultsFired[kind]).toBeGreaterThan(0);
  expect([code, json['error']]).toEqual([0, undefined]);
  expect(json).toMatchObject({ status: 'succeeded', created: accounts, updated: 0, rejected: 0 });
  expect(json['unchanged']).toBeLessThanOrEqual(readAgain);
  await expectEqual();
}

/** The second page and the ones after it, so that there is something to lose. */
const page = { match: 'ORDER BY', after: 1 };

test.each([
  ['a 429 that says how long to wait', { kind: '429', retryAfter: 1 }],
  ['a 429 that does not', { kind: '429' }],
  ['a 429 with a date in the past', { kind: '429', retryAfter: 'Wed, 21 Oct 2015 07:28:00 GMT' }],
  ['a 429 with a Retry-After that is no time', { kind: '429', retryAfter: 'soon' }],
  ['a storm of three 429s', { kind: '429', count: 3 }],
  ['too many calls at once', { kind: 'concurrent_limit' }],
  ['a 503', { kind: '503' }],
  ['a 503 that says how long to wait', { kind: '503', retryAfter: 1 }],
  ['a 500', { kind: '500' }],
  ['a 502 as a page of HTML', { kind: 'html', status: 502 }],
  ['maintenance as a page of HTML', { kind: 'html', status: 503 }],
  ['a 500 as XML', { kind: 'xml', status: 500 }],
  ['a 406 without a body', { kind: 'empty' }],
  ['a query that took too long once', { kind: 'query_timeout' }],
  ['an expired session', { kind: '401' }],
  ['the end of all sessions', { kind: 'expire_tokens' }],
  ['a connection that is cut before the answer', { kind: 'cut', when: 'before' }],
  ['a connection that is cut after the work', { kind: 'cut', when: 'after' }],
  ['a connection that is cut in the middle of a page', { kind: 'cut', when: 'body', bytes: 20_000 }],
  ['half of a gzip stream', { kind: 'truncated_gzip' }],
  ['half of a JSON document', { kind: 'bad_json' }],
  ['an answer that takes its time', { kind: 'slow', delayMs: 2_000 }],
])('reading by REST survives %s', async (_, fault) => {
  await twin.faults({ ...page, ...fault });
  await expectSurvived(fault.kind, {});
});

describe('reading by Bulk', () => {
  const config = { bulkThreshold: 0 };
  const results = { match: '/results' };

  // Several result pages, so that places within a job matter.
  const bulkPageRows = 1_300;
  beforeEach(() => twin.control('POST', 'options', { bulkPageRows }));

  test.each([
    ['a 503 for a result page', { ...results, kind: '503', after: 1 }],
    ['a 429 for a result page', { ...results, kind: '429', after: 1, retryAfter: 1 }],
    ['a result page that is cut', { ...results, kind: 'cut', when: 'body', bytes: 15_000, after: 1 }],
    ['half of a gzip stream', { ...results, kind: 'truncated_gzip', after: 1 }],
    ['a result page as HTML', { ...results, kind: 'html', status: 502, after: 1 }],
    ['an expired session in the middle', { ...results, kind: 'expire_tokens', after: 1 }],
    ['a job that fails half-way', { kind: 'job_failed', match: 'POST /services/data/v66.0/jobs/query' }],
    ['a job whose making is cut', { kind: 'cut', when: 'after', match: 'POST /services/data/v66.0/jobs/query' }],
    ['a look at the job that fails', { kind: '503', match: 'GET /services/data/v66.0/jobs/query/' }],
  ])('survives %s', async (_, fault) => {
    await twin.faults(fault);
    await expectSurvived(fault.kind, config);
  });

  test('makes the job anew when its results were thrown away', async () => {
    await twin.faults({ ...results, kind: 'locator_expired', after: 1 });
    await expectSurvived('locator_expired', config, 2 * bulkPageRows);
  });

  test('goes over to REST where Bulk refuses the object', async () => {
    await twin.control('POST', 'options', { bulkUnsupported: ['Account'] });
    const { code, json } = await run(config);
    expect([code, json['created']]).toEqual([0, accounts]);
    await expectEqual();
  });
});
