// Builds the binaries that the package ships, and checks and tries each one. How and why: docs/packaging.md.
//
//   npm run prebuild               for this machine, by its own compiler
//   npm run prebuild -- --all      for Linux on x64 and arm64, glibc 2.28 and musl, cross-compiled by zig
//   npm run prebuild -- --refresh  asks Debian for newer sources of the libraries first
//
// Makes prebuilds/data_sync-VERSION-PLATFORM-ARCH-LIBC.node. What did not change is not built again.
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { failWith, isMain, PlainError, projectFolder, run } from './command.mjs';
import { check } from './prebuild/inspect.mjs';
import { cmakeArguments, staticLibraries } from './prebuild/libraries.mjs';
import { debianSources } from './prebuild/sources.mjs';
import { glibcMax, hostTarget, publishedTargets } from './prebuild/targets.mjs';
import { tryOut } from './prebuild/trial.mjs';
import { setUp } from './setup.mjs';

const prebuildsFolder = join(projectFolder, 'prebuilds');

/**
 * Builds, checks and tries binaries. Throws a PlainError when one of them must not be published.
 * @param {{ all?: boolean, refresh?: boolean }} [options]
 * @returns {Promise<{ target: string, file: string, bytes: number, needs: string, tried: string }[]>} one row per file
 */
export async function prebuild({ all = false, refresh = false } = {}) {
  const targets = all ? await publishedTargets() : [hostTarget()];
  const sources = await debianSources({ refresh });
  const rows = [];
  for (const target of targets) {
    const limits = all ? { glibcMax } : {};
    const file = await buildAddon(target, await staticLibraries(target, sources), limits);
    const found = check(file, target, limits);
    rows.push({
      target: target.name,
      file: file.slice(projectFolder.length + 1),
      bytes: statSync(file).size,
      needs: found.libraries.join(' ') + (found.glibc && `, glibc ${found.glibc}`),
      tried: await tryOut(file, target),
    });
  }
  writeLicences(sources);
  return rows;
}

async function buildAddon(target, prefix, limits) {
  const { version } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));
  const file = join(prebuildsFolder, `data_sync-${version}-${target.name}.node`);
  const folder = buildFolder(target, prefix);
  const stamp = join(folder, 'made-of');
  const seed = `${version} ${target.compiler} ${prefix}`;
  const recipe = fingerprint(seed);
  if (existsSync(file) && existsSync(stamp) && readFileSync(stamp, 'utf8') === recipe + hashOf(file)) {
    console.log(`prebuild: ${target.name} is up to date`);
    return file;
  }
  const configure = ['-S', projectFolder, '-B', folder, '-G', 'Ninja', '--log-level=WARNING', '-DDATA_SYNC_TESTS=OFF'];
  if (target.repairs) configure.push(`-DCMAKE_CXX_STANDARD_LIBRARIES=${target.repairs.join(' ')}`);
  await run('cmake', [...configure, ...cmakeArguments(target, prefix)], { env: target.tools });
  const jobs = process.env.JOBS ?? String(availableParallelism());
  await run('cmake', ['--build', folder, '--target', 'data_sync_node', '--parallel', jobs]);
  const made = join(folder, 'data_sync.node');
  check(made, target, limits); // before it lies where the package is packed from
  mkdirSync(prebuildsFolder, { recursive: true });
  for (const name of readdirSync(prebuildsFolder)) {
    if (name.endsWith(`-${target.name}.node`)) rmSync(join(prebuildsFolder, name)); // of an earlier version
  }
  copyFileSync(made, file);
  // Sources that were edited during the build are built again the next time.
  if (fingerprint(seed) === recipe) writeFileSync(stamp, recipe + hashOf(file));
  return file;
}

// CMake remembers the compiler and where it found the libraries, so a folder belongs to one pair of them.
function buildFolder(target, prefix) {
  const key = createHash('sha256').update(`${target.compiler} ${prefix}`).digest('hex').slice(0, 8);
  return join(projectFolder, 'build', `prebuild-${target.name}-${key}`);
}

// The licences of what is inside ask that their texts travel with it.
function writeLicences(sources) {
  const texts = Object.entries(sources).map(([name, { folder, version }]) => {
    const file = readdirSync(folder).find((candidate) => /^(?:licen[sc]e|copying|copyright)(?:\.|$)/i.test(candidate));
    if (!file) throw new PlainError(`${name} is inside the binaries, but no licence file is found in ${folder}`);
    return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  writeFileSync(join(prebuildsFolder, 'LICENSES.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`));
}

/** Of everything in the checkout that goes into a binary. */
function fingerprint(seed) {
  const hash = createHash('sha256').update(seed);
  const paths = ['native', 'cmake'].flatMap((folder) =>
    readdirSync(join(projectFolder, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name)),
  );
  for (const path of [...paths, join(projectFolder, 'CMakeLists.txt')].sort()) {
    hash.update(path).update(readFileSync(path));
  }
  return hash.digest('hex');
}

function hashOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function print(rows) {
  for (const { file, bytes, needs, tried } of rows) {
    console.log(`${file}\n  size   ${(bytes / 1e6).toFixed(2)} MB\n  needs  ${needs}\n  tried  ${tried}`);
  }
}

async function main(args) {
  const unknown = args.find((option) => !['--all', '--refresh'].includes(option));
  if (unknown) throw new PlainError(`unknown option ${unknown}: prebuild knows --all and --refresh`);
  await setUp(args.includes('--all') ? ['build', 'prebuild', 'cross'] : ['build', 'prebuild']);
  print(await prebuild({ all: args.includes('--all'), refresh: args.includes('--refresh') }));
}

if (isMain(import.meta.url)) main(process.argv.slice(2)).catch(failWith);
