import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as http2 from 'node:http2';
import * as https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import * as path from 'node:path';

/** A certificate authority of one test, and what it issued for 127.0.0.1. Paths of PEM files. */
export interface PrivateCa {
  authority: string;
  certificate: string;
  key: string;
}

/** Makes a certificate authority that nobody else trusts, and a certificate for 127.0.0.1 or another name. */
export function makePrivateCa(folder: string, name = 'IP:127.0.0.1'): PrivateCa {
  const at = (name: string): string => path.join(folder, name);
  const openssl = (...args: string[]): unknown => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const newKey = ['req', '-newkey', 'rsa:2048', '-nodes'];
  openssl(...newKey, '-x509', '-days', '2', '-subj', '/CN=test authority', '-keyout', 'ca.key', '-out', 'ca.pem');
  openssl(...newKey, '-subj', '/CN=127.0.0.1', '-keyout', 'server.key', '-out', 'server.csr');
  fs.writeFileSync(at('names'), `subjectAltName=${name}`);
  const issuer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
  openssl('x509', '-req', '-days', '2', '-in', 'server.csr', ...issuer, '-extfile', 'names', '-out', 'server.pem');
  return { authority: at('ca.pem'), certificate: at('server.pem'), key: at('server.key') };
}

/** An HTTPS server in front of an HTTP server. */
export interface TlsFront {
  url: string;
  /** Requests that came over TLS. */
  requests(): number;
  connections(): number;
  stop(): Promise<void>;
}

export interface FrontOptions {
  /** Offer HTTP/2, and take HTTP/1.1 too. */
  http2?: boolean;
  /** Called for each request; its answer waits for the promise. `connection` tells connections apart. */
  before?: (path: string, connection: object | undefined) => Promise<void>;
}

/** Passes everything on to `target`, and puts its own address where an answer names the target's. */
export async function startTlsFront(target: string, ca: PrivateCa, options: FrontOptions = {}): Promise<TlsFront> {
  let requests = 0;
  let url = '';
  const sockets = new Set<Socket>();
  const identity = { cert: fs.readFileSync(ca.certificate), key: fs.readFileSync(ca.key) };
  const pass = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    requests += 1;
    const { method, url: wanted } = request;
    const session = (request as unknown as { stream?: http2.ServerHttp2Stream }).stream?.session;
    await options.before?.(wanted ?? '/', session ?? request.socket);
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !name.startsWith(':')));
    const behind = http.request(`${target}${wanted ?? '/'}`, { method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const plain = !answer.headers['content-encoding'];
        const body = Buffer.concat(chunks);
        const sent = plain ? Buffer.from(body.toString('latin1').replaceAll(target, url), 'latin1') : body;
        const {
          connection: _c,
          'keep-alive': _k,
          'content-length': _l,
          'transfer-encoding': _t,
          ...kept
        } = answer.headers;
        response.writeHead(answer.statusCode ?? 502, { ...kept, 'content-length': sent.length }).end(sent);
      });
    });
    request.pipe(behind);
  };
  const listener = (request: unknown, response: unknown): void => {
    void pass(request as http.IncomingMessage, response as http.ServerResponse);
  };
  const server = options.http2
    ? http2.createSecureServer({ ...identity, allowHTTP1: true }, listener)
    : https.createServer(identity, listener);
  server.on('secureConnection', (socket: Socket) => {
    sockets.add(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    requests: () => requests,
    connections: () => sockets.size,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}
