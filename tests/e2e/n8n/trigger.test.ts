import { byName, type Host, nodeTypes, startHost } from './support/host';

let host: Host;

beforeAll(async () => {
  host = await startHost(['--objects', 'Account=50,Contact=5']);
}, 600_000);

afterAll(() => host.stop());

function trigger(parameters: Record<string, any> = {}) {
  return {
    name: 'Changes',
    type: nodeTypes.trigger,
    credentials: host.credentials,
    parameters: {
      authentication: 'clientCredentials',
      object: byName('Account'),
      events: ['created', 'updated', 'deleted'],
      fieldNames: ['Id', 'Name', 'Phone'],
      pollTimes: { item: [{ mode: 'everyMinute' }] },
      ...parameters,
    },
  };
}

const last = { name: 'Last', type: 'n8n-nodes-base.noOp' };

/** What the trigger of a workflow has given so far, one "event id version" each. */
async function given(id: string): Promise<{ event: string; id: string; version: string; fields: any }[]> {
  const executions = await host.n8n.executions(id);
  return executions.flatMap((execution) => host.n8n.output(execution, 'Changes')).map(({ json }) => json);
}

/** n8n polls when a workflow becomes active, and each minute from then on. Resolves when that poll is over. */
async function activate(id: string): Promise<void> {
  await host.twin.resetCalls();
  await host.n8n.activate(id);
  let seen = 0;
  let quiet = 0;
  await host.n8n.until('the first poll', async () => {
    const { apiCalls } = await host.twin.stats();
    quiet = apiCalls > 0 && apiCalls === seen ? quiet + 1 : 0;
    seen = apiCalls;
    return quiet >= 5;
  });
}

async function pollNow(id: string): Promise<void> {
  await host.n8n.deactivate(id);
  await activate(id);
}

it('gives each version of a record once, and nothing that was there before', async () => {
  const id = await host.n8n.workflow('changes', [trigger(), last]);
  await activate(id);
  const { deleted } = (await host.twin.mutate({ object: 'Account', delete: 1, ids: true })).ids;
  const { updated } = (await host.twin.mutate({ object: 'Account', update: 3, ids: true })).ids;
  const { inserted } = (await host.twin.mutate({ object: 'Account', insert: 2, ids: true })).ids;
  await pollNow(id);
  const first = await host.n8n.until('the first changes', async () => {
    const events = await given(id);
    return events.length >= 6 ? events : undefined;
  });
  const byEvent = (event: string) => first.filter((change) => change.event === event).map((change) => change.id);
  expect(byEvent('updated').sort()).toEqual([...updated].sort());
  expect(byEvent('created').sort()).toEqual([...inserted].sort());
  expect(byEvent('deleted')).toEqual(deleted);
  expect(first[0]!.fields).toMatchObject({ Id: first[0]!.id, Name: expect.any(String) });

  // Another change, and polls without one: what was given does not come again.
  const { updated: again } = (await host.twin.mutate({ object: 'Account', updateIds: [updated[0]], ids: true })).ids;
  await pollNow(id);
  await host.n8n.until('the second version', async () => (await given(id)).length >= 7);
  await pollNow(id);
  await pollNow(id);
  const all = await given(id);
  expect(all.slice(6).map((change) => change.id)).toEqual(again);
  expect(new Set(all.map((change) => `${change.id} ${change.version}`)).size).toBe(all.length);
  await host.n8n.deactivate(id);
});

it('polls by itself, each minute', async () => {
  const id = await host.n8n.workflow('by itself', [trigger({ events: ['updated'] }), last]);
  await activate(id);
  await host.twin.mutate({ object: 'Account', update: 2 });
  await host.n8n.until('the poll of the next minute', async () => (await given(id)).length >= 2);
  expect((await given(id)).map(({ event }) => event)).toEqual(['updated', 'updated']);
  await host.n8n.deactivate(id);
});

it('begins with every record where the workflow asks for that, in batches', async () => {
  const parameters = { object: byName('Contact'), fieldNames: ['LastName'], options: { from: 'start', batchSize: 3 } };
  const id = await host.n8n.workflow('from the start', [trigger(parameters), last]);
  await host.n8n.activate(id);
  await host.n8n.until('the first batch', async () => (await given(id)).length >= 3);
  await pollNow(id);
  const all = await host.n8n.until('the second batch', async () => {
    const events = await given(id);
    return events.length >= 5 ? events : undefined;
  });
  expect(new Set(all.map((change) => change.id)).size).toBe(5);
  await host.n8n.deactivate(id);
});

it('shows some records when it is tested in the editor, and leaves the feed as it was', async () => {
  const id = await host.n8n.workflow('test event', [trigger(), last]);
  const execution = await host.n8n.finished(await host.n8n.runAsEditor(id, 'Changes'));
  expect(execution.status).toBe('success');
  const items = host.n8n.output(execution, 'Changes').map(({ json }) => json);
  expect(items).toHaveLength(3);
  expect(items[0]).toMatchObject({ event: 'created', id: expect.any(String), fields: { Name: expect.any(String) } });
});
