import { sqlite } from '../support/tables';
import { byName, type Host, nodeTypes, startHost, syncNode } from './support/host';

let host: Host;

beforeAll(async () => {
  host = await startHost(['--objects', 'Account=20000']);
}, 600_000);

afterAll(() => host.stop());

const syncId = 'cancelled-accounts';
const start = { name: 'Start', type: 'n8n-nodes-base.manualTrigger' };

it('stops the run when the execution is cancelled, and goes on from there the next time', async () => {
  const file = host.file('cancelled.db');
  const { n8n, twin } = host;
  // The third page does not come until the execution is cancelled: no luck is needed to meet the run in its middle.
  await twin.faults({ kind: 'slow', match: 'ORDER BY', after: 2, delayMs: 5000 });
  const id = await n8n.workflow('cancelled', [start, syncNode(host, file, { options: { batchSize: 500, syncId } })]);
  const execution = await n8n.runAsEditor(id, 'Start');
  await n8n.until('the third page', async () => (await twin.stats()).faultsFired['slow']);
  await n8n.rest('POST', `/rest/executions/${execution}/stop`);
  expect((await n8n.finished(execution)).status).toBe('canceled');
  const rows = () => Number(sqlite(file, 'SELECT count(*) FROM accounts'));
  const statusNode = {
    name: 'Status',
    type: nodeTypes.sync,
    parameters: { operation: 'getStatus', syncId: byName(syncId), limit: 1 },
  };
  const statusId = await n8n.workflow('status', [start, statusNode]);
  const status = async () => {
    const answered = await n8n.finished(await n8n.runAsEditor(statusId, 'Start'));
    return n8n.output(answered, 'Status')[0]!.json.status as string;
  };
  await n8n.until('the end of the run', async () => (await status()) === 'stopped');
  const before = rows();
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(20_000);

  const again = await n8n.finished(await n8n.runAsEditor(id, 'Start'));
  expect(n8n.output(again, 'Sync')[0]!.json).toMatchObject({ status: 'succeeded', resumed: true, read: 20_000 });
  expect(rows()).toBe(20_000);
});
