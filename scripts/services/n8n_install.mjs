// A real n8n for tests and benchmarks: installed from npm into the cache folder outside of the checkout. Made once and
// used by every later run; 2.9 GB, some minutes.
//
//   node scripts/services/n8n_install.mjs     installs it unless it is there, and prints where it is
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheFolder, failWith, isMain, quietly } from '../command.mjs';
import { cachedPackage } from '../npm_cache.mjs';

const n8nVersion = '2.41.1';
// n8n 2.41 needs Node 24, whatever Node the tests run on. The package carries the program and its headers.
const nodeVersion = '24.21.0';

/**
 * Installs n8n unless it is there.
 * @returns {Promise<{ program: string, node: string, env: Record<string, string> }>} `node program start` with `env`
 *   starts it; npm started with `env` runs on that Node as well
 */
export async function installedN8n() {
  const node = await cachedPackage(`node-${process.platform}-${process.arch}`, nodeVersion);
  const env = { PATH: [join(node, 'bin'), process.env.PATH].join(delimiter), npm_config_nodedir: node };
  const folder = join(cacheFolder('.'), `n8n-${n8nVersion}`);
  if (!existsSync(folder)) await install(folder, env);
  return { program: join(folder, 'node_modules', 'n8n', 'bin', 'n8n'), node: join(node, 'bin', 'node'), env };
}

// Without scripts, since one dependency downloads from elsewhere; sqlite3 alone has to be compiled.
async function install(folder, env) {
  console.log(`installing n8n ${n8nVersion} into ${folder}: this takes some minutes, once`);
  // Made under another name and renamed at the end: what has its name is whole.
  const fresh = `${folder}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  writeFileSync(join(fresh, 'package.json'), '{ "private": true }\n');
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await quietly('npm', ['install', `n8n@${n8nVersion}`, ...quiet], { cwd: fresh, env });
  await quietly('npm', ['rebuild', 'sqlite3'], { cwd: fresh, env });
  if (existsSync(folder)) rmSync(fresh, { recursive: true });
  else renameSync(fresh, folder);
}

if (isMain(import.meta.url)) {
  installedN8n()
    .then(({ program }) => console.log(program))
    .catch(failWith);
}
