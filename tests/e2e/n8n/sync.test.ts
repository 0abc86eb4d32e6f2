import { expectSqliteEqualsOrg } from '../support/compare';
import { sqlite } from '../support/tables';
import { clientCredentials, clientLogin, type Host, mapped, startHost, syncNode, webhook } from './support/host';

const accounts = 1200;
let host: Host;

beforeAll(async () => {
  host = await startHost(['--objects', `Account=${accounts}`]);
}, 600_000);

afterAll(() => host.stop());

/** Makes a workflow of a webhook and these nodes, calls it once, and gives the answer and the execution. */
async function call(name: string, nodes: Parameters<Host['n8n']['workflow']>[1], body: unknown = {}) {
  const id = await host.n8n.workflow(name, [webhook(name), ...nodes]);
  await host.n8n.activate(id);
  const answer = await host.n8n.webhook(name, body);
  const execution = (await host.n8n.executions(id)).at(-1);
  return { id, answer, execution };
}

it('loads every node, and each that acts as a tool too', async () => {
  const types = (await host.n8n.rest('GET', '/types/nodes.json')) as { name: string }[];
  const ours = types.map(({ name }) => name).filter((name) => name.startsWith('n8n-nodes-data-sync.'));
  expect(ours.sort()).toEqual([
    'n8n-nodes-data-sync.conflictResolution',
    'n8n-nodes-data-sync.conflictResolutionTool',
    'n8n-nodes-data-sync.dataMapping',
    'n8n-nodes-data-sync.dataMappingTool',
    'n8n-nodes-data-sync.dataSyncTrigger',
    'n8n-nodes-data-sync.salesforceSync',
    'n8n-nodes-data-sync.salesforceSyncTool',
  ]);
});

it('tests a credential by a login, and tells why one is refused', async () => {
  const login = clientLogin(host.twin);
  expect((await host.n8n.testCredential(clientCredentials, login)).status).toBe('OK');
  const refused = await host.n8n.testCredential(clientCredentials, { ...login, clientSecret: 'wrong' });
  expect(refused.status).toBe('Error');
  expect(refused.message).toMatch(/invalid_client/);
  expect(refused.message).not.toContain('wrong');
});

it('runs a sync from a webhook and gives one item with the counts', async () => {
  const file = host.file('webhook.db');
  const { answer, execution } = await call('webhook', [syncNode(host, file)]);
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual([
    expect.objectContaining({ status: 'succeeded', mode: 'full', read: accounts, created: accounts, rejected: 0 }),
  ]);
  expect(host.n8n.output(execution, 'Sync')[0]!.pairedItem).toEqual({ item: 0 });
  const columns: [string, string][] = [
    ['Id', 'id'],
    ['Name', 'name'],
    ['Phone', 'phone'],
  ];
  await expectSqliteEqualsOrg(host.twin, 'Account', file, 'accounts', columns);
});

it('reads in its second run only what changed', async () => {
  const file = host.file('again.db');
  const { id } = await call('again', [syncNode(host, file, { options: { deletes: 'hard' } })]);
  await host.twin.mutate({ object: 'Account', update: 20, delete: 3 });
  const { body } = await host.n8n.webhook('again');
  expect(body).toEqual([
    expect.objectContaining({ status: 'succeeded', mode: 'incremental', updated: 20, deleted: 3 }),
  ]);
  expect(Number(sqlite(file, 'SELECT count(*) FROM accounts'))).toBe(accounts - 3);
  const executions = await host.n8n.executions(id);
  const ids = executions.map((execution) => host.n8n.output(execution, 'Sync')[0]!.json.syncId as string);
  expect(new Set(ids).size).toBe(1);
});

it('runs as the button of the editor runs it', async () => {
  const file = host.file('editor.db');
  const trigger = { name: 'Start', type: 'n8n-nodes-base.manualTrigger' };
  const id = await host.n8n.workflow('by hand', [trigger, syncNode(host, file)]);
  const execution = await host.n8n.finished(await host.n8n.runAsEditor(id, 'Start'));
  expect(execution.status).toBe('success');
  expect(host.n8n.output(execution, 'Sync')[0]!.json).toMatchObject({ status: 'succeeded' });
});

it('previews without writing', async () => {
  const file = host.file('preview.db');
  const { answer } = await call('preview', [syncNode(host, file, { operation: 'preview' })]);
  expect(answer.body[0]).toMatchObject({ status: 'planned', differences: expect.any(Array) });
  expect(answer.body[0].created).toBeGreaterThan(0);
  expect(sqlite(file, 'SELECT count(*) FROM sqlite_master')).toBe('0');
});

it('names the field and the fix of a wrong parameter', async () => {
  const fields = mapped({ Id: 'id', Nonsense__c: 'x' }, 'Id');
  const { answer, execution } = await call('wrong', [syncNode(host, host.file('wrong.db'), { fields })]);
  expect(answer.status).toBe(500);
  const { error } = execution.data.resultData;
  expect(error.message).toContain('Nonsense__c');
  expect(error.description).toMatch(/Correct the parameter/);
  expect(error.node.name).toBe('Sync');
});

it('opens no file outside of the folder that n8n allows', async () => {
  const { answer, execution } = await call('outside', [syncNode(host, '/var/tmp/outside.db')]);
  expect(answer.status).toBe(500);
  expect(execution.data.resultData.error.message).toContain('n8n does not allow access');
});

it('goes on with the error as an item where the workflow says so', async () => {
  const fields = mapped({ Id: 'id', Nonsense__c: 'x' }, 'Id');
  const node = { ...syncNode(host, host.file('goes-on.db'), { fields }), onError: 'continueRegularOutput' };
  const { answer } = await call('goes-on', [node]);
  expect(answer.status).toBe(200);
  expect(answer.body[0].error).toContain('Nonsense__c');
});

it('sends the error to the error output, with the item it came from', async () => {
  const fields = mapped({ Id: 'id', Nonsense__c: 'x' }, 'Id');
  const node = { ...syncNode(host, host.file('error-output.db'), { fields }), onError: 'continueErrorOutput' };
  const { execution } = await call('error-output', [node]);
  expect(host.n8n.output(execution, 'Sync', 0)).toEqual([]);
  const [item] = host.n8n.output(execution, 'Sync', 1);
  expect(item!.json.error).toContain('Nonsense__c');
  expect(item!.pairedItem).toEqual({ item: 0 });
});
