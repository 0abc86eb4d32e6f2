import * as fs from 'node:fs';
import * as path from 'node:path';

import { NodeOperationError } from 'n8n-workflow';

import { DataSyncTrigger } from '../../n8n-nodes/nodes/DataSyncTrigger/DataSyncTrigger.node';
import { SalesforceSync } from '../../n8n-nodes/nodes/SalesforceSync/SalesforceSync.node';
import { closeSharedEngine } from '../../n8n-nodes/shared/engine';
import { temporaryFolder } from '../e2e/support/processes';
import { sqlite } from '../e2e/support/tables';
import { startTwin, type Twin } from '../e2e/support/twin';
import { choosing, executing, type FakeState, polling } from './support/fake_n8n';

const login = 'dataSyncSalesforceClientCredentialsApi';
const node = new SalesforceSync();
const folder = temporaryFolder();
const before = process.env['N8N_USER_FOLDER'];
let twin: Twin;

beforeAll(async () => {
  process.env['N8N_USER_FOLDER'] = folder.path;
  twin = await startTwin(['--objects', 'Account=400,Contact=10']);
});

afterAll(async () => {
  await closeSharedEngine();
  await twin.stop();
  process.env['N8N_USER_FOLDER'] = before;
  folder.remove();
});

const byName = (value: string) => ({ __rl: true, mode: 'name', value });
const mapped = (value: Record<string, unknown>, match: string) => ({
  mappingMode: 'defineBelow',
  value,
  matchingColumns: [match],
});

function state(parameters: Record<string, unknown>, more: Partial<FakeState> = {}): FakeState {
  const credentials = { [login]: { loginUrl: twin.url, clientId: 'twin-client', clientSecret: 'twin-secret' } };
  return { parameters: { authentication: 'clientCredentials', ...parameters }, credentials, ...more };
}

function syncState(name: string, changes: Record<string, unknown> = {}, more: Partial<FakeState> = {}): FakeState {
  const parameters = {
    operation: 'run',
    direction: 'fromSalesforce',
    database: 'sqlite',
    sqlitePath: path.join(folder.path, `${name}.db`),
    object: byName('Account'),
    table: byName('accounts'),
    fields: mapped({ Id: 'id', Name: 'name', Phone: '' }, 'Id'),
    options: {},
    ...changes,
  };
  return state(parameters, more);
}

const execute = async (fake: FakeState) => (await node.execute.call(executing(fake)))[0]!;
const failure = (fake: FakeState) =>
  execute(fake).then(
    () => undefined,
    (error: unknown) => error as NodeOperationError,
  );

describe('Run Sync', () => {
  it('moves the records and gives one item, whatever came in', async () => {
    const items = await execute(syncState('one', {}, { items: [{ a: 1 }, { a: 2 }, { a: 3 }] }));
    expect(items).toEqual([
      { json: expect.objectContaining({ status: 'succeeded', created: 400 }), pairedItem: { item: 0 } },
    ]);
    const file = path.join(folder.path, 'one.db');
    // A row that is left empty is no column.
    expect(sqlite(file, "SELECT group_concat(name) FROM pragma_table_info('accounts')")).toBe('id,name');
  });

  it('maps every field under its own name when it maps automatically', async () => {
    const fields = { mappingMode: 'autoMapInputData', value: null, matchingColumns: ['Id'] };
    await execute(syncState('automatic', { fields }));
    const columns = sqlite(path.join(folder.path, 'automatic.db'), "SELECT name FROM pragma_table_info('accounts')");
    expect(columns.split('\n')).toEqual(expect.arrayContaining(['Id', 'Name', 'AnnualRevenue', 'SystemModstamp']));
    expect(columns.split('\n')).not.toContain('BillingAddress');
  });

  it('adds mappings in the language of the engine, which replace rows of the same column', async () => {
    const upper = { type: 'format', params: { case: 'upper' } };
    const mappings = JSON.stringify([{ source: 'Name', target: 'name', transformation: upper, required: true }]);
    await execute(syncState('json', { options: { mappings } }));
    expect(sqlite(path.join(folder.path, 'json.db'), 'SELECT count(*) FROM accounts WHERE name <> upper(name)')).toBe(
      '0',
    );
  });

  it('keeps its state under an id that follows from the systems and objects', async () => {
    const [first] = await execute(syncState('same'));
    const [again] = await execute(syncState('same', { fields: mapped({ Id: 'id', Name: 'name' }, 'Id') }));
    const [other] = await execute(syncState('other'));
    expect(again!.json['syncId']).toBe(first!.json['syncId']);
    expect(again!.json).toMatchObject({ mode: 'incremental', written: 0 });
    expect(other!.json['syncId']).not.toBe(first!.json['syncId']);
  });

  it.each([
    ['no field to map', { fields: mapped({}, 'Id') }, 'Fields: no field is mapped'],
    [
      'a matching field without a column',
      { fields: mapped({ Name: 'name' }, 'Id') },
      'matching field Id has no column',
    ],
    ['mappings that are no JSON', { options: { mappings: '[{' } }, 'Mapping (JSON) is not JSON'],
    ['mappings that are no list', { options: { mappings: '{}' } }, 'Mapping (JSON) is not a list'],
    ['a path that is not absolute', { sqlitePath: 'crm.db' }, 'the path is not absolute'],
    ['a folder that is not there', { sqlitePath: '/no/such/folder/crm.db' }, 'its folder cannot be found'],
    ['a batch of no size', { options: { batchSize: 0 } }, 'batchSize'],
  ])('refuses %s and says so', async (_, changes, message) => {
    const error = await failure(syncState('refused', changes));
    expect(error).toBeInstanceOf(NodeOperationError);
    expect(error!.message).toContain(message);
    expect(fs.existsSync(path.join(folder.path, 'refused.db'))).toBe(false);
  });

  it('opens no file where n8n allows none', async () => {
    const error = await failure(syncState('blocked', {}, { allowedFolder: '/elsewhere' }));
    expect(error!.message).toContain('n8n does not allow access to it');
  });

  it('is held before it changes unusually much, and goes on when that is approved', async () => {
    await execute(syncState('held', { options: { syncId: 'held' } }));
    const fields = mapped({ Id: 'id', Name: 'name', Type: 'name2' }, 'Id');
    sqlite(path.join(folder.path, 'held.db'), 'ALTER TABLE accounts ADD COLUMN name2 TEXT;');
    const error = await failure(syncState('held', { fields, options: { syncId: 'held' } }));
    expect(error!.message).toMatch(/^The run was held: /);
    expect(error!.description).toContain('Approve Large Changes');
    const [approved] = await execute(syncState('held', { fields, options: { syncId: 'held', approve: true } }));
    expect(approved!.json).toMatchObject({ status: 'succeeded' });
    expect(approved!.json['updated']).toBeGreaterThan(300);
  });

  it('does not begin when the execution was cancelled', async () => {
    const error = await failure(syncState('cancelled', {}, { cancel: AbortSignal.abort() }));
    expect(error).toBeDefined();
    expect(fs.existsSync(path.join(folder.path, 'cancelled.db'))).toBe(false);
  });

  it('gives an error as an item with continue on fail', async () => {
    const items = await execute(syncState('continued', { fields: mapped({}, 'Id') }, { continueOnFail: true }));
    expect(items).toEqual([
      {
        json: { error: 'Fields: no field is mapped', details: 'Add the fields that the sync should move.' },
        pairedItem: { item: 0 },
      },
    ]);
  });
});

describe('the lists of the editor', () => {
  const { listSearch, loadOptions, resourceMapping } = node.methods;

  it('find objects by a part of their name', async () => {
    const { results } = await listSearch.searchObjects.call(choosing(state({})), 'invo');
    expect(results).toEqual([{ name: 'Invoice (Invoice__c)', value: 'Invoice__c' }]);
  });

  it('name fields with their types', async () => {
    const fields = await loadOptions.listFields.call(choosing(state({ object: byName('Account') })));
    expect(fields).toContainEqual({ name: 'Annual Revenue (currency 18,2)', value: 'AnnualRevenue' });
    expect(fields.map(({ value }) => value)).not.toContain(undefined);
  });

  it('begin a mapping with the key and the name, and match by external ids only', async () => {
    const fake = state({ object: byName('Account'), direction: 'fromSalesforce' });
    const { fields } = await resourceMapping.mappingRows.call(choosing(fake));
    expect(fields.filter(({ removed }) => !removed).map(({ id }) => id)).toEqual(['Id', 'Name']);
    expect(fields.filter(({ canBeUsedToMatch }) => canBeUsedToMatch).map(({ id }) => id)).toEqual(['Id', 'Ext__c']);
    expect(fields.find(({ id }) => id === 'Phone')).toMatchObject({ defaultValue: 'Phone', type: 'string' });
  });

  it('offer only what can be written for an upsert, with the widget that fits', async () => {
    const { fields } = await resourceMapping.itemRows.call(choosing(state({ object: byName('Account') })));
    const type = (name: string) => fields.find(({ id }) => id === name)?.type;
    expect([type('Name'), type('AnnualRevenue'), type('Industry'), type('CreatedDate')]).toEqual([
      'string',
      'number',
      'options',
      undefined,
    ]);
  });

  it('pass the error of the org on', async () => {
    const fake = state({ object: byName('Nonsense__c') });
    await expect(loadOptions.listFields.call(choosing(fake))).rejects.toThrow('Nonsense__c');
  });
});

describe('a poll of Data Sync Trigger', () => {
  const poll = async (fake: FakeState) => (await new DataSyncTrigger().poll.call(polling(fake)))?.[0] ?? [];
  const watching = (object: string, changes: Record<string, unknown> = {}): FakeState =>
    state({ object: byName(object), events: ['created', 'updated'], fieldNames: ['Name'], ...changes });

  it('keeps the token of a batch, and gives the batch again when the token was lost', async () => {
    const fake = watching('Account');
    expect(await poll(fake)).toEqual([]);
    await twin.mutate({ object: 'Account', update: 2 });
    const kept = structuredClone(fake.staticData);
    const given = await poll(fake);
    expect(given.map(({ json }) => json['event'])).toEqual(['updated', 'updated']);
    const restarted = { ...fake, staticData: kept };
    expect(await poll(restarted)).toEqual(given);
    expect(await poll(restarted)).toEqual([]);
  });

  it('passes events by that nobody asked for, and does not give them later', async () => {
    const fake = watching('Contact', { events: ['created'] });
    await poll(fake);
    await twin.mutate({ object: 'Contact', update: 3 });
    expect(await poll(fake)).toEqual([]);
    expect(await poll({ ...fake, parameters: { ...fake.parameters, events: ['created', 'updated'] } })).toEqual([]);
  });

  it('starts another feed when another object is chosen', async () => {
    const fake = watching('Account');
    await poll(fake);
    const feed = fake.staticData!['feed'];
    await poll({ ...fake, parameters: { ...fake.parameters, object: byName('Invoice__c') } });
    expect(fake.staticData!['feed']).not.toBe(feed);
  });

  it('shows records in a test and keeps nothing', async () => {
    const fake = watching('Account', { events: ['deleted'] });
    const shown = await poll({ ...fake, mode: 'manual', staticData: {} });
    expect(shown).toHaveLength(3);
    expect(shown[0]!.json).toMatchObject({ event: 'deleted', fields: { Name: expect.any(String) } });
  });
});
