// The style test: rules that a machine can check, over every file of the project that git knows or would add.
//
//   node scripts/style.mjs                 checks this project
//   node scripts/style.mjs --root FOLDER   checks another folder (the rules' own test does)
//
// A broken rule that is meant to be broken stands in scripts/style/waivers.json as {rule, path, reason}; a waiver that
// excuses nothing is an error as well.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { failWith, isMain, outputOf, PlainError, projectFolder } from './command.mjs';
import { declaredLayers, layerRule } from './style/layers.mjs';
import { repeatedDefinitions } from './style/definitions.mjs';
import { fileRules } from './style/rules.mjs';
import { Source } from './style/source.mjs';

const checkedEndings = /\.(?:hpp|cpp|[mc]?[jt]s|cmake|json|gyp|md|html|css|sh|ya?ml)$|CMakeLists\.txt$|^\.ci\/run$/;
const uncheckedFiles = /^(?:(?:.*\/)?package-lock\.json|tests\/.*\/fixtures\/.*|.*\.generated\.\w+)$/;

/**
 * Checks the project in `root`.
 * @returns {{ violations: {rule: string, path: string, line: number, message: string}[], files: number }}
 */
export function checkStyle(root) {
  const { layers, problems } = declaredLayers(readIfThere(root, 'CMakeLists.txt') ?? '');
  const rules = [...fileRules, layerRule(layers)];
  const paths = projectFiles(root).filter((path) => checkedEndings.test(path) && !uncheckedFiles.test(path));
  const found = problems.map((message) => ({ rule: 'layers', path: 'CMakeLists.txt', line: 1, message }));
  const sources = paths.map((path) => Source.read(root, path));
  for (const source of sources) {
    for (const rule of rules.filter((candidate) => candidate.appliesTo(source))) {
      found.push(...rule.find(source).map((place) => ({ rule: rule.name, path: source.path, ...place })));
    }
  }
  found.push(...repeatedDefinitions(sources));
  const waivers = JSON.parse(readIfThere(root, 'scripts/style/waivers.json') ?? '[]');
  return {
    violations: applyWaivers(found, waivers, new Set([...rules.map(({ name }) => name), 'one-definition'])),
    files: paths.length,
  };
}

function applyWaivers(found, waivers, ruleNames) {
  const excuses = (waiver, violation) => waiver.rule === violation.rule && waiver.path === violation.path;
  const faults = waivers.flatMap((waiver) => {
    const place = { rule: 'waivers', path: 'scripts/style/waivers.json', line: 1 };
    const name = `the waiver of ${waiver.rule} for ${waiver.path}`;
    if (!ruleNames.has(waiver.rule)) return [{ ...place, message: `${name} names no rule` }];
    if (!waiver.reason) return [{ ...place, message: `${name} gives no reason` }];
    if (!found.some((violation) => excuses(waiver, violation))) {
      return [{ ...place, message: `${name} is stale: the file keeps the rule, delete the waiver` }];
    }
    return [];
  });
  return [...found.filter((violation) => !waivers.some((waiver) => excuses(waiver, violation))), ...faults];
}

// What git tracks or would add; all files where git is not in charge.
function projectFiles(root) {
  const listed = outputOf('git', ['-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  const paths = listed.code === 0 ? listed.output.split('\0').filter(Boolean) : allFiles(root);
  return paths.filter((path) => existsSync(join(root, path))).sort();
}

function allFiles(root) {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .filter((path) => !/(?:^|\/)(?:node_modules|\.git)\/|^(?:build|dist|prebuilds)\//.test(path));
}

function readIfThere(root, path) {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined;
}

function main(args) {
  if (args.length > 0 && (args[0] !== '--root' || args.length !== 2)) {
    throw new PlainError('usage: node scripts/style.mjs [--root FOLDER]');
  }
  const root = args.length > 0 ? resolve(args[1]) : projectFolder;
  const { violations, files } = checkStyle(root);
  for (const { path, line, message, rule } of violations) console.error(`${path}:${line}: ${message} [${rule}]`);
  console.log(`style: ${files} files, ${violations.length} violations`);
  process.exitCode = violations.length > 0 ? 1 : 0;
}

if (isMain(import.meta.url)) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    failWith(error);
  }
}
