// What n8n's own tools say about the package: the linter that its node authors run, in strict mode, and the scan that
// n8n runs over published packages. Used by scripts/lint.mjs.
//
// Both expect the folders of a package that holds n8n nodes and nothing else, with the linter's own settings file. So
// they get a folder laid out like that, with our sources in it: nodes, credentials, what they share, and lib.
// The scan's other half cannot run before a release: it downloads the package and its sources and compares them with
// the provenance that npm recorded.
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { exitCodeOf, projectFolder } from './command.mjs';
import { cachedPackage } from './npm_cache.mjs';

const linter = ['@n8n/node-cli', '0.48.3'];
const scanner = ['@n8n/scan-community-package', '0.32.0'];
/** Where the linter keeps the settings file that strict mode insists on. */
const settings = 'dist/template/templates/shared/default/eslint.config.mjs';

/** Runs both. Shows what they find. @returns {Promise<boolean>} true when they find no error */
export async function n8nLint() {
  await build(['typescript']);
  const folder = mkdtempSync(join(tmpdir(), 'data-sync-n8n-lint-'));
  try {
    const sources = join(folder, 'sources');
    for (const name of ['nodes', 'credentials', 'shared']) {
      cpSync(join(projectFolder, 'n8n-nodes', name), join(sources, name), { recursive: true });
    }
    for (const name of ['lib', 'package.json']) {
      cpSync(join(projectFolder, name), join(sources, name), { recursive: true });
    }
    const published = join(folder, 'published');
    for (const name of ['dist', 'package.json']) {
      cpSync(join(projectFolder, name), join(published, name), { recursive: true, filter: isPublished });
    }
    const linted = await lint(sources);
    return (await scan(sources, published)) && linted;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As `files` of package.json has it: the service is built into `dist` as well, and not published. */
function isPublished(path) {
  return path !== join(projectFolder, 'dist', 'service');
}

async function lint(sources) {
  const program = await cachedPackage(...linter);
  cpSync(join(program, settings), join(sources, 'eslint.config.mjs'));
  symlinkSync(join(program, '..', '..'), join(sources, 'node_modules'));
  const code = await exitCodeOf(process.execPath, [join(program, 'bin', 'n8n-node.mjs'), 'lint'], { cwd: sources });
  return code === 0;
}

async function scan(sources, published) {
  const program = await cachedPackage(...scanner);
  const { analyzePackage, SOURCE_FILE_PATTERNS } = await import(pathToFileURL(join(program, 'scanner/scanner.mjs')));
  const results = {
    sources: await analyzePackage(sources, SOURCE_FILE_PATTERNS),
    package: await analyzePackage(published, ['**/*.js', 'package.json']),
  };
  for (const [what, { passed, message, details }] of Object.entries(results)) {
    console.log(`scan of the ${what}: ${passed ? 'passed' : `${message}\n${details ?? ''}`}`);
  }
  return Object.values(results).every(({ passed }) => passed);
}
