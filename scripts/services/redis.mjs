// A throwaway Redis server for the benchmarks: own folder, free port of 127.0.0.1, one password, gone at the end.
import { freePort, randomPassword, serverProgram, startServer, temporaryFolder } from './sandbox.mjs';

/**
 * Starts the server.
 * @param {{ durable?: boolean }} [options] `durable` writes an append-only file with one fsync a second
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>} url: redis://default:password@127.0.0.1:port
 */
export async function start({ durable = false } = {}) {
  const program = serverProgram('redis-server', 'redis-server');
  const folder = temporaryFolder('redis');
  const password = randomPassword();
  const port = await freePort();
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    requirepass: password,
    dir: folder,
    save: '',
    appendonly: durable ? 'yes' : 'no',
    appendfsync: 'everysec',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const ready = /Ready to accept connections/;
  const stop = await startServer({ folder, program, args, stopSignal: 'SIGTERM', ready });
  return { url: `redis://default:${password}@127.0.0.1:${port}`, stop };
}
