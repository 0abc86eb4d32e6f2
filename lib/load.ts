import * as host from './host.cjs';

/** The native core: three functions, JSON in and out, and the version it was built as. */
export interface Native {
  open(config: string, onEvent: (event: string) => void): unknown;
  call(handle: unknown, method: string, body: string): Promise<string>;
  close(handle: unknown): Promise<string>;
  readonly version: string;
}

/** Where a binary may lie, in order: a local build, then what the package ships for this platform. */
export function candidates(packageRoot: string, version: string): string[] {
  return [
    `${packageRoot}/build/release/data_sync.node`,
    `${packageRoot}/build/Release/data_sync.node`,
    // The version stands in the name, because a process loads a path once: after an update in place the old name
    // would still give the old code.
    `${packageRoot}/prebuilds/data_sync-${version}-${host.platformName()}.node`,
  ];
}

/** Loads the native core, or throws one error that says what was tried and what helps. */
export function loadNative(packageRoot = host.packageFolder): Native {
  const tried: string[] = [];
  for (const file of candidates(packageRoot, host.versionOf(packageRoot))) {
    if (!host.fileExists(file)) {
      tried.push(`${file}: not there`);
      continue;
    }
    try {
      return host.loadBinary(file) as Native;
    } catch (thrown) {
      tried.push(`${file}: ${(thrown as Error).message}`);
    }
  }
  throw new Error(helpPage(tried));
}

function helpPage(tried: string[]): string {
  return [
    `The native core of n8n-nodes-data-sync could not be loaded on ${host.platformName()}, Node ${host.nodeVersion}.`,
    'Tried:',
    ...tried.map((line) => `  - ${line}`),
    'What helps:',
    '  - in a clone of the project: npm run setup && npm run build',
    '  - in an installed package: a version that ships a binary for this platform. They are made for Linux on x64 and',
    '    arm64 with glibc 2.28 or newer or with musl; on other systems run n8n in its Docker image.',
  ].join('\n');
}
