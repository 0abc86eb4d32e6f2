// An issuer with one key that signs whatever it is asked to, for tokens that a provider would not give.
import { generateKeyPairSync } from 'node:crypto';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';

import { type JWTPayload, SignJWT } from 'jose';

export class PlainIssuer {
  readonly #pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  readonly #server: http.Server;
  /** How often its keys were fetched. */
  fetched = 0;

  private constructor() {
    const jwk = { ...this.#pair.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' };
    this.#server = http.createServer((request, response) => {
      if (request.url === '/keys') ++this.fetched;
      const found = request.url === '/keys' ? { keys: [jwk] } : { issuer: this.issuer, jwks_uri: `${this.issuer}keys` };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(found));
    });
  }

  static async start(): Promise<PlainIssuer> {
    const issuer = new PlainIssuer();
    await new Promise<void>((listening) => issuer.#server.listen(0, '127.0.0.1', listening));
    return issuer;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** `ends`: does it ever? */
  token(claims: JWTPayload, { kid = 'one', ends = true } = {}): Promise<string> {
    const sign = new SignJWT({ iss: this.issuer, ...claims }).setProtectedHeader({ alg: 'RS256', kid });
    return (ends ? sign.setExpirationTime('5m') : sign).sign(this.#pair.privateKey);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}
