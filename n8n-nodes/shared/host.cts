import * as os from 'node:os';
import * as path from 'node:path';

/**
 * What the nodes take from the n8n process they run in. The only file that looks at the process.
 */

/** Folder of the engine's own state and of nothing else: `.n8n/data-sync` in n8n's user folder. */
export function stateFolder(): string {
  return path.join(process.env['N8N_USER_FOLDER'] ?? os.homedir(), '.n8n', 'data-sync');
}

/** An n8n that guards its outgoing calls (N8N_SSRF_PROTECTION_ENABLED) wants no calls into its own network. */
export function mayCallOwnNetwork(): boolean {
  return process.env['N8N_SSRF_PROTECTION_ENABLED'] !== 'true';
}

/** Calls `stop` once, when n8n is asked to end. n8n waits for its executions then, so that they have time to settle. */
export function onShutdown(stop: () => void): void {
  const signals = ['SIGTERM', 'SIGINT', 'beforeExit'] as const;
  const first = (): void => {
    for (const signal of signals) process.off(signal, first);
    stop();
  };
  for (const signal of signals) process.on(signal, first);
}

/** A place that all copies of this package in one process share: after an update in place there are two. */
export function sharedPlace(): Record<symbol, unknown> {
  return globalThis;
}
