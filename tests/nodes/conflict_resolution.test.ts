import { type IDataObject, type INodeExecutionData, NodeOperationError } from 'n8n-workflow';

import { EngineError, type ResolvedRecord, type ResolveRequest } from '../../lib';
import { ConflictResolution } from '../../n8n-nodes/nodes/ConflictResolution/ConflictResolution.node';
import { executing, type FakeState } from './support/fake_n8n';

// What the engine does has tests of its own: here it answers from plain functions.
const engine: Record<string, jest.Mock> = {};
jest.mock('../../n8n-nodes/shared/engine', () => ({ sharedEngine: () => Promise.resolve({ conflicts: engine }) }));

const node = new ConflictResolution();
const execute = (parameters: IDataObject, more: Partial<FakeState> = {}) =>
  node.execute.call(executing({ parameters, ...more }));
const failure = (...call: Parameters<typeof execute>) =>
  execute(...call).then(
    () => undefined,
    (error: unknown) => error as NodeOperationError,
  );
const branches = (...inputs: IDataObject[][]): { inputs: INodeExecutionData[][] } => ({
  inputs: inputs.map((items) => items.map((json) => ({ json }))),
});

/** As the engine would: fields that differ need review, all else is the source's. */
function holdsWhatDiffers({ records }: ResolveRequest): Promise<ResolvedRecord[]> {
  const results = records.map(({ base, source, target }): ResolvedRecord => {
    const both = { ...target, ...source };
    const differing = source && target ? Object.keys(both).filter((field) => source[field] !== target[field]) : [];
    const record = Object.fromEntries(Object.entries(both).filter(([field]) => !differing.includes(field)));
    const review = differing.map((field) => ({
      field,
      base: base?.[field],
      source: source?.[field],
      target: target?.[field],
      state: 'both_differ',
    }));
    return { record, review, trace: [{ field: 'x', state: 'same', took: 'nothing', rule: 'no_need' }] };
  });
  return Promise.resolve(results);
}

beforeEach(() => {
  engine['resolve'] = jest.fn(holdsWhatDiffers);
});

describe('Resolve', () => {
  const panel = (changes: IDataObject = {}): IDataObject => ({
    resource: 'item',
    operation: 'resolve',
    keyField: 'id',
    strategy: 'merge',
    rules: {},
    groups: [],
    options: {},
    ...changes,
  });

  it('makes one item of two, paired with both, and keeps apart what needs review', async () => {
    const photo = { photo: { mimeType: 'image/png', data: 'AAAA' } };
    const inputs: INodeExecutionData[][] = [
      [
        { json: { id: 1, name: 'Ada' } },
        { json: { id: 2, name: 'Bob', city: 'Paris' } },
        { json: { id: 4, name: 'New' } },
      ],
      [
        { json: { id: '2', name: 'Rob', city: 'Paris' }, binary: photo },
        { json: { id: '1', name: 'Ada' } },
        { json: { id: 3 } },
      ],
    ];
    const [resolved, review] = await execute(panel(), { inputs });
    expect(resolved).toEqual([
      {
        json: { id: 1, name: 'Ada' },
        pairedItem: [
          { item: 0, input: 0 },
          { item: 1, input: 1 },
        ],
      },
      { json: { id: 4, name: 'New' }, pairedItem: [{ item: 2, input: 0 }] },
      { json: { id: 3 }, pairedItem: [{ item: 2, input: 1 }] },
    ]);
    expect(review).toEqual([
      {
        json: {
          id: 2,
          city: 'Paris',
          _review: [{ field: 'name', base: undefined, source: 'Bob', target: 'Rob', state: 'both_differ' }],
        },
        pairedItem: [
          { item: 1, input: 0 },
          { item: 0, input: 1 },
        ],
        binary: photo,
      },
    ]);
    expect(engine['resolve']!.mock.calls[0]![0].records).toEqual([
      { source: { name: 'Ada' }, target: { name: 'Ada' } },
      { source: { name: 'Bob', city: 'Paris' }, target: { name: 'Rob', city: 'Paris' } },
      { source: { name: 'New' }, target: null },
      { source: null, target: {} },
    ]);
  });

  it('brings the base from the third branch, and leaves out what only the base has', async () => {
    const inputs = branches(
      [{ id: 1, a: 1 }],
      [],
      [
        { id: 1, a: 0 },
        { id: 9, a: 9 },
      ],
    );
    const [resolved] = await execute(panel({ useBase: true }), inputs);
    expect(engine['resolve']!.mock.calls[0]![0].records).toEqual([{ base: { a: 0 }, source: { a: 1 }, target: null }]);
    expect(resolved![0]!.pairedItem).toEqual([
      { item: 0, input: 0 },
      { item: 0, input: 2 },
    ]);
  });

  it('never merges items whose key is missing or not unique, and loses none of them', async () => {
    const inputs = branches(
      [{ id: 1 }, { id: 1, second: true }, { id: null }, { id: 5 }],
      [{ id: '1' }, { id: '' }, { id: 5 }],
    );
    const [resolved, review] = await execute(panel(), inputs);
    expect(resolved!.map(({ json }) => json)).toEqual([{ id: 5 }]);
    const reasons = review!.map(({ json, pairedItem }) => [
      pairedItem,
      (json['_review'] as IDataObject[])[0]!['state'],
    ]);
    expect(reasons).toEqual([
      [{ item: 0, input: 0 }, 'key_not_unique'],
      [{ item: 1, input: 0 }, 'key_not_unique'],
      [{ item: 2, input: 0 }, 'key_missing'],
      [{ item: 0, input: 1 }, 'key_not_unique'],
      [{ item: 1, input: 1 }, 'key_missing'],
    ]);
    expect(review![1]!.json['second']).toBe(true);
  });

  it('compares no change stamps, gives them to the engine, and the later one to the item', async () => {
    const inputs = branches(
      [
        { id: 1, at: '2026-01-01T00:00:00.000+0000' },
        { id: 2, at: 'never' },
      ],
      [{ id: 1, at: 1_800_000_000_000 }, { id: 2 }],
    );
    const changes = { strategy: 'last_write_wins', stampField: 'at', options: { skewSeconds: 0, priority: 'target' } };
    const [resolved] = await execute(panel(changes), inputs);
    expect(engine['resolve']!.mock.calls[0]![0]).toMatchObject({
      strategy: 'last_write_wins',
      skewSeconds: 0,
      priority: 'target',
      records: [
        { source: {}, target: {}, sourceAt: '2026-01-01T00:00:00.000Z', targetAt: '2027-01-15T08:00:00.000Z' },
        { source: {}, target: {} },
      ],
    });
    expect(resolved!.map(({ json }) => json)).toEqual([
      { id: 1, at: 1_800_000_000_000 },
      { id: 2, at: 'never' },
    ]);
  });

  it('gives the engine the rules with their own settings only, and the groups as lists', async () => {
    const rule = [
      { field: 'a', rule: 'authority', side: 'target', separator: ';', expression: 'x' },
      { field: 'b', rule: 'union', side: 'target', separator: '' },
      { field: 'c', rule: 'custom', expression: 'source' },
      { field: ' d ', rule: 'max', side: 'source' },
    ];
    const changes = { rules: { rule }, groups: ['amount, currency', ' , '], options: { fallback: 'target_wins' } };
    await execute(panel(changes), branches([{ id: 1 }], []));
    expect(engine['resolve']!.mock.calls[0]![0]).toMatchObject({
      fallback: 'target_wins',
      rules: {
        a: { rule: 'authority', side: 'target' },
        b: { rule: 'union' },
        c: { rule: 'custom', expression: 'source' },
        d: { rule: 'max' },
      },
      groups: [['amount', 'currency']],
    });
  });

  it('tells how each field was settled where that is wanted', async () => {
    const [resolved] = await execute(panel({ options: { trace: true } }), branches([{ id: 1 }], [{ id: 1 }]));
    expect(resolved![0]!.json['_trace']).toEqual([{ field: 'x', state: 'same', took: 'nothing', rule: 'no_need' }]);
  });

  it.each([
    ['no key field', { keyField: ' ' }, 'Key Field: it is empty'],
    ['a rule for no field', { rules: { rule: [{ field: '', rule: 'max' }] } }, 'a rule names no field'],
    [
      'two rules for one field',
      {
        rules: {
          rule: [
            { field: 'a', rule: 'max' },
            { field: 'a', rule: 'min' },
          ],
        },
      },
      'a has two rules',
    ],
  ])('refuses %s and says so', async (_, changes, message) => {
    const error = await failure(panel(changes), branches([], []));
    expect(error).toBeInstanceOf(NodeOperationError);
    expect(error!.message).toContain(message);
  });
});

describe('conflicts of a sync', () => {
  const conflict = (id: number) => ({ id, syncId: 'crm', state: 'open' });

  it('are listed page by page, up to the limit or all of them', async () => {
    engine['list'] = jest.fn(({ after = 0, limit }: { after?: number; limit: number }) => {
      const ids = Array.from({ length: 2500 }, (_, index) => index + 1)
        .filter((id) => id > after)
        .slice(0, limit);
      const last = ids.at(-1);
      return Promise.resolve({
        conflicts: ids.map(conflict),
        ...(last !== undefined && last < 2500 && { next: last }),
      });
    });
    const sync = { mode: 'name', value: 'crm' };
    const panel = { resource: 'conflict', operation: 'getMany', syncId: sync, filters: { field: 'email', key: '' } };
    const [some] = await execute({ ...panel, limit: 3 });
    expect(some!.map(({ json }) => json['id'])).toEqual([1, 2, 3]);
    expect(engine['list'].mock.calls[0]![0]).toEqual({ syncId: 'crm', state: 'open', field: 'email', limit: 3 });
    const [all] = await execute({ ...panel, returnAll: true, filters: { state: 'any' } });
    expect(all).toHaveLength(2500);
    expect(engine['list'].mock.calls.at(-1)![0]).toEqual({ syncId: 'crm', after: 2000, limit: 1000 });
  });

  const decision = {
    resource: 'conflict',
    operation: 'decide',
    conflictId: '7',
    sourceHash: 's',
    targetHash: 't',
    take: 'target',
    fields: {
      field: [
        { field: 'a', take: 'source' },
        { field: 'b', take: 'value', value: 5 },
      ],
    },
  };

  it('are decided with the hashes they were looked at with, in the name of the workflow', async () => {
    engine['decide'] = jest.fn(({ id }: { id: number }) => Promise.resolve({ ...conflict(id), state: 'decided' }));
    const [decided] = await execute(decision, { items: [{}, {}] });
    expect(decided).toEqual(
      [0, 1].map((item) => ({ json: { id: 7, syncId: 'crm', state: 'decided' }, pairedItem: { item } })),
    );
    expect(engine['decide'].mock.calls[0]![0]).toEqual({
      id: 7,
      sourceHash: 's',
      targetHash: 't',
      take: 'target',
      fields: { a: 'source', b: { value: 5 } },
      actor: 'n8n: My Workflow',
    });
  });

  it('that have moved cost the others nothing with continue on fail', async () => {
    engine['decide'] = jest
      .fn()
      .mockRejectedValueOnce(new EngineError('the source has changed', { kind: 'conflict', code: 'moved' }))
      .mockResolvedValueOnce(conflict(7));
    const [out] = await execute(decision, { items: [{}, {}], continueOnFail: true });
    expect(out!.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
    expect(out![0]!.json).toEqual({ error: 'the source has changed', details: expect.stringContaining('moved') });
    engine['decide'].mockRejectedValueOnce(new EngineError('the source has changed', { kind: 'conflict' }));
    expect((await failure(decision))!.message).toBe('the source has changed');
    expect((await failure({ ...decision, conflictId: 'x' }))!.message).toContain('"x" is no number');
  });

  it('are decided many at once by a filter, and a decision is undone by its number', async () => {
    const moved = { id: 5, syncId: 'crm', decided: false, code: 'moved', message: 'the source has changed' };
    engine['decideMany'] = jest
      .fn()
      .mockResolvedValueOnce({ results: [{ id: 4, syncId: 'crm', decided: true }, moved], decided: 1, more: true })
      .mockResolvedValue({ results: [moved], decided: 0, more: true });
    const [many] = await execute({ operation: 'decideMany', take: 'source', filters: { kind: 'both_differ' } });
    const { decided: _, ...refused } = moved;
    expect(many).toEqual([{ json: { decided: 1, refused: [refused] }, pairedItem: { item: 0 } }]);
    const call = [{ filter: { kind: 'both_differ' }, take: 'source', actor: 'n8n: My Workflow' }];
    expect(engine['decideMany'].mock.calls).toEqual([call, call]);
    engine['undo'] = jest.fn(() => Promise.resolve(conflict(7)));
    const [undone] = await execute({ operation: 'undo', conflictId: 7 });
    expect(undone![0]!.json['id']).toBe(7);
    expect(engine['undo'].mock.calls).toEqual([[{ id: 7, actor: 'n8n: My Workflow' }]]);
  });

  it('are what rules are tried on, of one sync', async () => {
    engine['preview'] = jest.fn(() => Promise.resolve({ settled: 3, held: 1 }));
    const panel = { operation: 'previewRules', strategy: 'merge', rules: {}, groups: 'a,b' };
    const [preview] = await execute({ ...panel, syncId: { mode: 'list', value: 'crm' } });
    expect(preview![0]!.json).toEqual({ settled: 3, held: 1 });
    expect(engine['preview'].mock.calls).toEqual([
      [{ syncId: 'crm', strategy: 'merge', rules: {}, groups: [['a', 'b']] }],
    ]);
    expect((await failure(panel))!.message).toBe('Sync: no sync is chosen');
  });

  it('are decided by rules, part after part, to one item with the counts', async () => {
    const one = { syncId: 'crm', key: 'a', kind: 'both_differ', fields: [] };
    const moved = { ...one, id: 2, decided: false, code: 'moved', message: 'the source has changed' };
    const left = { ...one, id: 3, decided: false, code: 'left', message: 'the rules do not settle a' };
    const part = { looked: 3, decided: 1, moved: 1, left: 1 };
    engine['applyRules'] = jest
      .fn()
      .mockResolvedValueOnce({
        ...part,
        more: true,
        after: 3,
        results: [{ ...one, id: 1, decided: true }, moved, left],
      })
      .mockResolvedValueOnce({ looked: 1, decided: 1, moved: 0, left: 0, more: false, results: [] });
    const panel = { operation: 'applyRules', strategy: 'merge', rules: {}, groups: 'a,b' };
    const [applied] = await execute({ ...panel, syncId: { mode: 'list', value: 'crm' } }, { items: [{}, {}] });
    const refused = [{ id: 2, syncId: 'crm', code: 'moved', message: 'the source has changed' }];
    expect(applied).toEqual([{ json: { looked: 4, decided: 2, left: 1, refused }, pairedItem: { item: 0 } }]);
    const rules = { syncId: 'crm', strategy: 'merge', rules: {}, groups: [['a', 'b']], actor: 'n8n: My Workflow' };
    expect(engine['applyRules'].mock.calls).toEqual([[{ ...rules, after: 0 }], [{ ...rules, after: 3 }]]);
    expect((await failure(panel))!.message).toBe('Sync: no sync is chosen');
  });
});
