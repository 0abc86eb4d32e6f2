// What the package takes from the Node process it runs in: platform, settings, certificates, files, binaries.
//
// The only file of lib that looks there, and the only one that n8n's linter does not read, by its ending: the linter
// keeps nodes from the process, the file system and the network because n8n's cloud forbids them, and a package with
// native code cannot run in that cloud anyway. Everything else is held to those rules. See docs/packaging.md.
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as tls from 'node:tls';

/** Folder of this package, of a checkout as well as of an installed copy. */
export const packageFolder = findPackageFolder(__dirname);

/** Platform, processor and C library, as they stand in the names of binaries: `linux-x64-gnu`, `darwin-arm64`. */
export function platformName(): string {
  const { platform, arch } = process;
  return platform === 'linux' ? `${platform}-${arch}-${isMusl() ? 'musl' : 'gnu'}` : `${platform}-${arch}`;
}

/** Of Node, for error messages: `v20.20.2`. */
export const nodeVersion = process.version;

/** The version that a package folder says it is. */
export function versionOf(packageRoot: string): string {
  const manifest = fs.readFileSync(path.join(packageRoot, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

export function fileExists(file: string): boolean {
  return fs.existsSync(file);
}

/** Loads a binary into the process. @throws what the system's loader said */
export function loadBinary(file: string): unknown {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(file);
}

/** A variable of the environment. */
export function setting(name: string): string | undefined {
  return process.env[name];
}

/** A path as it is meant in the process's working folder. */
export function absolutePath(text: string): string {
  return path.resolve(text);
}

/** The CA certificates that Node trusts itself, as PEM: NODE_EXTRA_CA_CERTS and --use-system-ca hold here too. */
export function trustedCertificates(): string {
  const newer = tls as typeof tls & { getCACertificates?: (type: 'default' | 'extra') => string[] };
  if (newer.getCACertificates) {
    return [...newer.getCACertificates('default'), ...newer.getCACertificates('extra')].join('\n');
  }
  return [...tls.rootCertificates, extraCertificates()].join('\n');
}

// Node 20 does not tell what it read from this file. Like Node, go on without it when it cannot be read.
function extraCertificates(): string {
  try {
    return fs.readFileSync(process.env['NODE_EXTRA_CA_CERTS'] ?? '', 'utf8');
  } catch {
    return '';
  }
}

/** The nearest folder upwards that holds a package.json. */
function findPackageFolder(from: string): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    if (fs.existsSync(path.join(folder, 'package.json'))) return folder;
    if (folder === path.dirname(folder)) throw new Error(`no package.json above ${from}`);
  }
}

function isMusl(): boolean {
  const report = process.report as typeof process.report & { excludeNetwork?: boolean };
  const before = report.excludeNetwork;
  report.excludeNetwork = true; // a report asks the name server about every open connection otherwise
  const { header } = report.getReport() as { header: { glibcVersionRuntime?: string } };
  report.excludeNetwork = before;
  return !header.glibcVersionRuntime;
}
