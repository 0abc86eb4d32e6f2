// B8: inside a real n8n: items through the node Data Mapping, against n8n's own ways to map them. Everyone gets the
// same items of eight fields and gives the same ones; what counts is the time that n8n notes for the node itself.
//   Code           JavaScript over all items, in n8n's task runner
//   Edit Fields    one expression a field, in the legacy engine of expressions, the faster one with Edit Fields
import { PlainError } from '../../../scripts/command.mjs';
import { packageProduct } from '../../../scripts/package.mjs';
import { start as startN8n } from '../../../scripts/services/n8n.mjs';
import { interleave, timesBetter } from '../runner/interleave.mjs';
import { target } from '../runner/targets.mjs';

const asFields = 'Data Mapping, fields';
const asJson = 'Data Mapping, JSON';
const code = 'Code';
const editFields = 'Edit Fields';

/** Edit Fields takes minutes for 100,000. */
const peerRecords = 10_000;

export const items = {
  id: 'B8',
  name: 'items',
  title: 'inside n8n: items through Data Mapping, against Code and Edit Fields',
  async run({ repetitions, say }) {
    const tarball = process.env.DATA_SYNC_TEST_TARBALL ?? (await packageProduct()).tarball;
    const host = await startN8n({ tarball, env: { N8N_EXPRESSION_ENGINE: 'legacy' } });
    try {
      const contestants = [
        contestant(host, asFields, 100_000, fieldsNode),
        contestant(host, asJson, 100_000, jsonNode),
        contestant(host, code, 100_000, codeNode),
        contestant(host, editFields, peerRecords, editNode),
      ];
      const results = await interleave(contestants, Math.min(repetitions, 3), say);
      return { results, targets: targetsOf(results) };
    } finally {
      await host.stop();
    }
  },
};

function targetsOf(results) {
  const perRecord = (name) => {
    const { rate } = results.get(name);
    return { median: 1 / rate.median, min: 1 / rate.max, max: 1 / rate.min };
  };
  const against = (ours, peer, factor) =>
    target(`${ours}, against ${peer}`, 'at least', factor, timesBetter(perRecord(ours), perRecord(peer)), 'x');
  return [asFields, asJson].flatMap((ours) => [against(ours, code, 1), against(ours, editFields, 10)]);
}

/** What an item becomes: said in each contestant's way. `format` is the engine's, `script` JavaScript over `$json`. */
const fields = [
  { name: 'id', source: 'Id', script: '$json.Id' },
  { name: 'name', source: 'Name', choice: 'trim', format: { trim: true }, script: '$json.Name.trim()' },
  {
    name: 'email',
    source: 'Email',
    choice: 'lower',
    format: { case: 'lower' },
    script: '$json.Email.toLowerCase()',
  },
  { name: 'phone', source: 'Phone', script: '$json.Phone' },
  { name: 'city', source: 'City', choice: 'upper', format: { case: 'upper' }, script: '$json.City.toUpperCase()' },
  { name: 'country', source: 'Country', script: '$json.Country' },
  { name: 'amount', source: 'Amount', choice: 'number', format: { number: true }, script: 'Number($json.Amount)' },
  { name: 'note', source: 'Note', script: '$json.Note' },
];

/** Runs inside of n8n: items that differ from each other. */
const itemsOf = (records) => `
  const items = [];
  for (let n = 0; n < ${records}; ++n)
    items.push({ json: {
      Id: '001' + String(n).padStart(15, '0'), Name: ' Person number ' + n + ' ', Email: 'Person.' + n + '@Example.COM',
      Phone: '+4930' + (1000000 + n), City: 'Frankfurt am Main', Country: 'DE', Amount: (n * 1.25).toFixed(2),
      Note: 'The quick brown fox jumps over the lazy dog, for the ' + n + 'th time',
    } });
  return items;`;

/** All fields as members of an object. */
const members = fields.map(({ name, script }) => `${name}: ${script}`).join(', ');

const codeOf = (name, jsCode) => ({ name, type: 'n8n-nodes-base.code', typeVersion: 2, parameters: { jsCode } });

function fieldsNode() {
  const mapped = fields.map(({ name, source }) => [name, `={{ $json.${source} }}`]);
  const rules = fields.flatMap(({ name, choice }) => (choice ? [{ field: name, transformation: choice }] : []));
  return mappingNode({
    mode: 'fields',
    targetFields: fields.map(({ name }) => name).join(', '),
    values: { mappingMode: 'defineBelow', value: Object.fromEntries(mapped), matchingColumns: [], schema: [] },
    rules: { field: rules.map((rule) => ({ ...rule, onError: 'fail_record' })) },
  });
}

function jsonNode() {
  const fieldMappings = fields.map(({ name, source, format }) => ({
    source,
    target: name,
    ...(format && { transformation: { type: 'format', params: format }, onError: 'fail_record' }),
  }));
  return mappingNode({ mode: 'json', mapping: JSON.stringify({ fieldMappings }) });
}

function mappingNode(parameters) {
  return { name: 'Map', type: 'n8n-nodes-data-sync.dataMapping', parameters: { ...parameters, options: {} } };
}

function codeNode() {
  return codeOf('Map', `return $input.all().map(({ json: $json }) => ({ json: { ${members} } }));`);
}

function editNode() {
  const assignments = fields.map(({ name, script }) => ({
    id: name,
    name,
    type: name === 'amount' ? 'number' : 'string',
    value: `={{ ${script} }}`,
  }));
  const parameters = { assignments: { assignments }, options: {} };
  return { name: 'Map', type: 'n8n-nodes-base.set', typeVersion: 3.4, parameters };
}

/** Of all items, so that a lost or mixed-up one shows. */
const digestOf = `(items) => {
  let digest = 0;
  for (const { json } of items)
    for (const character of JSON.stringify(Object.entries(json).sort()))
      digest = (digest * 31 + character.codePointAt(0)) >>> 0;
  return digest;
}`;
const digestNode = codeOf(
  'Digest',
  `return [{ json: { digest: (${digestOf})($input.all()), items: $input.all().length } }];`,
);

/** The digest that everyone has to come to: of the same scripts, run here. */
function expectedDigest(records) {
  const run = (script, ...names) => new Function(...names, script);
  const map = run(`return { ${members} };`, '$json');
  return run(`return ${digestOf};`)()(run(itemsOf(records))().map(({ json }) => ({ json: map(json) })));
}

/** A workflow of its own for every run, called by its webhook. */
function contestant(host, name, records, node) {
  let round = 0;
  const run = async () => {
    const path = `${name.replaceAll(/\W+/g, '-')}-${++round}`;
    const webhook = {
      name: 'Webhook',
      type: 'n8n-nodes-base.webhook',
      typeVersion: 2.1,
      webhookId: path,
      parameters: { httpMethod: 'POST', path, responseMode: 'lastNode', responseData: 'firstEntryJson' },
    };
    const id = await host.workflow(path, [webhook, codeOf('Make', itemsOf(records)), node(), digestNode]);
    await host.activate(id);
    const { status, body } = await host.webhook(path, {});
    await host.deactivate(id);
    const { error, runData } = (await host.executions(id)).at(-1).data.resultData;
    if (status !== 200) throw new PlainError(`${name}: ${error.message} ${error.description ?? ''}`);
    const wallSeconds = runData.Map[0].executionTime / 1000;
    return { records, wallSeconds, cpuSeconds: wallSeconds, verified: verify(name, records, body) };
  };
  return { name, run };
}

function verify(name, records, { digest, items: count }) {
  if (count !== records || digest !== expectedDigest(records))
    throw new PlainError(`${name} gave other items: ${count}, ${digest}`);
  return 'all items, by digest';
}
