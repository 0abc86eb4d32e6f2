// Installs what the project needs and the machine lacks: Debian packages and npm packages. Quick when all is there.
//
//   npm run setup                 everything for building, testing and linting
//   npm run setup -- --bench      the servers and libraries of the benchmarks as well
//   npm run setup -- --dry-run    says what would be done, and does nothing
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { failWith, isMain, outputOf, PlainError, projectFolder, run } from './command.mjs';

const nodeMajorMin = 20;

/** Debian packages by purpose. What each one is for: docs/dependencies.md. */
const debianPackages = {
  build: [
    'g++',
    'cmake',
    'ninja-build',
    'ccache',
    'pkg-config',
    'ca-certificates',
    'tzdata',
    'libcurl4-openssl-dev',
    'zlib1g-dev',
    'libssl-dev',
    'libuv1-dev',
    'libpqxx-dev',
    'libpq-dev',
    'libsqlite3-dev',
    'libfmt-dev',
    'nlohmann-json3-dev',
    'libsimdjson-dev',
    'libxxhash-dev',
    'libre2-dev',
    'libutf8proc-dev',
    'libhowardhinnant-date-dev',
  ],
  test: ['libgtest-dev', 'libgmock-dev', 'postgresql', 'sqlite3', 'redis-server', 'chromium'],
  lint: ['clang-format', 'clang-tidy'],
  prebuild: ['dpkg-dev', 'make', 'perl', 'python3', 'tcl', 'unicode-data', 'binutils'],
  cross: ['musl', 'qemu-user'],
  bench: ['postgresql', 'redis-server', 'curl'],
};

/**
 * Makes the machine ready for `purposes` and says on standard output what it did and what was there already.
 * Throws a PlainError with the command to type when it cannot go on.
 * @param {('build' | 'test' | 'lint' | 'prebuild' | 'cross' | 'bench')[]} purposes
 * @param {{ dryRun?: boolean }} [options]
 */
export async function setUp(purposes, { dryRun = false } = {}) {
  requireNode();
  await installDebianPackages(
    purposes.flatMap((purpose) => debianPackages[purpose]),
    dryRun,
  );
  await installNpmPackages(dryRun);
}

function requireNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < nodeMajorMin) {
    throw new PlainError(`Node ${nodeMajorMin} or newer is needed, this is ${process.version}: see https://nodejs.org`);
  }
}

async function installDebianPackages(wanted, dryRun) {
  const missing = missingDebianPackages(wanted);
  if (missing.length === 0) {
    console.log(`setup: all ${wanted.length} Debian packages are there, skipped`);
    return;
  }
  const asRoot = rootPrefix(missing);
  console.log(`setup: installing ${missing.length} of ${wanted.length} Debian packages: ${missing.join(' ')}`);
  const execute = async (...command) => {
    console.log(`setup: ${dryRun ? 'would run' : 'running'}: ${[...asRoot, ...command].join(' ')}`);
    const [program, ...args] = [...asRoot, ...command];
    if (!dryRun) await run(program, args);
  };
  const apt = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-o', 'DPkg::Lock::Timeout=300'];
  await execute(...apt, 'update');
  const install = () => execute(...apt, 'install', '--no-install-recommends', '-y', ...missing);
  await (missing.includes('postgresql') ? withoutServer(execute, install) : install());
}

function missingDebianPackages(wanted) {
  const query = outputOf('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\\n', ...wanted]);
  if (query.code === 127) {
    throw new PlainError(
      'this machine is not Debian or a relative of it (dpkg-query is missing). Install the counterparts of these ' +
        `packages by hand: ${wanted.join(' ')}`,
    );
  }
  const installed = new Set(query.output.split('\n').flatMap((row) => row.match(/^(\S+) installed$/)?.[1] ?? []));
  return wanted.filter((name) => !installed.has(name));
}

function rootPrefix(packages) {
  if (process.getuid() === 0) return [];
  if (onPath('sudo')) return ['sudo'];
  throw new PlainError(
    'installing Debian packages takes root, and sudo is not there. Run this once as root, then try again:\n' +
      `  apt-get update && apt-get install --no-install-recommends -y ${packages.join(' ')}`,
  );
}

// Debian's PostgreSQL package creates a server that starts at boot. The tests bring their own throwaway server, so the
// switch that the package offers against this is set for the time of the installation.
async function withoutServer(execute, install) {
  const folder = '/etc/postgresql-common/createcluster.d';
  const file = `${folder}/data-sync-setup.conf`;
  await execute('mkdir', '-p', folder);
  await execute('sh', '-c', `echo "create_main_cluster = false" > ${file}`);
  try {
    await install();
  } finally {
    await execute('rm', '-f', file);
  }
}

async function installNpmPackages(dryRun) {
  const stampFile = join(projectFolder, 'node_modules', '.data-sync-setup');
  const lock = readFileSync(join(projectFolder, 'package-lock.json'));
  const stamp = `${createHash('sha256').update(lock).digest('hex')} ${process.platform}-${process.arch}\n`;
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) {
    console.log('setup: npm packages match package-lock.json, skipped');
    return;
  }
  console.log(`setup: ${dryRun ? 'would install' : 'installing'} npm packages as package-lock.json has them`);
  if (dryRun) return;
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
  mkdirSync(join(projectFolder, 'node_modules'), { recursive: true });
  writeFileSync(stampFile, stamp);
}

function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

if (isMain(import.meta.url)) {
  const options = process.argv.slice(2);
  const unknown = options.find((option) => !['--bench', '--dry-run'].includes(option));
  const purposes = ['build', 'test', 'lint', ...(options.includes('--bench') ? ['bench'] : [])];
  const ready = unknown
    ? Promise.reject(new PlainError(`unknown option ${unknown}: setup knows --bench and --dry-run`))
    : setUp(purposes, { dryRun: options.includes('--dry-run') });
  ready.catch(failWith);
}
