import * as fs from 'node:fs';
import * as path from 'node:path';

/** The native core: three functions, JSON in and out. */
export interface Native {
  open(config: string, onEvent: (event: string) => void): unknown;
  call(handle: unknown, method: string, body: string): Promise<string>;
  close(handle: unknown): Promise<string>;
}

/** Where a binary may lie, in order: a local build, then what the package ships for this platform. */
export function candidates(packageRoot: string, version: string): string[] {
  const platform = `${process.platform}-${process.arch}${isMusl() ? '-musl' : ''}`;
  return [
    path.join(packageRoot, 'build', 'release', 'data_sync.node'),
    path.join(packageRoot, 'build', 'Release', 'data_sync.node'),
    path.join(packageRoot, 'prebuilds', `data_sync-${version}-${platform}.node`),
  ];
}

/** Loads the native core, or throws one error that says what was tried and what helps. */
export function loadNative(packageRoot = findPackageRoot(__dirname)): Native {
  const manifest = fs.readFileSync(path.join(packageRoot, 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const tried: string[] = [];
  for (const file of candidates(packageRoot, version)) {
    if (!fs.existsSync(file)) {
      tried.push(`${file}: not there`);
      continue;
    }
    try {
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      return require(file) as Native;
    } catch (thrown) {
      tried.push(`${file}: ${(thrown as Error).message}`);
    }
  }
  throw new Error(helpPage(tried));
}

function helpPage(tried: string[]): string {
  return [
    `The native core of n8n-nodes-data-sync could not be loaded on ${process.platform}-${process.arch}, ` +
      `Node ${process.version}.`,
    'Tried:',
    ...tried.map((line) => `  - ${line}`),
    'What helps:',
    '  - in a clone of the project: npm run setup && npm run build',
    '  - in an installed package: install a version that ships a binary for this platform, or run `npm rebuild` with',
    '    CMake, a C++20 compiler and the libraries named in docs/dependencies.md',
  ].join('\n');
}

/** The nearest folder upwards that holds this package's package.json. */
function findPackageRoot(from: string): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    if (fs.existsSync(path.join(folder, 'package.json'))) return folder;
    if (folder === path.dirname(folder)) throw new Error(`no package.json above ${from}`);
  }
}

function isMusl(): boolean {
  if (process.platform !== 'linux') return false;
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined;
  return !report?.header?.glibcVersionRuntime;
}
