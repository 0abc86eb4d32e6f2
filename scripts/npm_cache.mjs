// npm packages that carry a program and are no dependency of the project: compilers, other versions of Node, linters.
// Installed on first use into the cache folder outside of the checkout.
//
//   node scripts/npm_cache.mjs NAME@VERSION     prints the package's folder
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, failWith, isMain, quietly } from './command.mjs';

/**
 * The folder of a package inside of the node_modules that holds it and what it needs.
 * @param {string} name
 * @param {string} version  exact
 * @param {string[]} [flags]  more options of npm install
 */
export async function cachedPackage(name, version, flags = []) {
  const folder = join(cacheFolder('npm'), `${name.replace('/', '+')}@${version}`);
  if (!existsSync(folder)) {
    // Made under another name and renamed at the end: what has its name is whole.
    const fresh = `${folder}.${process.pid}`;
    mkdirSync(fresh, { recursive: true });
    writeFileSync(join(fresh, 'package.json'), '{"private": true}\n');
    // By force: a Node for another processor, which is run in an emulator, is refused otherwise.
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--force'];
    await quietly('npm', ['install', `${name}@${version}`, ...quiet, ...flags], { cwd: fresh });
    if (existsSync(folder)) rmSync(fresh, { recursive: true });
    else renameSync(fresh, folder);
  }
  return join(folder, 'node_modules', name);
}

if (isMain(import.meta.url)) {
  const [, name, version] = /^(.+)@(.+)$/.exec(process.argv[2]) ?? [];
  cachedPackage(name, version).then(console.log, failWith);
}
