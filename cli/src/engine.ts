import * as os from 'node:os';

import { Engine, EngineError, type EngineEvent } from '../../lib';

export interface Options {
  home?: string;
  json: boolean;
  full?: boolean;
  approve?: boolean;
  watch?: boolean;
  replay?: boolean;
  samples?: string;
  state?: string;
  take?: string;
  field?: string[];
  side?: string;
  set?: string;
  delete?: boolean;
  rules?: boolean;
}

/** Whoever runs a command owns the machine and the file, so loopback and private networks are open to connectors. */
export function openEngine(options: Options, onEvent: (event: EngineEvent) => void = () => {}): Engine {
  return new Engine({ home: options.home, allowLoopback: true, allowPrivate: true }, (event) => {
    if (event.type === 'log') process.stderr.write(`${event.level}: ${event.message}\n`);
    onEvent(event);
  });
}

export async function withEngine<T>(engine: Engine, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } finally {
    await engine.close();
  }
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Who does it, for the audit log. */
export function actor(): string {
  return `cli:${os.userInfo().username}`;
}

export function wrong(field: string, message: string): EngineError {
  return new EngineError(message, { kind: 'invalid', field });
}
