// Builds the libraries of a prebuilt binary as static archives, one folder ("prefix") for each target.
//
// The archives have no public symbols of their own in the end, so they can live in one process with other copies. TLS,
// zlib and libuv are not built: the node program exports them, so their headers and empty archives are all it takes.
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, outputOf, projectFolder, quietly, run } from '../command.mjs';

const jobs = ['-j', String(process.env.JOBS ?? availableParallelism())];

/** Of what is compiled without CMake; cmake/prebuild.cmake says the same. */
const archiveFlags = ['-O2', '-fPIC', '-fvisibility=hidden', '-ffunction-sections', '-fdata-sections'];

/** CMake projects: where their CMakeLists.txt is, and what they are told. */
const cmakeProjects = {
  fmtlib: ['.', '-DFMT_TEST=OFF', '-DFMT_DOC=OFF'],
  'nlohmann-json3': ['.', '-DJSON_BuildTests=OFF'],
  simdjson: ['.'],
  re2: ['.', '-DRE2_BUILD_TESTING=OFF'],
  utf8proc: ['.'],
  xxhash: ['cmake_unofficial', '-DXXHASH_BUILD_XXHSUM=OFF'],
  'howardhinnant-date': ['.', '-DBUILD_TZ_LIB=ON', '-DUSE_SYSTEM_TZ_DB=ON'],
  // HTTP/1.1 and TLS, nothing else: no HTTP/2, since node does not hand out its nghttp2.
  curl: [
    '.',
    '-DBUILD_CURL_EXE=OFF',
    '-DBUILD_TESTING=OFF',
    '-DHTTP_ONLY=ON',
    '-DCURL_USE_OPENSSL=ON',
    '-DCURL_CA_BUNDLE=none',
    '-DCURL_CA_PATH=none',
    '-DCURL_DISABLE_OPENSSL_AUTO_LOAD_CONFIG=ON',
    '-DCURL_DISABLE_COOKIES=ON',
    '-DCURL_DISABLE_NTLM=ON',
    '-DCURL_USE_LIBPSL=OFF',
    '-DCURL_USE_LIBSSH2=OFF',
    '-DUSE_LIBIDN2=OFF',
  ],
  libpqxx: ['.', '-DSKIP_BUILD_TEST=ON', '-DBUILD_TEST=OFF', '-DSKIP_PQXX_SHARED=ON', '-DCMAKE_CXX_STANDARD=17'],
};

/** As Debian builds it, less the loading of extensions: a database that its owner made has to stay usable. */
const sqliteOptions = [
  'ALLOW_ROWID_IN_VIEW',
  'ENABLE_COLUMN_METADATA',
  'ENABLE_DBSTAT_VTAB',
  'ENABLE_FTS3',
  'ENABLE_FTS3_PARENTHESIS',
  'ENABLE_RTREE',
  'LIKE_DOESNT_MATCH_BLOBS',
  'MAX_SCHEMA_RETRY=25',
  'MAX_VARIABLE_NUMBER=250000',
  'OMIT_LOAD_EXTENSION',
  'OMIT_LOOKASIDE',
  'SECURE_DELETE',
  'SOUNDEX',
  'THREADSAFE=1',
  'USE_URI',
].map((option) => `-DSQLITE_${option}`);

/** What PostgreSQL's configure would find in OpenSSL 3 if there were something to link with. */
const opensslAnswers = [
  'ac_cv_lib_crypto_CRYPTO_new_ex_data=yes',
  'ac_cv_lib_ssl_SSL_new=yes',
  'ac_cv_func_CRYPTO_lock=no',
  ...[
    'ASN1_STRING_get0_data',
    'BIO_get_data',
    'BIO_meth_new',
    'HMAC_CTX_free',
    'HMAC_CTX_new',
    'OPENSSL_init_ssl',
    'SSL_CTX_set_cert_cb',
    'X509_get_signature_info',
    'X509_get_signature_nid',
  ].map((name) => `ac_cv_func_${name}=yes`),
];

/** What pkg-config is asked for by cmake/third_party.cmake. */
const pkgConfigFiles = {
  libuv: ['libuv1-dev', ''],
  libpq: ['postgresql-15', '-lpq -lpgcommon_shlib -lpgport_shlib'],
  libpqxx: ['libpqxx', '-lpqxx'],
  libxxhash: ['xxhash', '-lxxhash'],
  re2: ['re2', '-lre2'],
  libutf8proc: ['utf8proc', '-lutf8proc'],
};

/** What node brings: headers of Debian's development packages, as paths below /usr/include, and names of libraries. */
const nodeHeaders = ['openssl', 'zlib.h', 'zconf.h', 'uv.h', 'uv'];
const nodeLibraries = ['ssl', 'crypto', 'z', 'uv'];

/**
 * The prefix for a target, built when the cache does not have it. Takes minutes then.
 * @param {import('./targets.mjs').Target} target
 * @param {Record<string, { folder: string, version: string }>} sources
 * @returns {Promise<string>} the folder
 */
export async function staticLibraries(target, sources) {
  const recipe = [import.meta.filename, join(projectFolder, 'cmake/prebuild.cmake')].map((f) => readFileSync(f));
  const versions = Object.entries(sources).map(([name, { version }]) => `${name} ${version}`);
  const key = createHash('sha256')
    .update([...recipe, ...versions, target.compiler].join('\n'))
    .digest('hex');
  const prefix = join(cacheFolder('libraries'), `${target.name}-${key.slice(0, 16)}`);
  if (existsSync(join(prefix, 'complete'))) return prefix;
  rmSync(prefix, { recursive: true, force: true });
  console.log(`prebuild: building the static libraries of ${target.name}`);
  const work = { target, sources, prefix, build: join(prefix, 'build') };
  mkdirSync(join(prefix, 'lib', 'pkgconfig'), { recursive: true });
  await layOutNodeParts(work);
  await buildLibpq(work);
  await buildSqlite(work);
  for (const [name, [folder, ...options]] of Object.entries(cmakeProjects)) {
    await buildWithCMake(work, name, folder, options);
  }
  writePkgConfigFiles(work); // last: some projects install files of their own, which name libraries that are not here
  rmSync(work.build, { recursive: true });
  writeFileSync(join(prefix, 'complete'), `${versions.join('\n')}\n`);
  return prefix;
}

// Their functions stay open in the addon until node answers for them. OpenSSL's settings for a kind of machine are the
// same on all 64-bit ones, so Debian's headers for this machine do for the others.
async function layOutNodeParts({ target, prefix }) {
  const include = join(prefix, 'include');
  for (const name of nodeHeaders) cpSync(join('/usr/include', name), join(include, name), { recursive: true });
  const { output } = outputOf('gcc', ['-print-multiarch']);
  cpSync(join('/usr/include', output.trim(), 'openssl'), join(include, 'openssl'), { recursive: true });
  for (const name of nodeLibraries) await run(target.tools.AR, ['rcs', join(prefix, 'lib', `lib${name}.a`)]);
}

async function buildLibpq({ target, sources, prefix, build }) {
  const cwd = join(build, 'postgresql');
  mkdirSync(cwd, { recursive: true });
  const configure = [
    ...['--without-readline', '--without-zlib', '--with-ssl=openssl', '--disable-rpath'],
    ...(target.configureHost ? [`--host=${target.configureHost}`] : []),
    `CPPFLAGS=-I${join(prefix, 'include')}`,
    `LDFLAGS=-L${join(prefix, 'lib')}`,
    `CFLAGS=${archiveFlags.join(' ')}`,
    ...opensslAnswers,
  ];
  const source = sources['postgresql-15'].folder;
  await quietly(join(source, 'configure'), configure, { cwd, env: target.tools });
  const make = (folder, goal) => quietly('make', ['-C', join('src', folder), ...jobs, goal], { cwd });
  await make('backend', 'generated-headers');
  await make('common', 'libpgcommon_shlib.a');
  await make('port', 'libpgport_shlib.a');
  await make('interfaces/libpq', 'libpq.a');
  const made = ['common/libpgcommon_shlib.a', 'port/libpgport_shlib.a', 'interfaces/libpq/libpq.a'];
  for (const path of made) copyFileSync(join(cwd, 'src', path), join(prefix, 'lib', path.split('/').at(-1)));
  const headers = ['interfaces/libpq/libpq-fe.h', 'interfaces/libpq/libpq-events.h', 'include/postgres_ext.h'];
  const paths = [...headers.map((path) => join(source, 'src', path)), join(cwd, 'src/include/pg_config_ext.h')];
  for (const path of paths) copyFileSync(path, join(prefix, 'include', path.split('/').at(-1)));
}

async function buildSqlite({ target, sources, prefix, build }) {
  const source = sources.sqlite3.folder;
  copyFileSync(join(source, 'sqlite3.h'), join(prefix, 'include', 'sqlite3.h'));
  const object = join(build, 'sqlite3.o');
  await quietly(target.tools.CC, [...archiveFlags, ...sqliteOptions, '-c', join(source, 'sqlite3.c'), '-o', object]);
  await quietly(target.tools.AR, ['rcs', join(prefix, 'lib', 'libsqlite3.a'), object]);
}

async function buildWithCMake({ target, sources, prefix, build }, name, folder, options) {
  const cwd = join(build, name);
  await quietly(
    'cmake',
    [
      ...['-S', join(sources[name].folder, folder), '-B', cwd, '-G', 'Ninja'],
      ...cmakeArguments(target, prefix),
      `-DCMAKE_INSTALL_PREFIX=${prefix}`,
      '-DCMAKE_INSTALL_LIBDIR=lib',
      `-DPostgreSQL_INCLUDE_DIRS=${join(prefix, 'include')}`,
      ...options,
    ],
    { env: target.tools },
  );
  await quietly('cmake', ['--build', cwd, '--target', 'install', ...jobs]);
}

/** How CMake is told about a target, for the libraries and for the addon. */
export function cmakeArguments(target, prefix) {
  return [
    '-DCMAKE_BUILD_TYPE=Release',
    '-DCMAKE_C_COMPILER_LAUNCHER=ccache',
    '-DCMAKE_CXX_COMPILER_LAUNCHER=ccache',
    `-DCMAKE_TOOLCHAIN_FILE=${join(projectFolder, 'cmake/prebuild.cmake')}`,
    `-DDATA_SYNC_PREFIX=${prefix}`,
    `-DDATA_SYNC_PROCESSOR=${target.processor ?? ''}`,
  ];
}

function writePkgConfigFiles({ sources, prefix }) {
  for (const [name, [source, libraries]] of Object.entries(pkgConfigFiles)) {
    const version = source in sources ? sources[source].version.split(/[-+]/)[0] : debianVersion(source);
    writeFileSync(
      join(prefix, 'lib', 'pkgconfig', `${name}.pc`),
      `Name: ${name}\nDescription: ${name}, static\nVersion: ${version}\n` +
        `Cflags: -I${join(prefix, 'include')}\nLibs: -L${join(prefix, 'lib')} ${libraries}\n`,
    );
  }
}

function debianVersion(name) {
  return outputOf('dpkg-query', ['-W', '-f', '${Version}', name]).output.split(/[-+]/)[0];
}
