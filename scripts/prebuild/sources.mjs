// The sources of the libraries that a prebuilt binary carries: Debian 12's, with Debian's patches.
//
// An unpacked source is kept in the cache folder under its full Debian version, and is taken from there without asking
// the network again.
import { existsSync, mkdtempSync, readdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cacheFolder, outputOf, PlainError, quietly, run } from '../command.mjs';
import { debianRelease, withPrivateApt } from './debian.mjs';

/** Debian's names of the source packages. */
export const sourcePackages = [
  'curl',
  'fmtlib',
  'howardhinnant-date',
  'libpqxx',
  'nlohmann-json3',
  'postgresql-15',
  're2',
  'simdjson',
  'sqlite3',
  'utf8proc',
  'xxhash',
];

/**
 * Sources that the packages leave to be generated: Debian takes ready tables out of RE2, and the authors of SQLite
 * advise to compile one file that their own program puts together.
 */
const generated = {
  re2: [['make', 'REBUILD_TABLES=1', 're2/perl_groups.cc', 're2/unicode_casefold.cc', 're2/unicode_groups.cc']],
  sqlite3: [['./configure'], ['make', 'sqlite3.c', 'sqlite3.h']],
};

/**
 * Unpacked sources by package name. Asks Debian only for what the cache lacks, or for everything with `refresh`.
 * @returns {Promise<Record<string, { folder: string, version: string }>>}
 */
export async function debianSources({ refresh = false } = {}) {
  const cache = cacheFolder('sources');
  const missing = sourcePackages.filter((name) => refresh || !newestIn(cache, name));
  if (missing.length > 0) await withPrivateApt('deb-src', (apt) => fetchAll(apt, cache, missing));
  return Object.fromEntries(
    sourcePackages.map((name) => {
      const folder = newestIn(cache, name);
      return [name, { folder: join(cache, folder), version: folder.slice(name.length + 1) }];
    }),
  );
}

// Debian's order of versions is not the alphabet's, so it is asked.
function newestIn(cache, name) {
  const folders = readdirSync(cache).filter((folder) => folder.startsWith(`${name}_`));
  const version = (folder) => folder.slice(name.length + 1);
  const newer = (a, b) => outputOf('dpkg', ['--compare-versions', version(a), 'gt', version(b)]).code === 0;
  return folders.reduce((best, folder) => (best && newer(best, folder) ? best : folder), undefined);
}

async function fetchAll(apt, cache, names) {
  for (const name of names) await fetchNewest(apt, cache, name);
}

// A mirror may list a version whose files have not arrived yet: then the one before it is taken.
async function fetchNewest(apt, cache, name) {
  const versions = versionsOf(apt, name);
  for (const version of versions) {
    const target = join(cache, `${name}_${version}`);
    if (existsSync(target)) return;
    const download = mkdtempSync(join(apt.folder, `${name}-`));
    const wanted = `${name}=${version}`;
    const options = { cwd: download };
    try {
      await run('apt-get', [...apt.options, '-qq', 'source', '--download-only', '--only-source', wanted], options);
    } catch {
      console.log(`prebuild: Debian does not serve ${wanted} at the moment, trying the version before it`);
      continue;
    }
    const description = readdirSync(download).find((file) => file.endsWith('.dsc'));
    // Unpacked beside the target and renamed, so that an interrupted run leaves no half source under its name.
    const unpacked = join(cache, `.unpacking-${process.pid}-${basename(target)}`);
    // apt has checked the files already; the maintainers' own keys are not on every machine.
    const { code } = outputOf('dpkg-source', ['--no-check', '--no-copy', '-x', join(download, description), unpacked]);
    if (code !== 0) throw new PlainError(`dpkg-source cannot unpack ${description}: is the disk full?`);
    for (const [program, ...args] of generated[name] ?? []) await quietly(program, args, { cwd: unpacked });
    console.log(`prebuild: ${basename(target)} is unpacked`);
    renameSync(unpacked, target);
    return;
  }
  throw new PlainError(`Debian ${debianRelease} serves no source of ${name} (versions listed: ${versions.join(', ')})`);
}

/** Listed versions, newest first. */
function versionsOf(apt, name) {
  const { output } = outputOf('apt-cache', [...apt.options, 'showsrc', '--only-source', name]);
  const versions = [...new Set([...output.matchAll(/^Version: (\S+)$/gm)].map((match) => match[1]))];
  return versions.sort((a, b) => (outputOf('dpkg', ['--compare-versions', a, 'gt', b]).code === 0 ? -1 : 1));
}
