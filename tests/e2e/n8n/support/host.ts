import * as path from 'node:path';
import { pathToFileURL } from 'node:url';

import { packedTarball } from '../../../package/support/install';
import { projectFolder } from '../../support/processes';
import { startTwin, type Twin } from '../../support/twin';

export const nodeTypes = {
  sync: 'n8n-nodes-data-sync.salesforceSync',
  mapping: 'n8n-nodes-data-sync.dataMapping',
  conflicts: 'n8n-nodes-data-sync.conflictResolution',
  trigger: 'n8n-nodes-data-sync.dataSyncTrigger',
};

/** A node of a workflow, without what the client fills in. */
export interface WorkflowNode {
  name: string;
  type: string;
  typeVersion?: number;
  webhookId?: string;
  parameters?: Record<string, any>;
  credentials?: Record<string, { id: string; name: string }>;
  onError?: string;
}

/** What scripts/services/n8n.mjs gives. */
export interface N8n {
  url: string;
  userFolder: string;
  owner: { email: string; password: string };
  rest(method: string, path: string, body?: unknown): Promise<any>;
  api(method: string, path: string, body?: unknown): Promise<any>;
  credential(type: string, data: object, name?: string): Promise<{ id: string; name: string }>;
  testCredential(type: string, data: object): Promise<{ status: string; message: string }>;
  workflow(name: string, nodes: WorkflowNode[], more?: object): Promise<string>;
  activate(id: string): Promise<any>;
  deactivate(id: string): Promise<any>;
  webhook(path: string, body?: unknown): Promise<{ status: number; body: any }>;
  runAsEditor(id: string, trigger: string): Promise<string>;
  executions(workflowId: string): Promise<any[]>;
  finished(id: string): Promise<any>;
  output(execution: any, node: string, index?: number): { json: any; error?: any; pairedItem?: any }[];
  until<T>(what: string, ask: () => Promise<T>): Promise<NonNullable<T>>;
  log: () => string;
  stop: () => Promise<void>;
}

interface StartOptions {
  tarball?: string;
  userFolder?: string;
  env?: Record<string, string>;
}

interface Services {
  start: (options: StartOptions) => Promise<N8n>;
  startWorker: (options: StartOptions) => Promise<{ log: () => string; stop: () => Promise<void> }>;
}

export async function n8nServices(): Promise<Services> {
  const script = path.join(projectFolder, 'scripts', 'services', 'n8n.mjs');
  return (await import(pathToFileURL(script).href)) as Services;
}

let packed: string | undefined;

/** The package as it is published. */
export function tarball(): string {
  packed ??= packedTarball();
  return packed;
}

/** A simulated org and an n8n that has the package, with a credential for the org. */
export interface Host {
  twin: Twin;
  n8n: N8n;
  /** Of type dataSyncSalesforceClientCredentialsApi. */
  credentials: Record<string, { id: string; name: string }>;
  /** Path of a file in the folder that nodes may use. */
  file: (name: string) => string;
  stop: () => Promise<void>;
}

export const clientCredentials = 'dataSyncSalesforceClientCredentialsApi';

export function clientLogin(twin: Twin): Record<string, string> {
  return { loginUrl: twin.url, clientId: 'twin-client', clientSecret: 'twin-secret' };
}

/** `org` is a simulated org, or what one is started with. */
export async function startHost(org: Twin | string[], env: Record<string, string> = {}): Promise<Host> {
  const { start } = await n8nServices();
  const twin = Array.isArray(org) ? await startTwin(org) : org;
  try {
    const n8n = await start({ tarball: tarball(), env });
    const credentials = {
      [clientCredentials]: await n8n.credential(clientCredentials, clientLogin(twin), 'Salesforce'),
    };
    const stop = async () => {
      await n8n.stop();
      await twin.stop();
    };
    return { twin, n8n, credentials, file: (name) => path.join(n8n.userFolder, name), stop };
  } catch (error) {
    await twin.stop();
    throw error;
  }
}

/** A webhook that answers with the items of the last node. */
export function webhook(webhookPath: string): WorkflowNode {
  const parameters = { httpMethod: 'POST', path: webhookPath, responseMode: 'lastNode', responseData: 'allEntries' };
  return { name: 'Webhook', type: 'n8n-nodes-base.webhook', typeVersion: 2.1, webhookId: webhookPath, parameters };
}

export const byName = (value: string) => ({ __rl: true, mode: 'name', value });

/** A node that syncs Accounts into a new SQLite table, unless `changes` say otherwise. */
export function syncNode(host: Host, sqlitePath: string, changes: Record<string, any> = {}): WorkflowNode {
  return {
    name: 'Sync',
    type: nodeTypes.sync,
    credentials: host.credentials,
    parameters: {
      authentication: 'clientCredentials',
      resource: 'sync',
      operation: 'run',
      direction: 'fromSalesforce',
      database: 'sqlite',
      sqlitePath,
      object: byName('Account'),
      table: byName('accounts'),
      fields: mapped({ Id: 'id', Name: 'name', Phone: 'phone' }, 'Id'),
      options: {},
      ...changes,
    },
  };
}

/** A resource mapper as the editor saves it. */
export function mapped(value: Record<string, unknown>, match: string) {
  return { mappingMode: 'defineBelow', value, matchingColumns: [match], schema: [] };
}
