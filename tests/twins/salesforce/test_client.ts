/** A plain client for the tests of the twin: it logs in, calls, and steers the twin, without hiding any answer. */
import { startSalesforceTwin, type SalesforceTwin, type TwinOptions } from './index';

export const DATA = '/services/data/v66.0';
const CLIENT = { client_id: 'twin-client', client_secret: 'twin-secret' };

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON, null when it is none. */
  body: any;
}

/** The values of a text of JSON lines. */
export const lines = (text: string): any[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export class TwinClient {
  token = '';

  private constructor(private readonly twin: SalesforceTwin) {}

  /** Starts a twin and logs in. */
  static async start(options: Partial<TwinOptions>): Promise<TwinClient> {
    const client = new TwinClient(await startSalesforceTwin({ bulkDelayMs: 5, ...options }));
    await client.logIn();
    return client;
  }

  get url(): string {
    return this.twin.url;
  }

  close(): Promise<void> {
    return this.twin.close();
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const isForm = body instanceof URLSearchParams || body instanceof FormData;
    const response = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...headers },
      ...(body === undefined ? {} : { body: isForm || typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parsed(text) };
  }

  /** Asks for a token; client id and secret are added. */
  grant(fields: Record<string, string>): Promise<Answer> {
    return this.call('POST', '/services/oauth2/token', new URLSearchParams({ ...CLIENT, ...fields }));
  }

  async logIn(): Promise<void> {
    this.token = (await this.grant({ grant_type: 'client_credentials' })).body.access_token;
  }

  query(soql: string): Promise<Answer> {
    return this.call('GET', `${DATA}/query?q=${encodeURIComponent(soql)}`);
  }

  /** Rows a condition finds. */
  async count(object: string, where: string): Promise<number> {
    return (await this.query(`SELECT COUNT() FROM ${object} WHERE ${where}`)).body.totalSize;
  }

  async control(path: string, body: unknown): Promise<any> {
    return (await this.call('POST', `/__twin/${path}`, body)).body;
  }

  faults(...orders: object[]): Promise<any> {
    return this.control('faults', orders);
  }

  async stats(): Promise<any> {
    return (await this.call('GET', '/__twin/stats')).body;
  }

  /** All rows of an object, deleted ones too, as they truly are. */
  async dump(object: string): Promise<any[]> {
    return lines((await this.call('GET', `/__twin/dump/${object}`)).text);
  }

  /** Waits for the end of a bulk job and returns what it says. */
  async jobEnd(kind: 'query' | 'ingest', id: string): Promise<any> {
    for (;;) {
      const { body } = await this.call('GET', `${DATA}/jobs/${kind}/${id}`);
      if (['JobComplete', 'Failed', 'Aborted'].includes(body.state)) return body;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
