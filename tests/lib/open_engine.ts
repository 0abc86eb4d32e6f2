// An engine of one test, that can be opened anew over the same state.
import { Engine, EngineError } from '../../lib';
import { Workspace } from '../e2e/support/workspace';

export class OpenEngine {
  readonly workspace = new Workspace();
  readonly #options: ConstructorParameters<typeof Engine>[0];
  now: Engine;

  constructor(options: ConstructorParameters<typeof Engine>[0] = {}) {
    this.#options = { home: this.workspace.home, allowLoopback: true, ...options };
    this.now = new Engine(this.#options);
  }

  async reopen(): Promise<void> {
    await this.now.close();
    this.now = new Engine(this.#options);
  }

  async close(): Promise<void> {
    await this.now.close();
    this.workspace.remove();
  }
}

/** The error that a call ends with. */
export async function errorOf(promise: Promise<unknown>): Promise<EngineError> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(EngineError);
  return thrown as EngineError;
}
