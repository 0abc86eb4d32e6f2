// The org's schema changes under a sync, between its runs and while one is under way.
import type { SyncFile } from '../../lib';
import { type Columns, expectSqliteEqualsOrg } from './support/compare';
import { until } from './support/processes';
import { sqliteRows } from './support/tables';
import { startTwin, type Twin } from './support/twin';
import { Workspace } from './support/workspace';

jest.setTimeout(120_000);

const accounts = 6_500;
const columns: Columns = [
  ['Id', 'id'],
  ['Name', 'name'],
  ['Phone', 'phone'],
  ['Score__c', 'score'],
];

let twin: Twin;
let workspace: Workspace;

beforeEach(async () => {
  workspace = new Workspace();
  twin = await startTwin(['--objects', `Account=${accounts}`, '--seed', '51']);
});
afterEach(async () => {
  await twin.stop();
  workspace.remove();
});

function sync(changes: Partial<SyncFile> = {}): SyncFile {
  const fieldMappings = columns.map(([source, target]) => ({ source, target }));
  return workspace.accountsSync(twin, { fieldMappings, batchSize: 1_000, ...changes });
}

const run = (...more: string[]) => workspace.command('run', sync(), ...more);
const alter = (change: object) => twin.control('POST', 'schema', { object: 'Account', ...change });
const touch = async () => {
  await twin.control('POST', 'clock', { advanceSeconds: 3_600 });
  await twin.mutate({ object: 'Account', update: 50, insert: 5, seed: 3 });
};
const expectEqual = () => expectSqliteEqualsOrg(twin, 'Account', workspace.target, 'accounts', columns);

/** Starts a run, and changes the org's schema while the second call for rows is under way. */
async function runWhileAltered(change: object) {
  await twin.resetCalls();
  await twin.faults({ kind: 'slow', match: 'ORDER BY', after: 1, count: 1, delayMs: 1_500 });
  const { result } = workspace.start('run', sync());
  await until('the slow call', async () => (await twin.stats()).faultsFired['slow'] === 1);
  await alter(change);
  return result;
}

const newField = { addField: { name: 'New__c', type: 'string', length: 20 } };
const phone = { addField: { name: 'Phone', type: 'phone' } };

describe('between runs', () => {
  beforeEach(async () => {
    expect((await run()).code).toBe(0);
    await touch();
  });

  test('a new field disturbs nothing, and is there to be mapped', async () => {
    await alter(newField);
    expect((await run()).json).toMatchObject({ updated: 50, created: 5, rejected: 0 });
    await expectEqual();
    const fields = (await workspace.command('schema', sync())).json['source'].fields as { name: string }[];
    expect(fields.map((field) => field.name)).toContain('New__c');
  });

  test('a field that is gone is named before anything is written; when it is back, nothing was missed', async () => {
    await alter({ removeField: 'Phone' });
    const failed = await run();
    expect(failed.code).toBe(1);
    expect(failed.json['error']).toMatchObject({ kind: 'invalid' });
    expect(failed.json['error'].message).toMatch(/fieldMappings\[2\]\.source: .*Phone/);
    await touch();
    await alter(phone);
    expect((await run()).json).toMatchObject({ status: 'succeeded', created: 10, rejected: 0 });
    await expectEqual();
  });

  test('a number that became a text arrives as long as the target can hold it', async () => {
    await alter({ changeType: { field: 'Score__c', type: 'string', length: 40 } });
    const { code, json } = await run();
    if (code === 1) expect(json['error'].message).toMatch(/fieldMappings\[3\].*score/i);
    else expect([code, json['updated'], json['rejected']]).toEqual([0, 50, 0]);
  });

  test('a text that became a number goes on', async () => {
    await alter({ changeType: { field: 'NumberOfEmployees', type: 'double' } });
    expect((await run()).json).toMatchObject({ status: 'succeeded', updated: 50, created: 5 });
    await expectEqual();
  });
});

describe('during a run', () => {
  test('a new field disturbs nothing', async () => {
    const { code, json } = await runWhileAltered(newField);
    expect([code, json['created']]).toEqual([0, accounts]);
    await expectEqual();
  });

  test('a field that goes ends the run with its name; when it is back, the run goes on', async () => {
    const failed = await runWhileAltered({ removeField: 'Phone' });
    expect(failed.code).toBe(1);
    expect(failed.json).toMatchObject({ status: 'failed', error: { kind: 'invalid', code: 'INVALID_FIELD' } });
    expect(failed.json['error'].message).toContain('Phone');
    expect(failed.json['created']).toBeGreaterThan(0);
    await alter(phone);
    const { code, json } = await run();
    expect(code).toBe(0);
    expect(json).toMatchObject({ resumed: true, created: accounts, rejected: 0 });
    await expectEqual();
  });

  test('a number that becomes a text is read on as it comes', async () => {
    const { code, json } = await runWhileAltered({ changeType: { field: 'Score__c', type: 'string', length: 40 } });
    expect([code, json['created'], json['rejected']]).toEqual([0, accounts, 0]);
    // 1.5E8 as a number is the text 150000000 in the org now: the same number, spelt anew.
    const number = (value: unknown) => (value === null ? null : Number(value));
    const held = sqliteRows(workspace.target, 'accounts', ['id', 'score']);
    const truth = [...(await twin.dump('Account')).values()];
    const wrong = truth.filter((row) => number(held.get(row['Id'])?.[1] ?? null) !== number(row['Score__c']));
    expect(wrong).toEqual([]);
  });

  test('a text that becomes a number arrives as its digits', async () => {
    const { code, json } = await runWhileAltered({ changeType: { field: 'Score__c', type: 'int' } });
    expect(code).toBe(0);
    expect(json).toMatchObject({ created: accounts, rejected: 0 });
  });
});

test('a full run after the drift brings the target to what the org holds', async () => {
  await runWhileAltered({ changeType: { field: 'Score__c', type: 'int' } });
  // More than 5 % of the records have lost their fraction: that has to be approved.
  const held = await run('--full');
  expect(held.json['status']).toBe('held');
  const { code } = await run('--full', '--approve');
  expect(code).toBe(0);
  await expectEqual();
});
