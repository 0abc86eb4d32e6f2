// Conflicts that syncs hold, in a real n8n: listed, decided, and what a workflow starts with.
import * as path from 'node:path';

import { hold } from '../support/held_conflicts';
import { type N8n, n8nServices, nodeTypes, tarball, webhook } from './support/host';

let n8n: N8n;
const stateFolder = () => path.join(n8n.userFolder, '.n8n', 'data-sync');
const plain = (execution: any, node: string) => n8n.output(execution, node).map(({ json }) => json);

const conflicts = (name: string, parameters: Record<string, any>, more: object = {}) => ({
  name,
  type: nodeTypes.conflicts,
  parameters: { resource: 'conflict', ...parameters },
  ...more,
});
const list = (filters: object = {}) => conflicts('List', { operation: 'getMany', returnAll: true, filters });

async function call(name: string, nodes: Parameters<N8n['workflow']>[1]) {
  const id = await n8n.workflow(name, [webhook(name), ...nodes]);
  await n8n.activate(id);
  await n8n.webhook(name);
  return (await n8n.executions(id)).at(-1);
}

beforeAll(async () => {
  n8n = await (await n8nServices()).start({ tarball: tarball() });
  // The engine makes its state when a node first asks for it.
  expect(plain(await call('first', [list()]), 'List')).toEqual([]);
}, 600_000);

afterAll(() => n8n.stop());

it('lists open conflicts and decides them, each with the hashes it was listed with', async () => {
  const [first, second] = hold(stateFolder(), 'crm', [{ key: 'a' }, { key: 'b' }]) as [number, number];
  hold(stateFolder(), 'crm', [{ key: 'c', state: 'closed', outcome: 'settled' }]);
  const decide = conflicts('Decide', { operation: 'decide', take: 'target', fields: {} });
  const execution = await call('decide', [list(), decide]);
  expect(plain(execution, 'List')).toMatchObject([
    { id: first, syncId: 'crm', key: 'a', state: 'open', fields: ['name'] },
    { id: second, key: 'b', state: 'open' },
  ]);
  expect(plain(execution, 'Decide')).toMatchObject([
    { id: first, state: 'decided', decision: { take: 'target' }, actor: 'n8n: decide' },
    { id: second, state: 'decided' },
  ]);
  expect(n8n.output(execution, 'Decide').map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
  expect(plain(await call('decided', [list({ state: 'decided' })]), 'List')).toHaveLength(2);
});

it('decides what rules settle', async () => {
  const [first, second] = hold(stateFolder(), 'ruled', [{ key: 'a' }, { key: 'b', fields: ['phone'] }]);
  const apply = conflicts('Apply', {
    operation: 'applyRules',
    syncId: { __rl: true, mode: 'name', value: 'ruled' },
    strategy: 'merge',
    rules: { rule: [{ field: 'name', rule: 'authority', side: 'target' }] },
  });
  expect(plain(await call('ruled', [apply]), 'Apply')).toEqual([{ looked: 2, decided: 1, left: 1, refused: [] }]);
  const found = plain(await call('after', [list({ state: 'any' })]), 'List');
  expect(found).toContainEqual(expect.objectContaining({ id: first, state: 'decided', actor: 'n8n: ruled' }));
  expect(found).toContainEqual(expect.objectContaining({ id: second, state: 'open' }));
});

it('refuses a decision on hashes that are not those of the conflict', async () => {
  hold(stateFolder(), 'moved', [{ key: 'a' }]);
  const decide = conflicts(
    'Decide',
    { operation: 'decide', sourceHash: 'another', take: 'source', fields: {} },
    { onError: 'continueErrorOutput' },
  );
  const execution = await call('moved', [list(), decide]);
  expect(plain(execution, 'Decide')).toEqual([]);
  const refused = n8n.output(execution, 'Decide', 1).map(({ json }) => json);
  expect(refused).toContainEqual(expect.objectContaining({ key: 'a', details: expect.stringContaining('moved') }));
});

it('starts a workflow with conflicts that are held', async () => {
  const trigger = {
    name: 'Held',
    type: nodeTypes.trigger,
    parameters: { watch: 'conflicts', pollTimes: { item: [{ mode: 'everyMinute' }] }, options: { from: 'start' } },
  };
  const [held] = hold(stateFolder(), 'watched', [{ key: 'w' }]) as [number];
  const id = await n8n.workflow('held', [trigger, { name: 'Last', type: 'n8n-nodes-base.noOp' }]);
  await n8n.activate(id);
  const execution = await n8n.until('the first poll', async () => (await n8n.executions(id)).at(-1));
  expect(plain(execution, 'Held')).toContainEqual(
    expect.objectContaining({ event: 'conflictHeld', id: held, key: 'w' }),
  );
});
