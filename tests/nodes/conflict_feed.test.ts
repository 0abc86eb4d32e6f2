import type { IDataObject } from 'n8n-workflow';

import { EngineError } from '../../lib';
import { DataSyncTrigger } from '../../n8n-nodes/nodes/DataSyncTrigger/DataSyncTrigger.node';
import { type FakeState, polling } from './support/fake_n8n';

/** Numbers of open conflicts, as the engine would list them. */
let open: number[];
const list = jest.fn(({ after = 0, limit }: { after?: number; limit: number }) => {
  const ids = open.filter((id) => id > after).sort((a, b) => a - b);
  const page = ids.slice(0, limit);
  const conflicts = page.map((id) => ({ id, syncId: 'crm', state: 'open' }));
  return Promise.resolve({ conflicts, ...(ids.length > limit && { next: page.at(-1) }) });
});
jest.mock('../../n8n-nodes/shared/engine', () => ({ sharedEngine: () => Promise.resolve({ conflicts: { list } }) }));

const node = new DataSyncTrigger();
const trigger = (staticData: IDataObject, options: object = {}, more: Partial<FakeState> = {}): FakeState => ({
  parameters: { watch: 'conflicts', syncId: { mode: 'list', value: '' }, options },
  staticData,
  ...more,
});
async function given(...state: Parameters<typeof trigger>): Promise<unknown[]> {
  const items = await node.poll.call(polling(trigger(...state)));
  return (items?.[0] ?? []).map(({ json }) => json['id']);
}

beforeEach(() => {
  open = [];
  list.mockClear();
});

it('gives each conflict once, and none that was there before', async () => {
  const kept = {};
  open = [1, 2];
  expect(await given(kept)).toEqual([]);
  open = [1, 2, 3, 4];
  expect(await given(kept)).toEqual([3, 4]);
  expect(await given(kept)).toEqual([]);
  expect(await node.poll.call(polling(trigger(kept)))).toBeNull();
});

it('gives what was there before where that is wanted, at most a batch at a time', async () => {
  const kept = {};
  open = [5, 6, 7];
  const options = { from: 'start', batchSize: 2 };
  expect(await given(kept, options)).toEqual([5, 6]);
  expect(await given(kept, options)).toEqual([7]);
  expect(await given(kept, options)).toEqual([]);
});

it('finds one with a lower number that shows up later', async () => {
  const kept = {};
  open = [9];
  await given(kept);
  open = [9, 12];
  expect(await given(kept)).toEqual([12]);
  open = [9, 10, 12, 13];
  expect(await given(kept)).toEqual([10, 13]);
});

it('remembers no more numbers than it looks back for, however many conflicts there are', async () => {
  const kept: { given?: number[] } = {};
  open = Array.from({ length: 3500 }, (_, index) => index + 1);
  await given(kept);
  expect(kept.given).toHaveLength(1000);
  expect(list.mock.calls.map(([{ after }]) => after)).toEqual([0, 1000, 2000, 3000]);
  open.push(3501);
  expect(await given(kept as IDataObject)).toEqual([3501]);
});

it('begins anew when another sync is chosen', async () => {
  const kept = {};
  open = [1];
  await given(kept);
  open = [1, 2];
  const other = trigger(kept);
  other.parameters['syncId'] = { mode: 'list', value: 'crm' };
  expect(await node.poll.call(polling(other))).toBeNull();
  expect(list.mock.calls.at(-1)![0]).toMatchObject({ syncId: 'crm', state: 'open' });
});

it('shows conflicts that are open in a test of the editor, or an example, and keeps nothing', async () => {
  const kept = {};
  const manual = { mode: 'manual' };
  const items = await node.poll.call(polling(trigger(kept, {}, manual)));
  expect(items![0]![0]!.json).toMatchObject({ event: 'conflictHeld', id: 0, kind: 'both_differ', state: 'open' });
  open = [1, 2, 3, 4, 5];
  expect(await given(kept, {}, manual)).toEqual([1, 2, 3]);
  expect(kept).toEqual({});
});

it('gives an error of the engine as one of the node', async () => {
  list.mockRejectedValueOnce(new EngineError('the state cannot be opened', { kind: 'unavailable' }));
  await expect(node.poll.call(polling(trigger({})))).rejects.toMatchObject({ message: 'the state cannot be opened' });
});
