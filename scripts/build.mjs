// Builds the product: the native addon, its TypeScript face, the n8n nodes and the command line. Only what changed is
// built again.
//
//   npm run build              the addon in build/release, and dist with lib, nodes, credentials, shared, cli, service
//   npm run build -- native    the addon alone; "typescript" the rest alone
import {
  chmodSync,
  cpSync,
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
import { failWith, isMain, npmProgram, PlainError, projectFolder, run } from './command.mjs';
import { setUp } from './setup.mjs';

const nodeTarget = 'node20';

/** Builds the parts, all by default. Expects the machine to be set up. Throws when a compiler complains. */
export async function build(parts = ['native', 'typescript']) {
  if (parts.includes('native')) await buildPreset('release', 'data_sync_node');
  if (parts.includes('typescript')) {
    await compileTypeScript();
    await bundleCommandLine();
    await bundleService();
  }
}

/** Builds one preset of CMakePresets.json, or one target of it, and gives its build folder. */
export async function buildPreset(preset, target = 'all') {
  const folder = await configurePreset(preset);
  await run('cmake', ['--build', folder, '--target', target, '--parallel', String(availableParallelism())]);
  return folder;
}

/** Makes the build folder of one preset, with its compile_commands.json, and gives its path. */
export async function configurePreset(preset) {
  const folder = join(projectFolder, 'build', preset);
  if (!isConfigured(folder)) await run('cmake', ['--preset', preset, '--log-level=WARNING']);
  return folder;
}

// CMake sees changes of CMakeLists.txt by itself, changes of the presets it does not.
function isConfigured(folder) {
  const [cache, rules] = [join(folder, 'CMakeCache.txt'), join(folder, 'build.ninja')];
  if (!existsSync(cache) || !existsSync(rules)) return false;
  return statSync(cache).mtimeMs > statSync(join(projectFolder, 'CMakePresets.json')).mtimeMs;
}

async function compileTypeScript() {
  const memories = ['typescript', 'nodes'].map((name) => join(projectFolder, 'build', `${name}.tsbuildinfo`));
  const dist = join(projectFolder, 'dist');
  // Without its memory tsc cannot tell what in dist is left over; with it alone it does not see that dist is gone.
  if (!memories.every(existsSync) || !existsSync(join(dist, 'lib', 'index.js'))) {
    for (const path of [...memories, dist]) rmSync(path, { recursive: true, force: true });
  }
  await run(process.execPath, [npmProgram('typescript/bin/tsc'), '--build', 'tsconfig.nodes.json']);
  removeLeftovers(dist);
  copyNodeAssets(dist);
}

// What tsc made of sources that are gone or renamed since.
function removeLeftovers(dist) {
  const sourceOf = (name) => name.replace(/(?:\.d)?\.(c?)[jt]s$/, '.$1ts');
  for (const name of readdirSync(dist, { recursive: true })) {
    if (/^(?:cli|service)\b/.test(name) || !/\.c?[jt]s$/.test(name)) continue;
    const sources = [projectFolder, join(projectFolder, 'n8n-nodes')].map((root) => join(root, sourceOf(name)));
    if (!sources.some(existsSync)) rmSync(join(dist, name));
  }
}

// Icons and the texts for n8n's search, which lie next to a node.
function copyNodeAssets(dist) {
  const nodes = join(projectFolder, 'n8n-nodes');
  cpSync(nodes, dist, {
    recursive: true,
    filter: (path) => statSync(path).isDirectory() || /\.(?:svg|png|node\.json)$/.test(path),
  });
}

/** What runs by itself: one file with everything in it, and the licences of what is inside. */
async function bundleProgram(source, outfile) {
  const { build: bundle } = await import('esbuild');
  const entry = join(projectFolder, source);
  const { metafile } = await bundle({
    entryPoints: [entry],
    absWorkingDir: projectFolder,
    outfile,
    bundle: true,
    platform: 'node',
    target: nodeTarget,
    format: 'cjs',
    banner: readFileSync(entry, 'utf8').startsWith('#!') ? {} : { js: '#!/usr/bin/env node' },
    external: ['*.node'],
    logLevel: 'warning',
    metafile: true,
  });
  chmodSync(outfile, 0o755);
  return Object.keys(metafile.inputs).flatMap((path) => path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1] ?? []);
}

async function bundleCommandLine() {
  const folder = join(projectFolder, 'dist', 'cli');
  writeLicences(folder, await bundleProgram('cli/src/main.ts', join(folder, 'data-sync.cjs')));
}

async function bundleService() {
  const folder = join(projectFolder, 'dist', 'service');
  const bundled = await bundleProgram('service/src/main.ts', join(folder, 'main.cjs'));
  // The page of the API is made of files that a browser asks for.
  const page = join(folder, 'swagger-ui');
  mkdirSync(page, { recursive: true });
  for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'])
    cpSync(npmProgram(`swagger-ui-dist/${name}`), join(page, name));
  writeLicences(folder, [...bundled, 'swagger-ui-dist']);
}

// Bundled libraries ask that their licence travels with them.
function writeLicences(target, names) {
  const texts = [...new Set(names)].sort().map((name) => {
    const folder = npmProgram(name);
    const file = readdirSync(folder).find((candidate) => /^licen[sc]e(?:[.-].*)?$/i.test(candidate));
    if (!file) return `${name}\n\n${statedLicence(folder, name)}\n`;
    return `${name}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'LICENSES.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`));
}

// Some packages only name their licence.
function statedLicence(folder, name) {
  const { license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (!license) throw new PlainError(`the npm package ${name} is bundled, but no licence is found in it`);
  return `Licence: ${license}. ${author?.name ?? author ?? ''}`.trim();
}

async function main(parts) {
  const unknown = parts.find((part) => !['native', 'typescript'].includes(part));
  if (unknown) throw new PlainError(`unknown part ${unknown}: build knows native and typescript`);
  await setUp(['build']);
  await build(parts.length > 0 ? parts : undefined);
}

if (isMain(import.meta.url)) main(process.argv.slice(2)).catch(failWith);
