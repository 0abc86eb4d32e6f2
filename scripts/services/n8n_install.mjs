// A real n8n for tests and benchmarks: installed from npm into a cache folder outside of the checkout, with the Node
// it needs. Made once and used by every later run; 2.9 GB, some minutes.
//
//   node scripts/services/n8n_install.mjs     installs it, or says where it is
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheFolder, failWith, isMain, quietly } from '../command.mjs';
import { cachedPackage } from '../npm_cache.mjs';

export const n8nVersion = '2.41.1';
const nodeVersion = '24.21.0';

/**
 * Installs n8n unless it is there.
 * @returns {Promise<{ program: string, node: string, env: Record<string, string> }>} `node program start` with `env`
 *   starts it; npm started with `env` runs on that Node as well
 */
export async function installedN8n() {
  const node = await newerNode();
  const env = {
    PATH: [join(node, 'bin'), process.env.PATH].join(delimiter),
    npm_config_nodedir: node,
    npm_config_build_from_source: 'true',
  };
  const folder = await installed(`n8n-${n8nVersion}`, (fresh) => installProgram(fresh, env));
  return { program: join(folder, 'node_modules', 'n8n', 'bin', 'n8n'), node: join(node, 'bin', 'node'), env };
}

// Made under another name and renamed at the end: what has its name is whole.
async function installed(name, install) {
  const folder = join(cacheFolder('.'), name);
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  writeFileSync(join(fresh, 'package.json'), '{ "private": true }\n');
  await install(fresh);
  if (existsSync(folder)) rmSync(fresh, { recursive: true });
  else renameSync(fresh, folder);
  return folder;
}

/** Folder of the Node that n8n 2.41 needs, whatever Node the tests run on: its program and headers. */
export function newerNode() {
  return cachedPackage(`node-${process.platform}-${process.arch}`, nodeVersion);
}

// Without scripts, since one dependency downloads from elsewhere; sqlite3 alone has to be compiled.
async function installProgram(folder, env) {
  console.log(`installing n8n ${n8nVersion} into ${cacheFolder('.')}: this takes some minutes, once`);
  await npm(['install', `n8n@${n8nVersion}`], folder, env);
  await quietly('npm', ['rebuild', 'sqlite3'], { cwd: folder, env });
}

function npm(words, cwd, env) {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  return quietly('npm', [...words, ...quiet], { cwd, env });
}

if (isMain(import.meta.url)) {
  installedN8n()
    .then(({ program }) => console.log(program))
    .catch(failWith);
}
