// Reads from a binary what it asks of the machine that loads it, and refuses what a published one must not ask for.
import { PlainError, outputOf } from '../command.mjs';

/** Libraries that every machine with this C library has. */
const systemLibraries = {
  gnu: /^(?:lib(?:c\.so\.6|m\.so\.6|pthread\.so\.0|dl\.so\.2|rt\.so\.1)|ld-linux-(?:x86-64\.so\.2|aarch64\.so\.1))$/,
  musl: /^libc\.so$/,
};
/** What this machine's g++ adds. */
const compilerLibraries = /^(?:libstdc\+\+\.so\.6|libgcc_s\.so\.1)$/;

/** The two functions through which Node finds the addon. */
const publicFunctions = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];

/**
 * @param {string} file
 * @returns {{ libraries: string[], exported: string[], fromNode: string[], glibc: string }} libraries it needs;
 *   symbols it gives; symbols without a version that it wants, which node (or musl) has to have; newest glibc it needs
 */
export function inspect(file) {
  const libraries = [...readelf('-d', file).matchAll(/\(NEEDED\).*\[(.+)\]/g)].map((match) => match[1]);
  const symbols = dynamicSymbols(file);
  const exported = symbols.filter(({ defined }) => defined).map(({ name }) => name);
  const wanted = symbols.filter(({ defined }) => !defined);
  const versions = wanted.flatMap(({ name }) => name.match(/@GLIBC_([0-9.]+)$/)?.[1] ?? []);
  return {
    libraries,
    exported: exported.sort(),
    fromNode: wanted
      .filter(({ weak, name }) => !weak && !name.includes('@'))
      .map(({ name }) => name)
      .sort(),
    glibc: versions.sort(byVersion).at(-1) ?? '',
  };
}

/** Throws a PlainError that says what is wrong with a binary for `target`. @returns what inspect() gives */
export function check(file, target, { glibcMax } = {}) {
  const found = inspect(file);
  const libc = target.name.split('-')[2];
  const faults = found.libraries
    .filter((name) => !systemLibraries[libc].test(name) && (glibcMax || !compilerLibraries.test(name)))
    .map((name) => `it needs the library ${name}`);
  if (found.exported.join() !== publicFunctions.join()) faults.push(`it exports ${found.exported.join(', ')}`);
  if (glibcMax && found.glibc && byVersion(found.glibc, glibcMax) > 0) {
    faults.push(`it needs glibc ${found.glibc}, and ${glibcMax} is the newest allowed`);
  }
  if (libc === 'gnu') {
    const node = new Set(exportsOf(process.execPath));
    const missing = found.fromNode.filter((name) => !node.has(name));
    if (missing.length > 0) faults.push(`node does not export ${missing.join(', ')}`);
  }
  if (faults.length > 0) throw new PlainError(`${file} must not be published:\n  - ${faults.join('\n  - ')}`);
  return found;
}

/** Names that a program or library offers to others. */
export function exportsOf(file) {
  return dynamicSymbols(file)
    .filter(({ defined }) => defined)
    .map(({ name }) => name.replace(/@.*/, ''));
}

function dynamicSymbols(file) {
  const row = /^\s*\d+:\s+\S+\s+\S+\s+\S+\s+(GLOBAL|WEAK|UNIQUE)\s+\S+\s+(UND|ABS|\d+)\s+(\S+)/gm;
  return [...readelf('--dyn-syms', file).matchAll(row)].map(([, bind, section, name]) => ({
    name,
    weak: bind === 'WEAK',
    defined: section !== 'UND',
  }));
}

function readelf(option, file) {
  const { code, output } = outputOf('readelf', ['-W', option, file]);
  if (code !== 0) throw new PlainError(`readelf (Debian: binutils) cannot read ${file}`);
  return output;
}

function byVersion(a, b) {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  return left[0] - right[0] || (left[1] ?? 0) - (right[1] ?? 0) || (left[2] ?? 0) - (right[2] ?? 0);
}
