// Nodes that work on the items that pass: Data Mapping, and Conflict Resolution over two branches.
import { type N8n, n8nServices, nodeTypes, tarball, webhook } from './support/host';

let n8n: N8n;

beforeAll(async () => {
  n8n = await (await n8nServices()).start({ tarball: tarball() });
}, 600_000);

afterAll(() => n8n.stop());

const split = (name: string, field: string) => ({
  name,
  type: 'n8n-nodes-base.splitOut',
  parameters: { fieldToSplitOut: `body.${field}`, options: {} },
});
const mapping = (parameters: Record<string, any>, more: object = {}) => ({
  name: 'Map',
  type: nodeTypes.mapping,
  parameters: { options: {}, ...parameters },
  ...more,
});
const plain = (execution: any, node: string, index = 0) => n8n.output(execution, node, index).map(({ json }) => json);

async function call(name: string, nodes: Parameters<N8n['workflow']>[1], body: unknown, more: object = {}) {
  const id = await n8n.workflow(name, [webhook(name), ...nodes], more);
  await n8n.activate(id);
  const answer = await n8n.webhook(name, body);
  return { answer, execution: (await n8n.executions(id)).at(-1) };
}

const rows = [
  { key: 1, name: ' Ada  Lovelace ', amount: '1.5' },
  { key: 2, amount: '2' },
  { key: 3, name: 'Bob', amount: 'many' },
  { key: 4, name: 'Eve', amount: '12.345' },
];

it('maps all items, and sends rejected ones to their own output with the reason', async () => {
  const parameters = {
    mode: 'fields',
    targetFields: 'name, amount, kind',
    values: {
      mappingMode: 'defineBelow',
      value: { name: '={{ $json.name }}', amount: '={{ $json.amount }}', kind: '={{ "row " + $json.key }}' },
      matchingColumns: [],
      schema: [],
    },
    rules: {
      field: [
        { field: 'name', transformation: 'squash', required: true, onError: 'fail_record' },
        { field: 'amount', transformation: 'number2', onError: 'fail_record' },
      ],
    },
  };
  // A node behind looks back at the item that each result was made of.
  const back = {
    name: 'Back',
    type: 'n8n-nodes-base.set',
    typeVersion: 3.4,
    parameters: {
      assignments: {
        assignments: [{ id: 'k', name: 'key', type: 'number', value: "={{ $('Split').item.json.key }}" }],
      },
      options: {},
    },
  };
  const { answer, execution } = await call('map', [split('Split', 'rows'), mapping(parameters), back], { rows });
  expect(answer.body).toEqual([{ key: 1 }, { key: 4 }]);
  expect(plain(execution, 'Map')).toEqual([
    { name: 'Ada Lovelace', amount: 1.5, kind: 'row 1' },
    { name: 'Eve', amount: 12.34, kind: 'row 4' },
  ]);
  expect(
    n8n.output(execution, 'Map', 1).map(({ json, pairedItem }) => [json._rejected.code, json.key, pairedItem]),
  ).toEqual([
    ['required', 2, { item: 1 }],
    ['number', 3, { item: 2 }],
  ]);
});

it('takes a mapping as JSON, and names what is wrong with one', async () => {
  const wrong = [{ source: 'name', target: 'name', transformation: { type: 'format', params: { number: true } } }];
  const { execution } = await call('wrong', [split('Split', 'rows'), mapping({ mode: 'json', mapping: wrong })], {
    rows,
  });
  const { error } = execution.data.resultData;
  expect(error.message).toMatch(/^The mapping does not compile: field name, transformation: /);
  expect(error.description).toContain('onError');
  const right = { fieldMappings: [{ ...wrong[0], onError: 'keep' }] };
  const parameters = { mode: 'json', mapping: JSON.stringify(right), options: { includeOther: true } };
  const { answer } = await call('right', [split('Split', 'rows'), mapping(parameters)], { rows: rows.slice(2) });
  expect(answer.body).toEqual(rows.slice(2));
});

it('resolves two branches: what is settled, and what needs review, paired with both', async () => {
  const resolve = {
    name: 'Resolve',
    type: nodeTypes.conflicts,
    parameters: {
      resource: 'item',
      operation: 'resolve',
      keyField: 'id',
      useBase: true,
      strategy: 'merge',
      rules: { rule: [{ field: 'visits', rule: 'counter' }] },
      groups: [],
      options: {},
    },
  };
  const body = {
    source: [
      { id: 1, name: 'Ada', city: 'London', visits: 5 },
      { id: 2, name: 'Bob', city: 'Paris', visits: 1 },
    ],
    target: [
      { id: 1, name: 'Ada L.', city: 'London', visits: 4 },
      { id: 2, name: 'Rob', city: 'Rome', visits: 1 },
    ],
    base: [
      { id: 1, name: 'Ada', city: 'Oxford', visits: 3 },
      { id: 2, name: 'Bobby', city: 'Paris', visits: 1 },
    ],
  };
  const branches = ['source', 'target', 'base'];
  const nodes = [...branches.map((name) => split(name, name)), resolve];
  const connections = {
    Webhook: { main: [branches.map((node) => ({ node, type: 'main', index: 0 }))] },
    ...Object.fromEntries(
      branches.map((name, index) => [name, { main: [[{ node: 'Resolve', type: 'main', index }]] }]),
    ),
  };
  const { execution } = await call('resolve', nodes, body, { connections });
  expect(execution.data.resultData.error).toBeUndefined();
  expect(plain(execution, 'Resolve')).toEqual([{ id: 1, name: 'Ada L.', city: 'London', visits: 6 }]);
  const review = n8n.output(execution, 'Resolve', 1);
  expect(review.map(({ json }) => json)).toEqual([
    {
      id: 2,
      city: 'Rome',
      visits: 1,
      _review: [expect.objectContaining({ field: 'name', base: 'Bobby', source: 'Bob', target: 'Rob' })],
    },
  ]);
  expect(review[0]!.pairedItem).toEqual([0, 1, 2].map((input) => ({ item: 1, input })));
});
