import { type Static, type TSchema, Type } from '@sinclair/typebox';

import { Problem } from '../problem';
import { checked, readJson } from './answer';
import { N8nCredential, N8nExecution, N8nPage, N8nWorkflow, type NewN8nWorkflow } from './types';

/** Longest time that n8n may take for one answer. No call waits for a workflow to end. */
const callMsMax = 20_000;
const retryAfterSecondsDefault = 5;
const messageCharactersMax = 500;

export interface N8nLogin {
  /** Where n8n is reached, with its path if it has one: `https://n8n.example.org`. */
  baseUrl: string;
  apiKey: string;
}

interface Call {
  body?: unknown;
  query?: Record<string, string>;
}

const anything = Type.Unknown();

/**
 * n8n's public API v1, as far as this service needs it, and the webhooks of workflows. Errors are problems:
 * `unavailable` if n8n does not answer or is overloaded, `bad-gateway` if it refuses the key or answers nonsense,
 * `invalid` if it refuses what was sent. The API key goes to n8n alone: redirects are not followed, and no message
 * has it.
 */
export class N8nClient {
  readonly #baseUrl: string;
  readonly #apiKey: string;
  readonly #callMs: number;

  constructor({ baseUrl, apiKey }: N8nLogin, callMs = callMsMax) {
    this.#baseUrl = baseUrl.replace(/\/+$/, '');
    this.#apiKey = apiKey;
    this.#callMs = callMs;
  }

  /** The cheapest call that shows that n8n answers and takes the key. */
  async ping(): Promise<void> {
    await this.#api('GET', 'workflows', anything, { query: { limit: '1', excludePinnedData: 'true' } });
  }

  createWorkflow(workflow: NewN8nWorkflow): Promise<N8nWorkflow> {
    return this.#api('POST', 'workflows', N8nWorkflow, { body: workflow });
  }

  /** null if n8n has none with this id. */
  getWorkflow(id: string): Promise<N8nWorkflow | null> {
    return this.#find(`workflows/${encodeURIComponent(id)}`, N8nWorkflow);
  }

  /** Of one that is not active; n8n deletes no other. */
  async deleteWorkflow(id: string): Promise<void> {
    await this.#delete(`workflows/${encodeURIComponent(id)}`);
  }

  /** n8n answers before the webhooks of the workflow are open. */
  async activate(id: string): Promise<void> {
    await this.#api('POST', `workflows/${encodeURIComponent(id)}/activate`, anything);
  }

  createCredential(credential: { name: string; type: string; data: object }): Promise<N8nCredential> {
    return this.#api('POST', 'credentials', N8nCredential, { body: credential });
  }

  async deleteCredential(id: string): Promise<void> {
    await this.#delete(`credentials/${encodeURIComponent(id)}`);
  }

  /** Executions with their data, newest first. Without `status` n8n leaves out those that are under way. */
  executions(query: { workflowId: string; limit: number; cursor?: string; status?: string }): Promise<N8nPage> {
    const { limit, ...rest } = query;
    return this.#api('GET', 'executions', N8nPage, { query: { ...rest, limit: String(limit), includeData: 'true' } });
  }

  /** null if n8n has none with this id, or has not written it down yet. */
  getExecution(id: string): Promise<N8nExecution | null> {
    return this.#find(`executions/${encodeURIComponent(id)}`, N8nExecution, { includeData: 'true' });
  }

  /** Calls the webhook of a workflow, with a token unless everybody may. Undefined: it is not open (yet). */
  async webhook(path: string, token: string | undefined, body: unknown): Promise<unknown> {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await this.#fetch('POST', `${this.#baseUrl}/webhook/${path}`, headers, body);
    const content = await readJson(response);
    if (response.status === 404) return undefined;
    if (response.ok) return content ?? null;
    if (response.status !== 401 && response.status !== 403) throw this.#refusal(response, content);
    const fix = "its credential in n8n was changed, or n8n's clock differs by more than a minute";
    throw new Problem('bad-gateway', `the webhook of the workflow refuses this service (${response.status}): ${fix}`);
  }

  async #api<T extends TSchema>(method: string, path: string, shape: T, call: Call = {}): Promise<Static<T>> {
    const { response, content } = await this.#ask(method, path, call);
    if (response.ok) return checked(shape, content, path);
    throw this.#refusal(response, content);
  }

  /** null where there is none. */
  async #find<T extends TSchema>(path: string, shape: T, query?: Call['query']): Promise<Static<T> | null> {
    const { response, content } = await this.#ask('GET', path, { ...(query && { query }) });
    if (response.ok) return checked(shape, content, path);
    if (response.status === 404) return null;
    throw this.#refusal(response, content);
  }

  async #delete(path: string): Promise<void> {
    const { response, content } = await this.#ask('DELETE', path, {});
    if (!response.ok && response.status !== 404) throw this.#refusal(response, content);
  }

  async #ask(method: string, path: string, { body, query }: Call): Promise<{ response: Response; content: unknown }> {
    const search = query ? `?${new URLSearchParams(query).toString()}` : '';
    const headers = { 'x-n8n-api-key': this.#apiKey };
    const response = await this.#fetch(method, `${this.#baseUrl}/api/v1/${path}${search}`, headers, body);
    return { response, content: await readJson(response) };
  }

  async #fetch(method: string, url: string, headers: Record<string, string>, body: unknown): Promise<Response> {
    try {
      return await fetch(url, {
        method,
        headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
        redirect: 'error',
        signal: AbortSignal.timeout(this.#callMs),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch {
      // What fetch says may hold the address with a password in it.
      throw new Problem('unavailable', 'n8n does not answer at N8N_BASE_URL', retryAfter(retryAfterSecondsDefault));
    }
  }

  #refusal(response: Response, content: unknown): Problem {
    const { status } = response;
    if (status === 401 || status === 403) {
      return new Problem('bad-gateway', `n8n refuses the login (${status}): check N8N_API_KEY and its scopes in n8n`);
    }
    if (status === 429 || status >= 500) {
      const seconds = Number(response.headers.get('retry-after')) || retryAfterSecondsDefault;
      return new Problem('unavailable', `n8n failed (${status})`, retryAfter(seconds));
    }
    return new Problem('invalid', `n8n refuses this (${status}): ${this.#messageOf(content)}`);
  }

  #messageOf(content: unknown): string {
    const message = (content as { message?: unknown } | null)?.message;
    const text = typeof message === 'string' ? message : 'it does not say why';
    return text.replaceAll(this.#apiKey, '***').slice(0, messageCharactersMax);
  }
}

function retryAfter(seconds: number) {
  return { headers: { 'retry-after': String(Math.ceil(seconds)) } };
}
