// Files of Debian's archive without touching the machine: the list of where packages come from lies in a temporary
// folder, so the machine's own apt configuration stays as it is. apt checks signatures and checksums.
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, quietly } from '../command.mjs';

export const debianRelease = 'bookworm';
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * Calls `work` with `{options, folder}`: the options that make apt-get and apt-cache use the private list, and a
 * folder for downloads. Both are gone afterwards.
 * @param {'deb' | 'deb-src'} kind  binary or source packages
 * @param {string} [architecture]  Debian's name of the machine for binary packages, by default this one's
 */
export async function withPrivateApt(kind, work, architecture) {
  const folder = mkdtempSync(join(tmpdir(), 'data-sync-apt-'));
  try {
    for (const part of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(folder, part), { recursive: true });
    writeFileSync(join(folder, 'status'), '');
    const line = (where, suite) => `${kind} [signed-by=${keyring}] http://deb.debian.org/${where} ${suite} main\n`;
    writeFileSync(
      join(folder, 'sources.list'),
      line('debian', debianRelease) + line('debian-security', `${debianRelease}-security`),
    );
    const settings = {
      'Dir::Etc::sourcelist': join(folder, 'sources.list'),
      'Dir::Etc::sourceparts': '-',
      'Dir::State::lists': join(folder, 'lists'),
      'Dir::State::status': join(folder, 'status'),
      'Dir::Cache': join(folder, 'cache'),
      'APT::Sandbox::User': '',
      ...(architecture ? { 'APT::Architecture': architecture, 'APT::Architectures': architecture } : {}),
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
    await quietly('apt-get', [...options, '-q', 'update']);
    return await work({ options, folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * A folder with the files of binary packages of another kind of machine, as they would lie below its "/". Nothing is
 * installed. Kept in the cache folder.
 */
export async function unpackedPackages(architecture, names) {
  const root = cacheFolder(join('roots', `${architecture}-${names.join('-')}`));
  if (readdirSync(root).length > 0) return root;
  await withPrivateApt(
    'deb',
    async ({ options, folder }) => {
      const download = join(folder, 'packages');
      const unpacked = join(folder, 'root');
      mkdirSync(download);
      await quietly('apt-get', [...options, '-q', 'download', ...names], { cwd: download });
      for (const file of readdirSync(download)) await quietly('dpkg-deb', ['-x', join(download, file), unpacked]);
      await quietly('cp', ['-a', unpacked, `${root}.partial`]);
      rmSync(root, { recursive: true });
      renameSync(`${root}.partial`, root);
    },
    architecture,
  );
  return root;
}
