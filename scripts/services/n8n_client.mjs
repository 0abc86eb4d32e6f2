// Speaks with a running n8n: as its owner (cookie, what the editor uses), by API key, and by webhooks.
import { PlainError } from '../command.mjs';

const owner = { email: 'owner@data-sync.test', firstName: 'Test', lastName: 'Owner', password: 'Owner-pass-1' };
const settleEveryMs = 100;
const settleAtMostMs = 120_000;

export class N8nClient {
  #cookie = '';
  #apiKey = '';

  constructor(url) {
    this.url = url;
  }

  /** Who logs in to the editor: {email, password}. */
  get owner() {
    return owner;
  }

  /** Makes the owner of a new n8n, or logs in to one that has its owner, and takes an API key. */
  async login() {
    const { email, password } = owner;
    const fresh = await this.#send('POST', '/rest/owner/setup', owner);
    const session = fresh.ok ? fresh : await this.#send('POST', '/rest/login', { emailOrLdapLoginId: email, password });
    if (!session.ok) throw new PlainError(`n8n refused the login: ${session.status} ${await session.text()}`);
    this.#cookie = session.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ');
    const scopes = (await this.rest('GET', '/rest/api-keys/scopes')).data;
    const label = `tests ${Date.now()}`;
    this.#apiKey = (await this.rest('POST', '/rest/api-keys', { label, scopes, expiresAt: null })).data.rawApiKey;
  }

  /** A call of the editor's own API. Throws unless it succeeds. */
  async rest(method, path, body) {
    return answerOf(method, path, await this.#send(method, path, body, { cookie: this.#cookie }));
  }

  /** A call of the public API: `api('GET', 'workflows')`. Throws unless it succeeds. */
  async api(method, path, body) {
    return answerOf(method, path, await this.#send(method, `/api/v1/${path}`, body, { 'x-n8n-api-key': this.#apiKey }));
  }

  /** Makes a credential and gives its {id, name}, as a node refers to it. */
  async credential(type, data, name = `${type} ${Date.now()}`) {
    const { id } = await this.api('POST', 'credentials', { name, type, data });
    return { id, name };
  }

  /** What the button "Test" of a credential says: {status: 'OK' | 'Error', message}. */
  async testCredential(type, data) {
    const credentials = { id: '', name: 'test', type, data };
    return (await this.rest('POST', '/rest/credentials/test', { credentials })).data;
  }

  /** Makes a workflow of nodes in a row, the first one first, and gives its id. */
  async workflow(name, nodes, more = {}) {
    const rows = nodes
      .slice(1)
      .map((node, index) => [nodes[index].name, { main: [[{ node: node.name, type: 'main', index: 0 }]] }]);
    const connections = Object.fromEntries(rows);
    const workflow = { name, nodes: nodes.map(placed), connections, settings: { executionOrder: 'v1' }, ...more };
    return (await this.api('POST', 'workflows', workflow)).id;
  }

  activate(id) {
    return this.api('POST', `workflows/${id}/activate`);
  }

  deactivate(id) {
    return this.api('POST', `workflows/${id}/deactivate`);
  }

  /** Calls a webhook, which n8n opens a little after its workflow is active. Gives {status, body}. */
  async webhook(path, body = {}) {
    return this.until(`the webhook ${path}`, async () => {
      const response = await this.#send('POST', `/webhook/${path}`, body);
      const text = await response.text();
      if (response.status === 404 && text.includes('not registered')) return undefined;
      return { status: response.status, body: text ? JSON.parse(text) : undefined };
    });
  }

  /** Starts a workflow as the editor's button does, at the node `trigger`, and gives the id of the execution. */
  async runAsEditor(id, trigger) {
    const workflowData = (await this.rest('GET', `/rest/workflows/${id}`)).data;
    const start = { workflowData, triggerToStartFrom: { name: trigger } };
    return (await this.rest('POST', `/rest/workflows/${id}/run`, start)).data.executionId;
  }

  /** Executions of a workflow with their data, oldest first. */
  async executions(workflowId) {
    const query = `executions?workflowId=${workflowId}&includeData=true&limit=100`;
    return (await this.api('GET', query)).data.reverse();
  }

  /** One execution with its data, when it has ended. */
  finished(id) {
    return this.until(`the end of execution ${id}`, async () => {
      const execution = await this.api('GET', `executions/${id}?includeData=true`);
      return ['running', 'new', 'waiting', 'unknown'].includes(execution.status) ? undefined : execution;
    });
  }

  /** The items that a node of an execution gave, by output. */
  output(execution, node, index = 0) {
    const runs = execution.data.resultData.runData[node] ?? [];
    return runs.flatMap((run) => run.data?.main?.[index] ?? []);
  }

  /** Waits until `ask` gives something. The limit is there for a broken n8n only. */
  async until(what, ask) {
    for (const end = Date.now() + settleAtMostMs; Date.now() < end;) {
      const value = await ask();
      if (value) return value;
      await new Promise((resolve) => setTimeout(resolve, settleEveryMs));
    }
    throw new PlainError(`n8n: waited in vain for ${what}`);
  }

  #send(method, path, body, headers = {}) {
    return fetch(`${this.url}${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }
}

function placed(node, index) {
  return { id: `node-${index}`, typeVersion: 1, position: [index * 220, 0], parameters: {}, ...node };
}

async function answerOf(method, path, response) {
  const text = await response.text();
  if (!response.ok) throw new PlainError(`n8n: ${method} ${path} answered ${response.status}: ${text.slice(0, 2000)}`);
  return text ? JSON.parse(text) : {};
}
