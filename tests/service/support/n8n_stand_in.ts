// Something that answers in n8n's place, for answers that a real n8n does not give when it is asked to. What n8n really
// does is tested with a real one: tests/e2e/n8n/workflows.test.ts.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export class N8nStandIn {
  readonly #server: Server;
  /** Method, path and key of each request. */
  readonly asked: { line: string; key: string | undefined; token: string | undefined }[] = [];
  /** Gives the answer. Tests put their own here. */
  answer: Handler = (_request, response) => void response.writeHead(500).end();

  private constructor() {
    this.#server = createServer((request, response) => {
      const key = request.headers['x-n8n-api-key'] as string | undefined;
      this.asked.push({ line: `${request.method} ${request.url}`, key, token: request.headers.authorization });
      this.answer(request, response);
    });
  }

  static async start(): Promise<N8nStandIn> {
    const standIn = new N8nStandIn();
    await new Promise<void>((resolve) => standIn.#server.listen(0, '127.0.0.1', resolve));
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Answers each request with this. */
  says(status: number, body: unknown, headers: Record<string, string> = {}): void {
    this.answer = (_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
