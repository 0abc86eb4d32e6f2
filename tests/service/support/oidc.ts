// The other side of oidc_provider.mjs.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';

export class OidcProvider {
  readonly #process: ChildProcess;
  readonly issuer: string;

  private constructor(process: ChildProcess, issuer: string) {
    this.#process = process;
    this.issuer = issuer;
  }

  static async start(): Promise<OidcProvider> {
    const child = fork(path.join(__dirname, 'oidc_provider.mjs'), { silent: true });
    const [message] = (await once(child, 'message')) as [{ issuer: string }];
    return new OidcProvider(child, message.issuer);
  }

  /** A token for a machine, as the provider gives it. */
  async token(audience: string, ...scopes: string[]): Promise<string> {
    const answer = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('machine:machine-secret').toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource: audience, scope: scopes.join(' ') }),
    });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    return token;
  }

  /** From now on another key signs, and the old one is no longer published. */
  async rotate(): Promise<void> {
    const done = once(this.#process, 'message');
    this.#process.send('rotate');
    await done;
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.send('stop');
    await ended;
  }
}
