// A throwaway n8n for tests: own user folder, free ports of 127.0.0.1, gone at the end. See n8n_install.mjs.
//
//   node scripts/services/n8n.mjs [PACKAGE.tgz]     starts one with a package in it, and serves until Ctrl-C
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failWith, isMain, quietly } from '../command.mjs';
import { N8nClient } from './n8n_client.mjs';
import { installedN8n } from './n8n_install.mjs';
import { freePort, randomPassword, startServer, temporaryFolder } from './sandbox.mjs';

const startSecondsMax = 180;
// Encrypts the credentials of throwaway folders; the same for all, so that a worker reads what the main process wrote.
const encryptionKey = 'throwaway-key-of-tests';

/**
 * Starts n8n, logs its owner in, and gives a client for it.
 * @param {object} [options]
 * @param {string} [options.tarball]  package that is put into the user folder first, as people do by hand
 * @param {string} [options.userFolder]  a folder to use and keep; without it one is made, and deleted at the end
 * @param {Record<string, string>} [options.env]  further settings of n8n
 * @returns {Promise<N8nClient & { userFolder: string, log(): string, stop(): Promise<void> }>}
 */
export async function start({ tarball, userFolder, env = {} } = {}) {
  const { program, node, env: npmEnv } = await installedN8n();
  const folder = userFolder ?? temporaryFolder('n8n-home');
  let server;
  const stop = async () => {
    await server?.stop();
    if (!userFolder) rmSync(folder, { recursive: true, force: true });
  };
  try {
    if (tarball) await installByHand(folder, tarball, npmEnv);
    const port = await freePort();
    const settings = { ...(await settingsOf(folder, port)), ...npmEnv, ...env };
    server = await startProcess(node, [program, 'start'], settings, /Editor is now accessible via/);
    const client = new N8nClient(`http://127.0.0.1:${port}`);
    await client.until('readiness', async () => (await fetch(`${client.url}/healthz/readiness`)).ok);
    await client.login();
    return Object.assign(client, { userFolder: folder, log: server.log, stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts a worker of the n8n that was started with the same `userFolder` and `env` (queue mode). */
export async function startWorker({ userFolder, env }) {
  const { program, node, env: npmEnv } = await installedN8n();
  const settings = { ...(await settingsOf(userFolder, await freePort())), ...npmEnv, ...env };
  return startProcess(node, [program, 'worker'], settings, /n8n worker is now ready/);
}

/** Puts a package into the user folder with npm, as a person does who has a shell on the machine. */
export async function installByHand(userFolder, tarball, env) {
  const nodes = join(userFolder, '.n8n', 'nodes');
  mkdirSync(nodes, { recursive: true });
  writeFileSync(join(nodes, 'package.json'), '{ "name": "installed-nodes", "private": true }\n');
  const quiet = ['--omit=peer', '--no-audit', '--no-fund', '--loglevel=error'];
  await quietly('npm', ['install', tarball, ...quiet], { cwd: nodes, env });
}

async function startProcess(node, args, env, ready) {
  const folder = temporaryFolder('n8n');
  const output = [];
  const stop = await startServer({
    folder,
    program: node,
    args,
    env,
    stopSignal: 'SIGTERM',
    ready,
    secondsMax: startSecondsMax,
    onOutput: (text) => output.push(text),
  });
  return { stop, log: () => output.join('') };
}

async function settingsOf(userFolder, port) {
  return {
    N8N_USER_FOLDER: userFolder,
    N8N_ENCRYPTION_KEY: encryptionKey,
    N8N_LISTEN_ADDRESS: '127.0.0.1',
    N8N_HOST: '127.0.0.1',
    N8N_PORT: String(port),
    N8N_PROTOCOL: 'http',
    WEBHOOK_URL: `http://127.0.0.1:${port}/`,
    N8N_SECURE_COOKIE: 'false',
    N8N_RUNNERS_MODE: 'internal',
    N8N_RUNNERS_BROKER_PORT: String(await freePort()),
    N8N_RUNNERS_AUTH_TOKEN: randomPassword(),
    N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'false',
    N8N_RESTRICT_FILE_ACCESS_TO: userFolder,
    GENERIC_TIMEZONE: 'UTC',
    // Not what the process that starts it runs with: Jest sets both for itself.
    NODE_ENV: 'production',
    NODE_OPTIONS: '',
    ...quiet,
  };
}

// Nothing that calls home, nothing that covers the editor.
const quiet = Object.fromEntries(
  [
    'N8N_DIAGNOSTICS_ENABLED',
    'N8N_PERSONALIZATION_ENABLED',
    'N8N_VERSION_NOTIFICATIONS_ENABLED',
    'N8N_TEMPLATES_ENABLED',
    'N8N_HIRING_BANNER_ENABLED',
    'N8N_DYNAMIC_BANNERS_ENABLED',
    'N8N_VERIFIED_PACKAGES_ENABLED',
    'N8N_LICENSE_AUTO_RENEW_ENABLED',
  ].map((name) => [name, 'false']),
);

if (isMain(import.meta.url)) {
  start({ tarball: process.argv[2] })
    .then(({ url, owner, stop }) => {
      console.log(`${url}\n${owner.email} ${owner.password}`);
      const open = setInterval(() => {}, 1 << 30);
      for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop().finally(() => clearInterval(open)));
    })
    .catch(failWith);
}
