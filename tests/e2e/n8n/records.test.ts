import { sqlite } from '../support/tables';
import { byName, type Host, mapped, nodeTypes, startHost, syncNode, webhook } from './support/host';

let host: Host;

beforeAll(async () => {
  host = await startHost(['--objects', 'Account=300']);
}, 600_000);

afterEach(() => host.twin.clearFaults());

afterAll(() => host.stop());

function node(operation: string, parameters: Record<string, any>) {
  return {
    name: 'Records',
    type: nodeTypes.sync,
    credentials: host.credentials,
    parameters: { authentication: 'clientCredentials', operation, object: byName('Account'), ...parameters },
  };
}

/** Takes the list in the body of the webhook apart into items. */
const split = {
  name: 'Split',
  type: 'n8n-nodes-base.splitOut',
  parameters: { fieldToSplitOut: 'body.rows', options: {} },
};

async function call(name: string, nodes: Parameters<Host['n8n']['workflow']>[1], body: unknown = {}) {
  const id = await host.n8n.workflow(name, [webhook(name), ...nodes]);
  await host.n8n.activate(id);
  const answer = await host.n8n.webhook(name, body);
  return { answer, execution: (await host.n8n.executions(id)).at(-1) };
}

it('gives records as items, as many as the limit says', async () => {
  const parameters = { resource: 'record', fieldNames: ['Id', 'Name', 'AnnualRevenue'], limit: 7 };
  const { answer } = await call('get', [node('getRecords', parameters)]);
  expect(answer.body).toHaveLength(7);
  const org = await host.twin.dump('Account');
  for (const record of answer.body) expect(record.Name).toBe(org.get(record.Id)!['Name']);
  expect(Object.keys(answer.body[0])).toEqual(['Id', 'Name', 'AnnualRevenue']);
});

it('gives all fields where none is chosen', async () => {
  const { answer } = await call('get-all', [node('getRecords', { resource: 'record', limit: 1 })]);
  expect(Object.keys(answer.body[0])).toEqual(expect.arrayContaining(['Id', 'Name', 'Phone', 'SystemModstamp']));
});

it('upserts one record for each item and pairs the results', async () => {
  const values = mapped(
    { Ext__c: '={{ $json.key }}', Name: '={{ $json.name }}', Phone: '={{ "+" + $json.phone }}' },
    'Ext__c',
  );
  const rows = [
    { key: 'N8N-1', name: 'Ada', phone: '1' },
    { key: 'N8N-2', name: 'Grace', phone: '2' },
  ];
  const upsert = node('upsertItems', { resource: 'record', values });
  const { answer, execution } = await call('upsert', [split, upsert], { rows });
  expect(answer.body.map((row: any) => [row.key, row.outcome])).toEqual([
    ['N8N-1', 'created'],
    ['N8N-2', 'created'],
  ]);
  expect(host.n8n.output(execution, 'Records').map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
  const org = await host.twin.dump('Account');
  const written = answer.body.map((row: any) => org.get(row.id)!);
  expect(written.map((row: any) => [row.Ext__c, row.Name, row.Phone])).toEqual([
    ['N8N-1', 'Ada', '+1'],
    ['N8N-2', 'Grace', '+2'],
  ]);
});

it('writes the good items and sends the refused one to the error output', async () => {
  const values = mapped({ Ext__c: '={{ $json.key }}', Name: '={{ $json.name }}' }, 'Ext__c');
  const upsert = { ...node('upsertItems', { resource: 'record', values }), onError: 'continueErrorOutput' };
  const rows = [
    { key: 'N8N-3', name: 'Good' },
    { key: 'N8N-4', name: 'x'.repeat(300) },
    { key: 'N8N-5', name: 'Good too' },
  ];
  const { execution } = await call('refused', [split, upsert], { rows });
  expect(host.n8n.output(execution, 'Records', 0).map(({ json }) => json.key)).toEqual(['N8N-3', 'N8N-5']);
  const [refused] = host.n8n.output(execution, 'Records', 1);
  expect(refused!.pairedItem).toEqual({ item: 1 });
  expect(refused!.json).toMatchObject({
    error: expect.stringContaining('data value too large'),
    details: { outcome: 'rejected', key: 'N8N-4', code: 'STRING_TOO_LONG', field: 'Name' },
  });
});

it('fails with the item, the field and the code when a record is refused and nothing catches it', async () => {
  const values = mapped({ Ext__c: '={{ $json.key }}', Name: '={{ $json.name }}' }, 'Ext__c');
  const rows = [
    { key: 'N8N-6', name: 'Good' },
    { key: 'N8N-7', name: 'x'.repeat(300) },
  ];
  const { answer, execution } = await call('fails', [split, node('upsertItems', { resource: 'record', values })], {
    rows,
  });
  expect(answer.status).toBe(500);
  const { error } = execution.data.resultData;
  expect(error.description).toMatch(/Field: Name\. Code: STRING_TOO_LONG\./);
  expect(error.context.itemIndex).toBe(1);
});

it('tells the status of a sync and replays what it rejected', async () => {
  const file = host.file('rejected.db');
  const toSalesforce = (operation: string) =>
    syncNode(host, file, {
      operation,
      direction: 'toSalesforce',
      fields: mapped({ Ext__c: 'key', Name: 'name' }, 'Ext__c'),
      table: byName('people'),
    });
  sqlite(
    file,
    `CREATE TABLE people (key TEXT PRIMARY KEY, name TEXT);
    INSERT INTO people VALUES ('P-1', 'Ada'), ('P-2', '${'x'.repeat(300)}');`,
  );
  const { answer } = await call('into-salesforce', [toSalesforce('run')]);
  const [report] = answer.body;
  expect(report).toMatchObject({ status: 'succeeded', read: 2, created: 1, rejected: 1 });
  expect(report.rejectedRecords).toEqual([expect.objectContaining({ sourceKey: 'P-2', field: 'Name' })]);

  const history = (name: string, operation: string) =>
    call(name, [
      { name: 'History', type: nodeTypes.sync, parameters: { operation, syncId: byName(report.syncId), limit: 10 } },
    ]);
  const rejected = (await history('get-rejected', 'getRejected')).answer.body;
  expect(rejected).toEqual([expect.objectContaining({ sourceKey: 'P-2', code: report.rejectedRecords[0].code })]);
  expect((await history('status', 'getStatus')).answer.body).toEqual([
    expect.objectContaining({ runId: report.runId, status: 'succeeded', rejectedNow: 1 }),
  ]);

  // The org takes longer names now, so what was rejected can be written.
  const longer = { field: 'Name', type: 'string', length: 400 };
  await host.twin.control('POST', 'schema', { object: 'Account', changeType: longer });
  const replayed = (await call('replay', [toSalesforce('replayRejected')])).answer.body;
  expect(replayed).toEqual([expect.objectContaining({ status: 'succeeded', rejected: 0 })]);
  const org = [...(await host.twin.dump('Account')).values()];
  expect(org.find((row) => row['Ext__c'] === 'P-2')!['Name']).toBe('x'.repeat(300));
});
