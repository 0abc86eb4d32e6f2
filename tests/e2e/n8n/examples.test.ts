import * as fs from 'node:fs';
import * as path from 'node:path';

import { projectFolder } from '../support/processes';
import { dropDatabase, freshDatabase, postgres } from '../support/tables';
import { postgresLogin } from './support/databases';
import { type Host, startHost } from './support/host';

const server = process.env['DATA_SYNC_TEST_PG']!;
const database = 'n8n_examples';
let host: Host;
let target: string;

beforeAll(async () => {
  target = freshDatabase(server, database);
  host = await startHost(['--objects', 'Account=300,Contact=20']);
}, 600_000);

afterAll(async () => {
  await host.stop();
  dropDatabase(server, database);
});

/** Imports an example as the editor does, with the credentials that a person would choose. */
async function imported(name: string): Promise<string> {
  const file = path.join(projectFolder, 'examples', 'n8n', name);
  const workflow = JSON.parse(fs.readFileSync(file, 'utf8')) as { name: string; nodes: any[] };
  const databaseLogin = await host.n8n.credential('postgres', postgresLogin(target));
  for (const node of workflow.nodes.filter(({ type }) => type.startsWith('n8n-nodes-data-sync.'))) {
    if (node.parameters.authentication) node.parameters.authentication = 'clientCredentials';
    node.credentials = { ...host.credentials, ...(node.parameters.database ? { postgres: databaseLogin } : {}) };
  }
  return (await host.n8n.api('POST', 'workflows', workflow)).id as string;
}

it('brings Accounts to PostgreSQL', async () => {
  const id = await imported('accounts-to-postgresql.json');
  const execution = await host.n8n.finished(await host.n8n.runAsEditor(id, 'Every 15 Minutes'));
  expect(execution.data.resultData.error).toBeUndefined();
  expect(host.n8n.output(execution, 'Sync Accounts')[0]!.json).toMatchObject({ status: 'succeeded', created: 300 });
  expect(host.n8n.output(execution, 'Were Records Rejected?', 1)).toHaveLength(1);
  expect(postgres(target, 'SELECT count(*), count(annual_revenue) > 0 FROM accounts')).toBe('300|t');
});

it('gives changed contacts', async () => {
  const id = await imported('changed-contacts.json');
  const execution = await host.n8n.finished(await host.n8n.runAsEditor(id, 'When Contacts Change'));
  expect(execution.data.resultData.error).toBeUndefined();
  const contacts = host.n8n.output(execution, 'Contact Is There').map(({ json }) => json);
  expect(contacts.length).toBeGreaterThan(0);
  const org = await host.twin.dump('Contact');
  for (const { contactId, email } of contacts) expect(email).toBe(org.get(contactId)!['Email']);
});

it('cleans two lists and makes one of them', async () => {
  const id = await imported('clean-and-merge.json');
  const execution = await host.n8n.finished(await host.n8n.runAsEditor(id, 'Start'));
  expect(execution.data.resultData.error).toBeUndefined();
  const rows = (node: string, index = 0) => host.n8n.output(execution, node, index).map(({ json }) => json);
  expect(rows('Clean CRM', 1).map((row) => row._rejected.field)).toEqual(['email']);
  expect(rows('Make One')).toEqual([{ email: 'ada@example.com', name: 'Ada Lovelace', phone: '+442079460018' }]);
  expect(rows('Make One', 1)).toEqual([{ email: 'bob@b.org', _review: [expect.objectContaining({ field: 'name' })] }]);
});
