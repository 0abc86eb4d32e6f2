// Workflows of the REST service, kept and executed in a real n8n.
import { OpenService } from '../../service/support/open_service';
import { type N8n, n8nServices } from './support/host';

/** What the API key of the service needs in n8n: docs/operations.md. */
const scopes = [
  'workflow:create',
  'workflow:read',
  'workflow:list',
  'workflow:delete',
  'workflow:activate',
  'execution:read',
  'execution:list',
  'credential:create',
  'credential:delete',
];

let n8n: N8n;
let open: OpenService;

beforeAll(async () => {
  n8n = await (await n8nServices()).start({});
  const created = await n8n.rest('POST', '/rest/api-keys', { label: 'service', scopes, expiresAt: null });
  open = await OpenService.create({ N8N_BASE_URL: n8n.url, N8N_API_KEY: created.data.rawApiKey });
}, 600_000);

afterAll(async () => {
  await open.close();
  await n8n.stop();
});

/** The body of an answer that has to have this status. */
async function call(method: 'GET' | 'POST', url: string, body?: object, status = 200): Promise<any> {
  const answer = await open.call(method, url, { body });
  if (answer.status !== status) throw new Error(`${method} ${url}: ${answer.status} ${answer.text}`);
  return answer.body;
}

const assign = (name: string, value: string) => ({
  name: 'Answer',
  type: 'n8n-nodes-base.set',
  typeVersion: 3.4,
  parameters: { assignments: { assignments: [{ id: 'a', name, value, type: 'string' }] }, options: {} },
});

const greeting = {
  name: 'Greeting',
  description: 'says hello',
  trigger: { type: 'webhook', config: {} },
  nodes: [assign('greeting', '=Hello {{ $json.body.name }}')],
  connections: [],
};

it('makes a workflow, executes it with an input, and reads its output back', async () => {
  const made = await call('POST', '/api/workflows', greeting, 201);
  expect(made).toMatchObject({ name: 'Greeting', description: 'says hello', status: 'active' });
  const execution = await call('POST', `/api/workflows/${made.id}/execute`, {
    input: { name: 'Ada' },
    waitSeconds: 20,
  });
  expect(execution).toMatchObject({
    workflowId: made.id,
    status: 'success',
    input: { name: 'Ada' },
    output: [{ greeting: 'Hello Ada' }],
  });
  expect(Date.parse(execution.endTime)).toBeGreaterThanOrEqual(Date.parse(execution.startTime));

  const { items } = await call('GET', `/api/workflows/${made.id}/executions`);
  expect(items).toEqual([execution]);
  expect(await call('GET', `/api/workflows/${made.id}/executions/${execution.id}`)).toEqual(execution);
  const { entries } = await open.engine.audit.list({ subject: `workflow/${made.id}` });
  expect(entries.map(({ action }) => action)).toEqual(['workflow.create', 'workflow.execute']);
  expect(new Set(entries.map(({ actor }) => actor))).toEqual(new Set([expect.stringMatching(/^key:/)]));
});

it('lets nobody else call the webhook of a workflow', async () => {
  const made = await call('POST', '/api/workflows', { ...greeting, name: 'Guarded' }, 201);
  await call('POST', `/api/workflows/${made.id}/execute`, { waitSeconds: 20 });
  const url = `${n8n.url}/webhook/${made.trigger.config.path}`;
  for (const authorization of ['', 'Bearer x.y.z']) {
    const answer = await fetch(url, { method: 'POST', headers: { authorization } });
    expect([401, 403]).toContain(answer.status);
  }
  expect((await call('GET', `/api/workflows/${made.id}/executions`)).items).toHaveLength(1);
});

it('tells the error of a workflow that fails, and at which node', async () => {
  const stop = { name: 'Stop', type: 'n8n-nodes-base.stopAndError', parameters: { errorMessage: 'out of stock' } };
  const workflow = { ...greeting, name: 'Failing', nodes: [stop] };
  const { id } = await call('POST', '/api/workflows', workflow, 201);
  const execution = await call('POST', `/api/workflows/${id}/execute`, { input: { a: 1 }, waitSeconds: 20 });
  expect(execution).toMatchObject({
    status: 'error',
    input: { a: 1 },
    error: { message: 'out of stock', node: 'Stop' },
  });
  expect(execution).not.toHaveProperty('output');
});

it('executes workflows with a manual and with a timed trigger, by a webhook next to the trigger', async () => {
  const manual = { ...greeting, name: 'Manual', trigger: { type: 'manual' } };
  const timed = { ...greeting, name: 'Timed', trigger: { type: 'schedule', config: { cron: '0 3 * * *' } } };
  for (const workflow of [manual, timed]) {
    const { id, status } = await call('POST', '/api/workflows', workflow, 201);
    expect(status).toBe('active');
    const execution = await call('POST', `/api/workflows/${id}/execute`, { input: { name: 'Bo' }, waitSeconds: 20 });
    expect(execution).toMatchObject({ status: 'success', output: [{ greeting: 'Hello Bo' }] });
    const kept = await n8n.api('GET', `workflows/${id}`);
    expect(kept.connections['Trigger']).toEqual(kept.connections['Service call']);
  }
});

it('answers at once for a workflow that takes long, and shows it as running until it has ended', async () => {
  const wait = { name: 'Wait', type: 'n8n-nodes-base.wait', typeVersion: 1.1, parameters: { amount: 4 } };
  const connections = [{ source: 'Wait', target: 'Answer' }];
  const nodes = [wait, assign('greeting', 'done')];
  const { id } = await call('POST', '/api/workflows', { ...greeting, name: 'Slow', nodes, connections }, 201);
  const started = await call('POST', `/api/workflows/${id}/execute`, { input: { name: 'Cy' }, waitSeconds: 0 }, 202);
  expect(started).toMatchObject({ status: 'running', input: { name: 'Cy' } });
  const { items } = await call('GET', `/api/workflows/${id}/executions`);
  expect(items).toMatchObject([{ id: started.id, status: 'running' }]);
  const place = `/api/workflows/${id}/executions/${started.id}`;
  const ended = await n8n.until('the end', async () => {
    const execution = await call('GET', place);
    return execution.status === 'running' ? undefined : execution;
  });
  expect(ended).toMatchObject({ status: 'success', input: { name: 'Cy' }, output: [{ greeting: 'done' }] });
});

it('activates a workflow when it is executed, and takes connections as n8n writes them', async () => {
  const connections = { Trigger: { main: [[{ node: 'Answer', type: 'main', index: 0 }]] } };
  const made = await call('POST', '/api/workflows', { ...greeting, name: 'Asleep', connections, active: false }, 201);
  expect(made.status).toBe('inactive');
  await call('POST', `/api/workflows/${made.id}/execute`, { waitSeconds: 20 });
  expect((await call('GET', `/api/workflows/${made.id}`)).status).toBe('active');
});

it('leaves nothing in n8n of a workflow that n8n does not activate', async () => {
  const named = async () => (await n8n.api('GET', 'workflows?limit=250')).data.map(({ name }: any) => name);
  const credentials = async () => (await n8n.rest('GET', '/rest/credentials')).data.length;
  const before = await credentials();
  const unknown = { ...greeting, name: 'Unknown', nodes: [{ name: 'Odd', type: 'n8n-nodes-base.noSuchNode' }] };
  expect(await call('POST', '/api/workflows', unknown, 422)).toMatchObject({ code: 'invalid' });
  expect(await named()).not.toContain('Unknown');
  expect(await credentials()).toBe(before);
});

it('lists its own workflows alone, part by part, with what became of them in n8n', async () => {
  const foreign = await n8n.workflow('foreign', [{ name: 'Start', type: 'n8n-nodes-base.manualTrigger' }]);
  const deleted = await call('POST', '/api/workflows', { ...greeting, name: 'Deleted', active: false }, 201);
  await n8n.api('DELETE', `workflows/${deleted.id}`);
  const ids: string[] = [];
  const states = new Map<string, string>();
  for (let cursor = ''; ;) {
    const { items, next } = await call('GET', `/api/workflows?limit=2${cursor}`);
    for (const item of items) {
      ids.push(item.id);
      states.set(item.name, item.status);
    }
    if (!next) break;
    cursor = `&cursor=${next}`;
  }
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).not.toContain(foreign);
  expect(states.get('Deleted')).toBe('missing');
  expect(states.get('Greeting')).toBe('active');
  await call('GET', `/api/workflows/${foreign}`, undefined, 404);
  await call('POST', `/api/workflows/${foreign}/execute`, {}, 404);
  await call('POST', `/api/workflows/${deleted.id}/execute`, {}, 409);
});
