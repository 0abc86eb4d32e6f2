// What the JavaScript peers share: calls of an org over undici, the fastest HTTP client of Node, and writing 200
// records a call with a bounded number of calls under way.
import { Pool } from 'undici';
import { keyField, objectName, recordsPerCall } from '../data/mapping.mjs';

const base = '/services/data/v66.0';

/** One org after its login. `connections` bounds what is open at the same time. */
export class OrgClient {
  #pool;
  #authorization = '';

  constructor(url, connections) {
    this.#pool = new Pool(url, { connections, pipelining: 1 });
  }

  async logIn() {
    const grant = 'grant_type=client_credentials&client_id=twin-client&client_secret=twin-secret';
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { access_token: token } = await this.call('POST', '/services/oauth2/token', grant, headers);
    this.#authorization = `Bearer ${token}`;
    return this;
  }

  /** Sends and gives the answer with its body not read yet. Throws on a status that is no success. */
  async send(method, path, body, headers) {
    const answer = await this.#pool.request({
      method,
      path: path.startsWith('/services') ? path : base + path,
      headers: { authorization: this.#authorization, 'content-type': 'application/json', ...headers },
      body,
    });
    if (answer.statusCode >= 300)
      throw new Error(`${method} ${path}: ${answer.statusCode} ${await answer.body.text()}`);
    return answer;
  }

  async call(method, path, body, headers) {
    const answer = await this.send(method, path, body, headers);
    return JSON.parse(await answer.body.text());
  }

  query(soql) {
    return this.call('GET', `/query?q=${encodeURIComponent(soql)}`);
  }

  async upsert(records) {
    const body = JSON.stringify({ allOrNone: false, records });
    checkReceipt(records, await this.call('PATCH', `/composite/sobjects/${objectName}/${keyField}`, body));
  }

  close() {
    return this.#pool.close();
  }
}

/** Throws unless every record was taken. */
export function checkReceipt(records, receipt) {
  const refused = receipt.find((row) => !row.success);
  if (refused || receipt.length !== records.length) throw new Error(`refused: ${JSON.stringify(refused)}`);
}

/** Hands batches to `write` with at most `callsMax` under way; add() waits while there are more. */
export class Batches {
  #write;
  #callsMax;
  #batch = [];
  #underWay = new Set();
  records = 0;

  constructor(write, callsMax) {
    this.#write = write;
    this.#callsMax = callsMax;
  }

  /** True if the caller has to await room() before it goes on. */
  add(record) {
    this.#batch.push(record);
    if (this.#batch.length === recordsPerCall) this.#send();
    return this.#underWay.size > this.#callsMax;
  }

  async room() {
    while (this.#underWay.size > this.#callsMax) await Promise.race(this.#underWay);
  }

  async end() {
    if (this.#batch.length > 0) this.#send();
    await Promise.all(this.#underWay);
    return this.records;
  }

  #send() {
    const batch = this.#batch;
    this.#batch = [];
    this.records += batch.length;
    const call = this.#write(batch).finally(() => this.#underWay.delete(call));
    this.#underWay.add(call);
  }
}

/** What the peers are called with: `node PEER '{"source": url, "target": url, ...}'`. */
export const task = () => JSON.parse(process.argv[2]);

/** The last line of a peer's output. */
export const report = (result) => console.log(JSON.stringify(result));
