// B7: inside a real n8n: records through the Salesforce Sync node, against pipelines of n8n's own nodes. Ours writes
// into an SQLite table with all guarantees. The peers read the same pages by HTTP Request; then
//   Edit Fields            maps, and nothing is written at all
//   Edit Fields + HTTP     maps, and an HTTP Request writes each item, as n8n's own Salesforce node does
//   Code + HTTP            JavaScript maps all items and packs them, an HTTP Request writes 200 at a time
import { join } from 'node:path';
import { PlainError } from '../../../scripts/command.mjs';
import { packageProduct } from '../../../scripts/package.mjs';
import { start as startN8n } from '../../../scripts/services/n8n.mjs';
import { keyField, objectName, recordsPerCall } from '../data/mapping.mjs';
import { Watch } from '../runner/n8n_watch.mjs';
import { interleave, timesBetter } from '../runner/interleave.mjs';
import { textOf } from '../runner/programs.mjs';
import { startResponder } from '../runner/responder.mjs';
import { target } from '../runner/targets.mjs';

const syncNode = 'Salesforce Sync node';
const editFields = 'HTTP Request + Edit Fields';
const editAndWrite = 'HTTP Request + Edit Fields + HTTP';
const codeAndWrite = 'HTTP Request + Code + HTTP';
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
/** Edit Fields takes minutes for 100,000, and more memory than most n8n have. */
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
      const contestants = [
        await ours(host, source, 100_000),
        editing(host, source, peerRecords),
        editingAndWriting(host, source, peerRecords),
        coding(host, source, 100_000),
      ];
      const results = await interleave(contestants, Math.min(repetitions, 3), say);
      return { results, targets: targetsOf(results) };
    } finally {
      await Promise.all([host.stop(), source.stop()]);
    }
  },
};

function targetsOf(results) {
  const own = results.get(syncNode);
  const cpuAgainst = (peer, factor) =>
    target(
      `CPU per record, against ${peer}`,
      'at least',
      factor,
      timesBetter(own.cpuPerMillion, results.get(peer).cpuPerMillion),
      'x',
    );
  const most = (value) => {
    const values = own.runs.map(value);
    return { median: Math.max(...values), min: Math.min(...values), max: Math.max(...values) };
  };
  return [
    cpuAgainst(editAndWrite, 300),
    cpuAgainst(codeAndWrite, 50),
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

/** Nodes that read all pages of the org, one item a page. Their input: {pages: addresses}. */
const readNodes = [
  {
    name: 'Pages',
    type: 'n8n-nodes-base.splitOut',
    typeVersion: 1,
    parameters: { fieldToSplitOut: 'body.pages', options: { destinationFieldName: 'url' } },
  },
  {
    name: 'Read',
    type: 'n8n-nodes-base.httpRequest',
    typeVersion: 4.2,
    parameters: { url: '={{ $json.url }}', options: {} },
  },
];
const splitNode = {
  name: 'Split',
  type: 'n8n-nodes-base.splitOut',
  typeVersion: 1,
  parameters: { fieldToSplitOut: 'records', options: {} },
};
const lastNode = { name: 'Last', type: 'n8n-nodes-base.limit', typeVersion: 1, parameters: { maxItems: 1 } };

/** Edit Fields with one expression a field. `key`: name that the field Id gets. */
function mapNode(key) {
  const assignments = fields.map((name) => ({
    id: name,
    name: name === 'Id' ? key : name.toLowerCase(),
    type: 'string',
    value: `={{ $json.${name} }}`,
  }));
  return {
    name: 'Map',
    type: 'n8n-nodes-base.set',
    typeVersion: 3.4,
    parameters: { assignments: { assignments }, options: {} },
  };
}

/** Upserts what `records`, an expression, gives for an item. */
const writeNode = (source, records) => ({
  name: 'Write',
  type: 'n8n-nodes-base.httpRequest',
  typeVersion: 4.2,
  parameters: {
    method: 'PATCH',
    url: `${source.url}/services/data/v66.0/composite/sobjects/${objectName}/${keyField}`,
    sendBody: true,
    specifyBody: 'json',
    jsonBody: `={{ { allOrNone: false, records: ${records} } }}`,
    options: {},
  },
});

function pagesOf(source, records) {
  const locator = `${source.url}/services/data/v66.0/query/0r8000000000001-`;
  return Array.from({ length: records / pageRecords }, (_, page) => `${locator}${page * pageRecords}`);
}

function editing(host, source, records) {
  return contestant(host, source, editFields, records, () => {
    const check = async ({ id }) => {
      const execution = (await host.executions(id)).at(-1);
      const keys = new Set(host.output(execution, 'Map').map(({ json }) => json.id));
      if (keys.size !== records) throw new PlainError(`Edit Fields gave ${keys.size} of ${records} records`);
      return 'all keys, in the items';
    };
    const nodes = [...readNodes, splitNode, mapNode('id'), lastNode];
    return { nodes, body: { pages: pagesOf(source, records) }, check };
  });
}

function editingAndWriting(host, source, records) {
  const nodes = [...readNodes, splitNode, mapNode(keyField), writeNode(source, '[$json]'), lastNode];
  return writing(host, source, editAndWrite, records, nodes);
}

function coding(host, source, records) {
  const jsCode = `
    const records = $input.all().flatMap(({ json }) => json.records).map((record) => ({
      ${fields.map((name) => `${name === 'Id' ? keyField : name.toLowerCase()}: record.${name}`).join(', ')},
    }));
    const out = [];
    for (let at = 0; at < records.length; at += ${recordsPerCall})
      out.push({ json: { records: records.slice(at, at + ${recordsPerCall}) } });
    return out;`;
  const code = { name: 'Code', type: 'n8n-nodes-base.code', typeVersion: 2, parameters: { jsCode } };
  const nodes = [...readNodes, code, writeNode(source, '$json.records'), lastNode];
  return writing(host, source, codeAndWrite, records, nodes);
}

function writing(host, source, name, records, nodes) {
  return contestant(host, source, name, records, () => {
    const check = async () => {
      const { distinct } = await source.stats();
      if (distinct !== records) throw new PlainError(`${name} wrote ${distinct} of ${records} records`);
      return 'all keys, in the org';
    };
    return { nodes, body: { pages: pagesOf(source, records) }, check };
  });
}

/** A workflow of its own for every run, called by its webhook and watched from outside. */
function contestant(host, source, name, records, prepare) {
  let round = 0;
  const run = async () => {
    const path = `${name.replaceAll(/\W+/g, '-')}-${++round}`;
    await source.set({ records, forget: 1 });
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
