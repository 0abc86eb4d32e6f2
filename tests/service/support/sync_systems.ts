// Syncs over the API in tests: a simulated Salesforce org, an SQLite file, and waiting until something holds.
import type { Twin } from '../../e2e/support/twin';
import { OpenService, sqliteIntegration } from './open_service';

const config = {
  sourceObject: 'Account',
  targetObject: 'accounts',
  fieldMappings: [
    { source: 'Id', target: 'id', required: true },
    { source: 'Name', target: 'name' },
    { source: 'Phone', target: 'phone' },
  ],
};
export const fieldMappings = config.fieldMappings;

/** A sync of Accounts into the file; `changes` are for its config. */
export function accounts(more: object = {}, changes: object = {}) {
  return { sourceId: 'crm', targetId: 'warehouse', mode: 'batch', config: { ...config, ...changes }, ...more };
}

/** Nothing is under way, and something was. */
export const idle = (status: any): boolean => status.activity === 'idle' && status.run !== null;

/** A service that knows the org as "crm" and a file as "warehouse", and does what is due. */
export async function openWithSystems(twin: Twin): Promise<OpenService> {
  const open = await OpenService.create({ ALLOW_LOOPBACK: 'true' });
  const authentication = { clientId: 'twin-client', clientSecret: 'twin-secret' };
  const crm = { id: 'crm', name: 'CRM', type: 'salesforce', config: { loginUrl: twin.url, authentication } };
  expect((await open.post('/api/integrations', crm)).status).toBe(201);
  expect((await open.post('/api/integrations', sqliteIntegration(open, 'warehouse'))).status).toBe(201);
  await open.service.start();
  return open;
}

/** What stands at the path, once it is as wanted. */
export async function untilAt(open: OpenService, path: string, wanted: (body: any) => boolean): Promise<any> {
  for (;;) {
    const { body } = await open.get(path);
    if (wanted(body)) return body;
    await open.service.context.supervisor.wake();
  }
}
