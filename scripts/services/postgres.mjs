// A throwaway PostgreSQL server: own folder, free port of 127.0.0.1, one password, gone at the end.
//
//   node scripts/services/postgres.mjs     prints its URL and serves until Ctrl-C
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failWith, isMain, outputOf, PlainError } from '../command.mjs';
import { freePort, randomPassword, startServer, temporaryFolder, userNamed } from './sandbox.mjs';

const userName = 'data_sync';
const connectionsMax = 200;

/**
 * Starts the server.
 * @param {{ durable?: boolean, settings?: Record<string, string> }} [options] `durable` keeps fsync on, for
 *   benchmarks; tests need no data that outlives a power cut. `settings` are lines of postgresql.conf.
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>} url: postgresql://user:password@127.0.0.1:port/name
 */
export async function start({ durable = false, settings = {} } = {}) {
  const programs = programFolder();
  const user = process.getuid() === 0 ? serverUser() : undefined;
  const folder = temporaryFolder('postgres', user);
  const password = randomPassword();
  try {
    createCluster(programs, folder, password, user);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const port = await freePort();
  const safety = durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
  const all = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: connectionsMax,
    ...safety,
    ...settings,
  };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const stop = await startServer({
    folder,
    program: join(programs, 'postgres'),
    args: ['-D', join(folder, 'data'), ...flags],
    stopSignal: 'SIGINT', // PostgreSQL's "fast" shutdown: ends the sessions that are still open
    ready: /database system is ready to accept connections/,
    user,
  });
  return { url: `postgresql://${userName}:${password}@127.0.0.1:${port}/postgres`, stop };
}

function createCluster(programs, folder, password, user) {
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) chownSync(passwordFile, user.uid, user.gid);
  const args = [
    '-D',
    join(folder, 'data'),
    '-U',
    userName,
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  ];
  const result = spawnSync(join(programs, 'initdb'), args, { cwd: folder, encoding: 'utf8', ...user });
  if (result.status !== 0) throw new PlainError(`initdb failed: ${result.stderr ?? result.error?.message}`);
}

// The newest version that Debian's packages have put on the machine, or what pg_config points at.
function programFolder() {
  const home = '/usr/lib/postgresql';
  const versions = existsSync(home)
    ? readdirSync(home)
        .map(Number)
        .sort((a, b) => b - a)
    : [];
  const packaged = versions.map((version) => `${home}/${version}/bin`);
  const folders = [...packaged, outputOf('pg_config', ['--bindir']).output.trim()];
  const folder = folders.find((candidate) => existsSync(join(candidate, 'initdb')));
  if (folder) return folder;
  throw new PlainError('PostgreSQL is not installed: run "npm run setup", or install the package postgresql');
}

// PostgreSQL refuses to run as root.
function serverUser() {
  const user = userNamed('postgres') ?? userNamed('nobody');
  if (user) return user;
  throw new PlainError('PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run as');
}

if (isMain(import.meta.url)) {
  start()
    .then(({ url, stop }) => {
      console.log(url);
      const open = setInterval(() => {}, 1 << 30);
      for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop().finally(() => clearInterval(open)));
    })
    .catch(failWith);
}
