// B7: inside a real n8n: records through the Salesforce Sync node, against HTTP Request + Split Out + Edit Fields.
// Ours writes into an SQLite table with all guarantees; the peer reads and maps, and writes nowhere at all.
import { join } from 'node:path';
import { PlainError } from '../../../scripts/command.mjs';
import { packageProduct } from '../../../scripts/package.mjs';
import { start as startN8n } from '../../../scripts/services/n8n.mjs';
import { objectName } from '../data/mapping.mjs';
import { Watch } from '../runner/n8n_watch.mjs';
import { interleave, timesBetter } from '../runner/interleave.mjs';
import { textOf } from '../runner/programs.mjs';
import { startResponder } from '../runner/responder.mjs';
import { target } from '../runner/targets.mjs';

const [syncNode, editFields] = ['Salesforce Sync node', 'HTTP Request + Edit Fields'];
const credentialType = 'dataSyncSalesforceClientCredentialsApi';
/** The legacy engine of expressions is the faster one with Edit Fields. */
const fields = [
  'Id',
  'Name',
  'Account_Reference_Number__c',
  'Industry',
  'Switchboard_Phone_Number__c',
  'Company_Website_Address__c',
  'Headquarters_Billing_City__c',
  'Account_Description_Long__c',
];
const peerRecords = 10_000;
const pageRecords = 2000;
const megabytesMax = 120;
const delayMsMax = 20;

export const n8n = {
  id: 'B7',
  name: 'n8n',
  title: 'inside n8n: the node against HTTP Request and Edit Fields',
  async run({ data, repetitions, say }) {
    const source = await startResponder(data, { threads: 1 });
    const tarball = process.env.DATA_SYNC_TEST_TARBALL ?? (await packageProduct()).tarball;
    const host = await startN8n({ tarball, env: { N8N_EXPRESSION_ENGINE: 'legacy' } });
    try {
      const contestants = [await ours(host, source, 100_000), theirs(host, source, peerRecords)];
      const results = await interleave(contestants, Math.min(repetitions, 3), say);
      return { results, targets: targetsOf(results) };
    } finally {
      await Promise.all([host.stop(), source.stop()]);
    }
  },
};

function targetsOf(results) {
  const [own, peer] = [results.get(syncNode), results.get(editFields)];
  const most = (value) => {
    const values = own.runs.map(value);
    return { median: Math.max(...values), min: Math.min(...values), max: Math.max(...values) };
  };
  return [
    target(
      'CPU per record, against HTTP Request + Edit Fields',
      'at least',
      300,
      timesBetter(own.cpuPerMillion, peer.cpuPerMillion),
      'x',
    ),
    target(
      'growth of n8n, 100,000 records',
      'at most',
      megabytesMax,
      most(({ grownMb }) => grownMb),
      'MB',
    ),
    target(
      'answer of n8n meanwhile, 99th percentile',
      'at most',
      delayMsMax,
      most(({ answerMs }) => answerMs),
      'ms',
    ),
  ];
}

const webhook = (path) => ({
  name: 'Webhook',
  type: 'n8n-nodes-base.webhook',
  typeVersion: 2.1,
  webhookId: path,
  parameters: { httpMethod: 'POST', path, responseMode: 'lastNode', responseData: 'firstEntryJson' },
});

const byName = (value) => ({ __rl: true, mode: 'name', value });

async function ours(host, source, records) {
  const login = { loginUrl: source.url, clientId: 'twin-client', clientSecret: 'twin-secret' };
  const credentials = { [credentialType]: await host.credential(credentialType, login) };
  let round = 0;
  return contestant(host, source, syncNode, records, () => {
    const file = join(host.userFolder, `bench-${++round}.db`);
    const parameters = {
      authentication: 'clientCredentials',
      resource: 'sync',
      operation: 'run',
      direction: 'fromSalesforce',
      database: 'sqlite',
      sqlitePath: file,
      object: byName(objectName),
      table: byName('accounts'),
      fields: {
        mappingMode: 'defineBelow',
        value: Object.fromEntries(fields.map((name) => [name, name.toLowerCase()])),
        matchingColumns: ['Id'],
        schema: [],
      },
      options: { batchSize: 2000 },
    };
    const sync = { name: 'Sync', type: 'n8n-nodes-data-sync.salesforceSync', credentials, parameters };
    const check = async ({ body }) => {
      const count = await textOf('sqlite3', [file, 'SELECT count(DISTINCT id) FROM accounts']);
      if (body.created !== records || Number(count) !== records)
        throw new PlainError(`${JSON.stringify(body)} ${count}`);
      return 'all keys, in the table';
    };
    return { nodes: [sync], check };
  });
}

function theirs(host, source, records) {
  const locator = `${source.url}/services/data/v66.0/query/0r8000000000001-`;
  const pages = Array.from({ length: records / pageRecords }, (_, page) => `${locator}${page * pageRecords}`);
  const each = {
    name: 'Pages',
    type: 'n8n-nodes-base.splitOut',
    typeVersion: 1,
    parameters: { fieldToSplitOut: 'body.pages', options: { destinationFieldName: 'url' } },
  };
  const read = {
    name: 'Read',
    type: 'n8n-nodes-base.httpRequest',
    typeVersion: 4.2,
    parameters: { url: '={{ $json.url }}', options: {} },
  };
  const split = {
    name: 'Split',
    type: 'n8n-nodes-base.splitOut',
    typeVersion: 1,
    parameters: { fieldToSplitOut: 'records', options: {} },
  };
  const assignments = fields.map((name) => ({
    id: name,
    name: name.toLowerCase(),
    type: 'string',
    value: `={{ $json.${name} }}`,
  }));
  const map = {
    name: 'Map',
    type: 'n8n-nodes-base.set',
    typeVersion: 3.4,
    parameters: { assignments: { assignments }, options: {} },
  };
  const last = { name: 'Last', type: 'n8n-nodes-base.limit', typeVersion: 1, parameters: { maxItems: 1 } };
  return contestant(host, source, editFields, records, () => {
    const check = async ({ id }) => {
      const execution = (await host.executions(id)).at(-1);
      const keys = new Set(host.output(execution, 'Map').map(({ json }) => json.id));
      if (keys.size !== records) throw new PlainError(`Edit Fields gave ${keys.size} of ${records} records`);
      return 'all keys, in the items';
    };
    return { nodes: [each, read, split, map, last], body: { pages }, check };
  });
}

/** A workflow of its own for every run, called by its webhook and watched from outside. */
function contestant(host, source, name, records, prepare) {
  let round = 0;
  const run = async () => {
    const path = `${name.replaceAll(/\W+/g, '-')}-${++round}`;
    await source.set({ records });
    const { nodes, body: input, check } = await prepare();
    const id = await host.workflow(path, [webhook(path), ...nodes]);
    await host.activate(id);
    // The first answer may be that the webhook is not open yet, so it is asked without running anything.
    const watch = await Watch.start(host);
    const { status, body } = await host.webhook(path, input);
    const usage = await watch.stop();
    await host.deactivate(id);
    if (status !== 200) {
      const { error } = (await host.executions(id)).at(-1).data.resultData;
      throw new PlainError(`${name}: ${error.message} ${error.description ?? ''}`);
    }
    return { ...usage, records, verified: await check({ id, body }) };
  };
  return { name, run };
}
