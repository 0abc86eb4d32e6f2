// Workflows and executions as n8n writes them, out of what this API says and back.
import { executionOf, outputItemsMax } from '../../service/src/n8n/execution';
import { newWorkflow } from '../../service/src/n8n/new_workflow';
import type { N8nExecution } from '../../service/src/n8n/types';
import { Problem } from '../../service/src/problem';
import type { WorkflowRequest } from '../../service/src/schemas/workflow';

const node = (name: string) => ({ name, type: 'n8n-nodes-base.noOp' });
const request = {
  name: 'Orders',
  trigger: { type: 'webhook', config: {} },
  nodes: [node('A'), node('B')],
  connections: [{ source: 'A', target: 'B' }],
} satisfies WorkflowRequest;

describe('what n8n is given', () => {
  const door = { path: 'p', credential: { id: 'c', name: 'n' } };
  const connections = (changes: object) => newWorkflow({ ...request, ...changes }, door).connections;

  it('has a link for each connection, and the trigger in front of what nothing leads to', () => {
    const nodes = ['If', 'Yes', 'No', 'Merge'].map(node);
    const list = [
      { source: 'If', target: 'Yes' },
      { source: 'If', target: 'No', sourceOutput: 1 },
      { source: 'Yes', target: 'Merge' },
      { source: 'No', target: 'Merge', targetInput: 1 },
    ];
    const link = (name: string, index = 0) => ({ node: name, type: 'main', index });
    expect(connections({ nodes, connections: list })).toEqual({
      If: { main: [[link('Yes')], [link('No')]] },
      Yes: { main: [[link('Merge')]] },
      No: { main: [[link('Merge', 1)]] },
      Trigger: { main: [[link('If')]] },
    });
  });

  it('bears nodes with the names of what every object has', () => {
    const names = ['constructor', '__proto__', 'toString'];
    const list = [
      { source: 'constructor', target: '__proto__' },
      { source: '__proto__', target: 'toString' },
    ];
    const found = connections({ nodes: names.map(node), connections: list });
    expect(Object.keys(found)).toEqual(['constructor', '__proto__', 'Trigger']);
  });

  it.each([
    [{ connections: [{ source: 'A', target: 'C' }] }, '/connections/0/target'],
    [{ connections: [{ source: 'C', target: 'A' }] }, '/connections/0/source'],
    [
      { connections: { A: { main: [null, [{ node: 'x/y', type: 'main', index: 0 }]] } } },
      '/connections/A/main/1/0/node',
    ],
    [{ connections: { 'a/b': { main: [] } } }, '/connections/a~1b'],
    [{ nodes: [node('A'), node('A')] }, '/nodes/1/name'],
    [{ nodes: [node('Trigger')] }, '/nodes/0/name'],
    [{ nodes: [{ name: 'R', type: 'n8n-nodes-base.respondToWebhook' }], connections: [] }, '/nodes/0/type'],
  ])('is refused with the place that is wrong: %j', (changes, pointer) => {
    let problem: unknown;
    try {
      connections(changes);
    } catch (thrown) {
      problem = thrown;
    }
    expect(problem).toBeInstanceOf(Problem);
    expect((problem as Problem).options.errors).toMatchObject([{ pointer }]);
  });
});

describe('an execution', () => {
  const execution = { id: '1', workflowId: 'w', startedAt: '2026-01-01T00:00:00.000Z', stoppedAt: null };
  const shown = (changes: Partial<N8nExecution>) =>
    executionOf({ ...execution, status: 'success', ...changes }, 'Trigger', new Date(0));

  it.each([
    ['new', 'running'],
    ['running', 'running'],
    ['waiting', 'running'],
    ['unknown', 'running'],
    ['success', 'success'],
    ['error', 'error'],
    ['crashed', 'error'],
    ['canceled', 'error'],
  ])('that is %s in n8n is told as %s', (status, told) => {
    expect(shown({ status }).status).toBe(told);
  });

  it('shows so many items of the output, and says that there are more', () => {
    const items = Array.from({ length: outputItemsMax + 1 }, (_, index) => ({ json: { index } }));
    const data = { resultData: { lastNodeExecuted: 'A', runData: { A: [{ data: { main: [items] } }] } } };
    const { output, outputCut } = shown({ data });
    expect([output!.length, outputCut]).toEqual([outputItemsMax, true]);
  });

  it('whose data n8n does not give is told without them', () => {
    expect(shown({ dataTooLargeToDisplay: true })).toMatchObject({ status: 'success', input: null, outputCut: true });
  });
});
