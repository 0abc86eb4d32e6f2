import { NodeOperationError } from 'n8n-workflow';

import { DataMapping } from '../../n8n-nodes/nodes/DataMapping/DataMapping.node';
import { closeSharedEngine } from '../../n8n-nodes/shared/engine';
import { temporaryFolder } from '../e2e/support/processes';
import { choosing, executing, type FakeState } from './support/fake_n8n';

const node = new DataMapping();
const folder = temporaryFolder();
const before = process.env['N8N_USER_FOLDER'];

beforeAll(() => {
  process.env['N8N_USER_FOLDER'] = folder.path;
});

afterAll(async () => {
  await closeSharedEngine();
  process.env['N8N_USER_FOLDER'] = before;
  folder.remove();
});

const execute = (fake: FakeState) => node.execute.call(executing(fake));
const failure = (fake: FakeState) =>
  execute(fake).then(
    () => undefined,
    (error: unknown) => error as NodeOperationError,
  );

function json(mapping: unknown, more: Partial<FakeState> = {}, options: object = {}): FakeState {
  const text = typeof mapping === 'string' ? mapping : JSON.stringify(mapping);
  return { parameters: { mode: 'json', mapping: text, options }, ...more };
}

function fields(names: string, values: object, more: Partial<FakeState> = {}, others: object = {}): FakeState {
  const mapper = { mappingMode: 'defineBelow', value: values };
  return {
    parameters: { mode: 'fields', targetFields: names, values: mapper, rules: {}, options: {}, ...others },
    ...more,
  };
}

const upper = { type: 'format', params: { case: 'upper' } };
const twoDigits = { type: 'format', params: { number: { scale: 2 } } };
const people = {
  fieldMappings: [
    { source: 'name', target: 'NAME', transformation: upper, required: true },
    { source: 'address.city', target: 'city' },
    { source: 'amount', target: 'amount', transformation: twoDigits, onError: 'fail_record' },
  ],
};

describe('a mapping as JSON', () => {
  it('gives mapped items, and rejected ones with the reason by their own output, all paired', async () => {
    const binary = { photo: { mimeType: 'image/png', data: 'AAAA' } };
    const inputs = [
      [
        { json: { name: 'Ada', address: { city: 'London' }, amount: '12.345', other: 1 } },
        { json: { name: null, amount: 1 }, binary },
        { json: { name: 'Bob', amount: 'many' } },
        { json: { name: 'Eve' }, binary },
      ],
    ];
    const [mapped, rejected] = await execute(json(people, { inputs }));
    expect(mapped).toEqual([
      { json: { NAME: 'ADA', city: 'London', amount: 12.34 }, pairedItem: { item: 0 } },
      { json: { NAME: 'EVE' }, pairedItem: { item: 3 }, binary },
    ]);
    expect(rejected).toEqual([
      {
        json: {
          name: null,
          amount: 1,
          _rejected: { code: 'required', field: 'NAME', message: 'name is empty, and NAME is required' },
        },
        pairedItem: { item: 1 },
        binary,
      },
      {
        json: {
          name: 'Bob',
          amount: 'many',
          _rejected: { code: 'number', field: 'amount', message: 'amount `many` is not a number' },
        },
        pairedItem: { item: 2 },
      },
    ]);
  });

  it('takes a list of field mappings alone, and what an expression gave', async () => {
    const list = [{ source: 'a', target: 'b' }];
    const given = { parameters: { mode: 'json', mapping: list, options: {} }, items: [{ a: 1 }] };
    expect(await execute(given)).toEqual([[{ json: { b: 1 }, pairedItem: { item: 0 } }], []]);
  });

  it('checks values and whole records, and looks names up in tables that come along', async () => {
    const lookup = { type: 'lookup', params: { stored: 'countries' } };
    const mapping = {
      fieldMappings: [
        { source: 'country', target: 'country', transformation: lookup, onError: 'fail_record' },
        { source: 'email', target: 'email', validate: [{ rule: 'email' }] },
        { source: 'from', target: 'from' },
        { source: 'to', target: 'to' },
      ],
      validation: [{ expression: 'record.from <= record.to', message: 'the end is before the start' }],
      tables: { countries: { Austria: 'AT' } },
    };
    const good = { country: 'Austria', email: 'ada@example.com', from: 1, to: 2 };
    const items = [good, { ...good, country: 'Atlantis' }, { ...good, email: 'nobody' }, { ...good, to: 0 }];
    const [mapped, rejected] = await execute(json(mapping, { items }));
    expect(mapped!.map((item) => item.json)).toEqual([{ ...good, country: 'AT' }]);
    expect(rejected!.map((item) => [item.pairedItem, item.json['_rejected']])).toEqual([
      [{ item: 1 }, expect.objectContaining({ code: 'lookup', field: 'country' })],
      [{ item: 2 }, expect.objectContaining({ code: 'email', field: 'email' })],
      [{ item: 3 }, expect.objectContaining({ message: expect.stringContaining('the end is before the start') })],
    ]);
  });

  it('passes on the other fields where that is wanted', async () => {
    const mapping = [{ source: 'name', target: 'name', transformation: upper }];
    const fake = json(mapping, { items: [{ name: 'Ada', age: 36, name2: { deep: [1] } }] }, { includeOther: true });
    const [mapped] = await execute(fake);
    expect(mapped![0]!.json).toEqual({ name: 'ADA', age: 36, name2: { deep: [1] } });
  });

  it('maps more items than one call of the engine takes', async () => {
    const items = Array.from({ length: 50_001 }, (_, n) => (n % 25_000 === 0 ? {} : { n }));
    const [mapped, rejected] = await execute(json([{ source: 'n', target: 'm', required: true }], { items }));
    expect(mapped).toHaveLength(49_998);
    expect(mapped!.at(-1)).toEqual({ json: { m: 49_999 }, pairedItem: { item: 49_999 } });
    expect(rejected!.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 25_000 }, { item: 50_000 }]);
  });

  it('tells the panel what befell values that are no reason to reject an item', async () => {
    const mapping = [{ source: 'n', target: 'n', transformation: twoDigits, onError: 'null' }];
    const fake = json(mapping, { items: [{ n: 'x' }, { n: 1 }] });
    const [mapped] = await execute(fake);
    expect(mapped!.map((item) => item.json)).toEqual([{ n: null }, { n: 1 }]);
    expect(fake.hints).toEqual([
      { type: 'warning', location: 'outputPane', message: expect.stringContaining('n: 1 of 2 values') },
    ]);
  });

  it('names every fault of a mapping that does not compile: its place, the reason and the fix', async () => {
    const wrong = [
      { source: 'a', target: 'b', transformation: twoDigits },
      { source: 'a', target: 'b' },
      { source: 'c[', target: 'd' },
    ];
    const error = await failure(json(wrong, { items: [{}] }));
    expect(error).toBeInstanceOf(NodeOperationError);
    expect(error!.message).toMatch(/^The mapping does not compile: field b, transformation: /);
    expect(error!.description).toContain('field b, target: `b` is filled by an earlier mapping; leave one of them out');
    expect(error!.description).toContain('field d, source: ');
  });

  it.each([
    ['text that is no JSON', '{', 'Mapping (JSON) is not JSON'],
    ['an object without mappings', '{"mappings": []}', 'Mapping (JSON): it has no fieldMappings'],
    ['nothing at all', ' ', 'Mapping (JSON): it has no fieldMappings'],
    ['no field mapping', '[]', 'The mapping does not compile: fieldMappings: '],
  ])('refuses %s and says so', async (_, text, message) => {
    const error = await failure(json(text));
    expect(error).toBeInstanceOf(NodeOperationError);
    expect(error!.message).toContain(message);
  });

  it('gives an error as an item with continue on fail', async () => {
    const [mapped, rejected] = await execute(json('{}', { continueOnFail: true }));
    expect(mapped).toEqual([
      {
        json: {
          error: 'Mapping (JSON): it has no fieldMappings',
          details: 'Write {"fieldMappings": [{"source": "name", "target": "name"}]}.',
        },
        pairedItem: { item: 0 },
      },
    ]);
    expect(rejected).toEqual([]);
  });

  it('does not begin when the execution was cancelled', async () => {
    expect(await failure(json(people, { cancel: AbortSignal.abort() }))).toBeDefined();
  });
});

describe('a mapping of fields', () => {
  it('fills target fields with paths, constants and expressions, and transforms them', async () => {
    const values = { name: '={{ $json.first }}', 'Full.Name': '={{ $json.first + "!" }}', kind: 'person', empty: '' };
    const rules = { field: [{ field: 'name', transformation: 'upper', required: true, onError: 'fail_record' }] };
    const evaluate = (_: string, index: number) => `expression ${index}`;
    const more = { items: [{ first: 'ada' }, { last: 'x' }], evaluate };
    const [mapped, rejected] = await execute(fields('name, Full.Name, kind,, empty', values, more, { rules }));
    expect(mapped).toEqual([
      { json: { name: 'ADA', 'Full.Name': 'expression 0', kind: 'person' }, pairedItem: { item: 0 } },
    ]);
    expect(rejected).toEqual([
      {
        json: {
          last: 'x',
          _rejected: { code: 'required', field: 'name', message: 'name is missing, and name is required' },
        },
        pairedItem: { item: 1 },
      },
    ]);
  });

  it('checks the values of fields, by name and as JSON, and the record', async () => {
    const rules = {
      field: [
        { field: 'email', check: 'email' },
        { field: 'name', check: 'json', checkJson: '{ "rule": "length", "max": 3 }' },
      ],
    };
    const validation = '[{ "expression": "record.name != \\"Bob\\"", "message": "not Bob" }]';
    const values = { email: '={{ $json.email }}', name: '={{ $json.name }}' };
    const people = ['Ada', 'Bob', 'Grace'].map((name) => ({ name, email: `${name}@example.com` }));
    const items = [...people, { name: 'Eve', email: 'nobody' }];
    const others = { rules, options: { validation } };
    const [mapped, rejected] = await execute(fields('email, name', values, { items }, others));
    expect(mapped!.map((item) => item.json['name'])).toEqual(['Ada']);
    expect(rejected!.map((item) => (item.json['_rejected'] as { field: string }).field)).toEqual([
      'name',
      'name',
      'email',
    ]);
  });

  it('takes fields of the same names when it maps automatically', async () => {
    const values = { mappingMode: 'autoMapInputData', value: null };
    const [mapped] = await execute(fields('b,a', {}, { items: [{ a: 1, b: 2, c: 3 }] }, { values }));
    expect(mapped![0]!.json).toEqual({ b: 2, a: 1 });
  });

  it('takes transformations as JSON, defaults, and what happens when one fails', async () => {
    const rules = {
      field: [
        { field: 'a', transformation: 'json', transformationJson: JSON.stringify([upper]) },
        { field: 'b', transformation: 'number2', onError: 'keep' },
        { field: 'c', transformation: 'number', onError: 'default', defaultValue: 'none' },
        { field: 'd', defaultValue: 'x' },
        { field: 'e', transformation: 'number', onError: 'skip_field' },
      ],
    };
    const values = { a: '={{ $json.v }}', b: '={{ $json.v }}', c: '={{ $json.v }}', e: '={{ $json.v }}' };
    const [mapped] = await execute(fields('a,b,c,d,e', values, { items: [{ v: 'v' }] }, { rules }));
    expect(mapped![0]!.json).toEqual({ a: 'V', b: 'v', c: 'none', d: 'x' });
  });

  it.each([
    ['no target field', ' , ', {}, 'Target Fields: no field is named'],
    ['a rule for another field', 'a', { field: [{ field: 'b' }] }, '"b" is no target field'],
    ['two rules for one field', 'a', { field: [{ field: 'a' }, { field: 'a' }] }, 'a has two entries'],
    [
      'a transformation that is no JSON',
      'a',
      { field: [{ field: 'a', transformation: 'json', transformationJson: '{' }] },
      'a: Transformation (JSON) is not JSON',
    ],
  ])('refuses %s and says so', async (_, names, rules, message) => {
    const error = await failure(fields(names, {}, {}, { rules }));
    expect(error).toBeInstanceOf(NodeOperationError);
    expect(error!.message).toContain(message);
  });

  it('lists the target fields in the panel', async () => {
    const context = choosing(fields('name, email\nphone, name', {}));
    const { fields: rows } = await node.methods.resourceMapping.targetRows.call(context);
    expect(rows.map(({ id }) => id)).toEqual(['name', 'email', 'phone']);
    const options = await node.methods.loadOptions.listTargetFields.call(context);
    expect(options).toContainEqual({ name: 'email', value: 'email' });
  });
});
