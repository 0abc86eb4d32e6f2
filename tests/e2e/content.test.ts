// What a record holds reaches the target to the byte, on every path that it can take out of Salesforce.
import type { FieldMapping, SyncFile } from '../../lib';
import { type Columns, expectSqliteEqualsOrg } from './support/compare';
import { startTwin, type Twin } from './support/twin';
import { salesforce, Workspace } from './support/workspace';

jest.setTimeout(120_000);

const accounts = 3_000;
const columns: Columns = [
  ['Id', 'id'],
  ['Name', 'name'],
  ['Description', 'description'],
  ['AnnualRevenue', 'revenue'],
  ['Score__c', 'score'],
  ['NumberOfEmployees', 'employees'],
  ['Founded__c', 'founded'],
  ['Renewal__c', 'renewal'],
  ['Active__c', 'active'],
  ['Tags__c', 'tags'],
  ['Phone', 'phone'],
];
const fieldMappings: FieldMapping[] = columns.map(([source, target]) => ({ source, target }));

const texts = [
  '"quoted", and ""twice""',
  'line\nbreak',
  'carriage\r\nreturn, and a comma',
  ',,,',
  '"',
  '#N/A',
  'NA',
  'N/A',
  'null',
  'NULL',
  'true',
  '0012300',
  '1e5',
  "Robert'); DROP TABLE accounts;--",
  "O'Brien \\' \\\\ \\n",
  '  spaces around  ',
  '\ttab\t',
  'emoji 🚀 👩‍👩‍👧‍👦 and flags 🇦🇹',
  'combining e\u0301 and composed \u00e9',
  'right to left: שלום, مرحبا',
  'zero\u200bwidth, nbsp\u00a0, bom \ufeff inside, line separator \u2028',
  'control \u0001\u001f\u007f',
  '日本語 한국어 中文',
  '<a href="x">&amp;</a>',
  '${NOT_A_REFERENCE} $${NEITHER}',
  'x'.repeat(32_000),
];
// 18 digits are the most that a number field of Salesforce can have.
const decimals = ['9007199254740993.01', '-9999999999999999.99', '0.01', '-0.1', '1234567890123456.78', '0'];

let twin: Twin;
let workspace: Workspace;

beforeAll(async () => {
  twin = await startTwin(['--objects', `Account=${accounts}`, '--seed', '21', '--nul']);
  const ids = [...(await twin.dump('Account')).keys()];
  for (const [index, text] of texts.entries()) {
    const Name = text.length > 255 || !text.trim() ? 'long' : text;
    await twin.mutate({ object: 'Account', updateIds: [ids[index]], set: { Description: text, Name } });
  }
  for (const [index, number] of decimals.entries()) {
    const set = { AnnualRevenue: number };
    await twin.mutate({ object: 'Account', updateIds: [ids[100 + index]], set });
  }
});
afterAll(() => twin.stop());
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => workspace.remove());

function sync(changes: Partial<SyncFile> = {}, config: Record<string, unknown> = {}): SyncFile {
  const source = salesforce(twin, config);
  return workspace.accountsSync(twin, { fieldMappings, batchSize: 1_000, source, ...changes });
}

test('the org holds what this is about: NUL bytes, and numbers that no double can hold', async () => {
  const rows = [...(await twin.dump('Account')).values()];
  expect(rows.filter((row) => String(row['Description']).includes('\0')).length).toBeGreaterThan(3);
  for (const number of decimals) expect(rows.some((row) => row['AnnualRevenue'] === number)).toBe(true);
  for (const text of texts) expect(rows.some((row) => row['Description'] === text.trim())).toBe(true);
});

test('by REST', async () => {
  await twin.resetCalls();
  const { code, json } = await workspace.command('run', sync());
  expect(code).toBe(0);
  expect(json).toMatchObject({ created: accounts, rejected: 0 });
  expect(Object.keys((await twin.stats()).byRoute).join()).not.toContain('jobs');
  await expectSqliteEqualsOrg(twin, 'Account', workspace.target, 'accounts', columns);
});

test('by Bulk', async () => {
  await twin.resetCalls();
  const { code, json } = await workspace.command('run', sync({}, { bulkThreshold: 0 }));
  expect(code).toBe(0);
  expect(json).toMatchObject({ created: accounts, rejected: 0 });
  expect(Object.keys((await twin.stats()).byRoute).join()).toContain('jobs');
  await expectSqliteEqualsOrg(twin, 'Account', workspace.target, 'accounts', columns);
});

test('both paths agree: a run by Bulk over what REST has written finds nothing to write', async () => {
  await workspace.command('run', sync());
  const { json } = await workspace.command('run', sync({}, { bulkThreshold: 0 }), '--full');
  expect(json).toMatchObject({ mode: 'full', read: accounts, unchanged: accounts, written: 0 });
});

test('with several pages in flight', async () => {
  const { code, json } = await workspace.command('run', sync({ batchSize: 100, batchesInFlight: 8 }));
  expect([code, json['created']]).toEqual([0, accounts]);
  await expectSqliteEqualsOrg(twin, 'Account', workspace.target, 'accounts', columns);
});

test('through steps of the mapping', async () => {
  const upper = sync({
    fieldMappings: [
      ...fieldMappings.filter((mapping) => mapping.target !== 'name'),
      { source: 'Name', target: 'name', transformation: { type: 'format', params: { trim: true } } },
    ],
  });
  const { code } = await workspace.command('run', upper);
  expect(code).toBe(0);
  await expectSqliteEqualsOrg(twin, 'Account', workspace.target, 'accounts', columns);
});
