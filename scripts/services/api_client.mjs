// A small client of the REST API: calls, and runs that are followed to their end.
import { PlainError } from '../command.mjs';

const lookMs = 50;

export class ApiClient {
  #url;
  #headers;

  constructor(url, key) {
    this.#url = url;
    this.#headers = { 'x-api-key': key };
  }

  get(path) {
    return this.#call('GET', path);
  }

  post(path, body = {}) {
    return this.#call('POST', path, body);
  }

  /** Starts a sync, making it if it is new, and follows its run. Gives the report of the run. */
  async run(sync, onProgress) {
    const before = await this.#latestRun(sync.id);
    if (before === undefined) await this.post('/api/sync/start', sync);
    else await this.post(`/api/sync/${sync.id}/run`);
    let runId;
    while ((runId = await this.#latestRun(sync.id)) === (before ?? 0)) {
      const { activity, errors } = await this.get(`/api/sync/status/${sync.id}`);
      if (errors && activity !== 'running') throw new PlainError(`${sync.id}: ${errors[0].message}`);
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
    for await (const { name, data } of this.#events(`/api/runs/${runId}/events`)) {
      if (name === 'end') return data;
      onProgress(data);
    }
    throw new PlainError(`the service ended in the middle of run ${runId}`);
  }

  /** Number of the newest run, 0 before the first one, undefined if there is no such sync. */
  async #latestRun(syncId) {
    const answer = await this.#fetch('GET', `/api/sync/status/${syncId}`);
    const status = await answer.json();
    return answer.status === 404 ? undefined : (status.run?.id ?? 0);
  }

  async *#events(path) {
    const answer = await this.#fetch('GET', path);
    const decoder = new TextDecoder();
    let text = '';
    for await (const piece of answer.body) {
      const blocks = (text + decoder.decode(piece, { stream: true })).split('\n\n');
      text = blocks.pop();
      for (const block of blocks) {
        const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s, 2)));
        if (fields.event) yield { name: fields.event, data: JSON.parse(fields.data) };
      }
    }
  }

  async #call(method, path, body) {
    const answer = await this.#fetch(method, path, body);
    const content = await answer.json();
    if (!answer.ok) throw new PlainError(`${method} ${path}: ${content.detail}`);
    return content;
  }

  #fetch(method, path, body) {
    const headers = body === undefined ? this.#headers : { ...this.#headers, 'content-type': 'application/json' };
    return fetch(this.#url + path, { method, headers, body: body && JSON.stringify(body) });
  }
}
