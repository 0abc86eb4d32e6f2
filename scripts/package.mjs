// Makes the package as it is published: the TypeScript parts, a binary for each platform, and nothing else.
//
//   npm run package               the tarball with a binary for this machine, in build/
//   npm run package -- --all      with the binaries of all platforms
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { captured, failWith, isMain, PlainError, projectFolder } from './command.mjs';
import { prebuild } from './prebuild.mjs';
import { publishedNames } from './prebuild/targets.mjs';
import { setUp } from './setup.mjs';

/** A package that every n8n downloads has to stay small: of the tarball. */
const bytesMax = 15_000_000;

/** What has no business in a package. */
const unwanted = /\.map$|\.tsbuildinfo$|(?:^|\/)tests?\/|\.test\.|(?:^|\/)\.|\.tsx?$(?<!\.d\.ts)|\.cts$(?<!\.d\.cts)/;

/**
 * Builds the package. Throws a PlainError when something is in it that must not be, or something is missing.
 * @param {{ all?: boolean, fresh?: boolean, folder?: string }} [options]  `fresh` empties dist first, for publishing;
 *   `folder` is where the tarball goes
 * @returns {Promise<{ tarball: string, bytes: number, files: string[] }>}
 */
export async function packageProduct({ all = false, fresh = false, folder = join(projectFolder, 'build') } = {}) {
  const { version } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));
  await prebuild({ all });
  if (fresh) rmSync(join(projectFolder, 'dist'), { recursive: true, force: true });
  await build(['typescript']);
  mkdirSync(folder, { recursive: true });
  const { code, output } = await captured('npm', ['pack', '--json', '--loglevel=error', '--pack-destination', folder]);
  if (code !== 0) throw new PlainError(`npm pack failed:\n${output}`);
  const [packed] = JSON.parse(output);
  const files = packed.files.map(({ path }) => path);
  const tarball = join(folder, packed.filename);
  const faults = files.filter((path) => unwanted.test(path)).map((path) => `${path} does not belong into the package`);
  if (statSync(tarball).size > bytesMax) faults.push(`the tarball has more than ${bytesMax} bytes`);
  if (all) faults.push(...missingBinaries(files, version));
  if (faults.length > 0) throw new PlainError(`${tarball} must not be published:\n  - ${faults.join('\n  - ')}`);
  return { tarball, bytes: packed.size, files };
}

function missingBinaries(files, version) {
  return publishedNames
    .map((name) => `prebuilds/data_sync-${version}-${name}.node`)
    .filter((path) => !files.includes(path))
    .map((path) => `${path} is missing`);
}

async function main(args) {
  const unknown = args.find((option) => option !== '--all');
  if (unknown) throw new PlainError(`unknown option ${unknown}: package knows --all`);
  const all = args.includes('--all');
  await setUp(all ? ['build', 'prebuild', 'cross'] : ['build', 'prebuild']);
  const { tarball, bytes, files } = await packageProduct({ all, fresh: true });
  const binaries = files.filter((path) => path.endsWith('.node'));
  console.log(`${tarball}: ${(bytes / 1e6).toFixed(1)} MB, ${files.length} files, binaries: ${binaries.join(' ')}`);
}

if (isMain(import.meta.url)) main(process.argv.slice(2)).catch(failWith);
