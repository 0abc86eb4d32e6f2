// Puts one deliberate fault after the other into a copy of the sources, and looks whether the tests notice. Where none
// does, the tests have a hole.
//
//   npm run mutants                 all of tests/mutants
//   npm run mutants -- decimal      those whose name or file has that word in it
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { captured, failWith, isMain, outputOf, PlainError, projectFolder, quietly } from './command.mjs';
import { setUp } from './setup.mjs';

/** What a native build with tests is made of. */
const buildInputs = ['CMakeLists.txt', 'CMakePresets.json', 'cmake', 'native', 'tests/native', 'docs/*.md'];
// The copy is laid out as a checkout is: paths relative to its build folder are the same, so that a compiler cache that
// was told to (CCACHE_BASEDIR) has most objects from the dev build.
const copyFolder = join(projectFolder, 'build', 'mutants');
const testFolder = join(copyFolder, 'build', 'dev', 'tests', 'native');

const testMinutesMax = 5; // of one filter; a fault may make a loop endless
// A tenth of the generated scripts is what a fault has to show itself in.
const testEnv = { DATA_SYNC_SCRIPTS: '1000' };

/**
 * @typedef {object} Mutant
 * @property {string} name what is wrong, in a few words
 * @property {string} means what a user would see of it
 * @property {string} file in which the fault is
 * @property {string} find text that is there once
 * @property {string} replace the fault
 * @property {string} test the test program
 * @property {string} filter the tests of it that have to fail, in GoogleTest's words
 */

/** The mutants of all lists, each with the `test` and `filter` of its list where it has none of its own. */
export async function readMutants(folder = join(projectFolder, 'tests', 'mutants')) {
  const lists = readdirSync(folder).filter((name) => name.endsWith('.mjs'));
  const mutants = await Promise.all(
    lists.sort().map(async (name) => {
      const { test, filter, mutants } = (await import(join(folder, name))).default;
      return mutants.map((mutant) => ({ test, filter, ...mutant }));
    }),
  );
  return mutants.flat();
}

/** Those with one of the words in name or file; all if there are no words. @param {Mutant[]} mutants */
export function chosen(mutants, words) {
  const found = mutants.filter(
    ({ name, file }) => words.length === 0 || words.some((word) => name.includes(word) || file.includes(word)),
  );
  if (found.length === 0) throw new PlainError(`no mutant has ${words.join(' or ')} in its name or file`);
  return found;
}

/** The text with the fault in it. @param {string} text @param {Mutant} mutant */
export function mutated(text, { name, file, find, replace }) {
  const times = text.split(find).length - 1;
  if (times !== 1) throw new PlainError(`"${name}": what it replaces is ${times} times in ${file}, and has to be once`);
  if (find === replace) throw new PlainError(`"${name}": it changes nothing`);
  return text.replace(find, () => replace);
}

/** Name of the first test that failed or in which the program ended, in what GoogleTest printed. */
export function firstFailed(output) {
  const failed = output.match(/^\[ {2}FAILED {2}\] ([\w./]+)/m) ?? [...output.matchAll(/^\[ RUN {6}\] (\S+)/gm)].at(-1);
  return failed?.[1];
}

// Only what differs is written, so that little is compiled again; what an earlier run left mutated is put back by it.
function copySources() {
  const list = (...args) => outputOf('git', ['ls-files', '-z', ...args, ...buildInputs]).output.split('\0');
  const deleted = new Set(list('--deleted'));
  const paths = new Set(
    list('--cached', '--others', '--exclude-standard').filter((path) => path && !deleted.has(path)),
  );
  for (const path of paths) copyIfDifferent(join(projectFolder, path), join(copyFolder, path));
  for (const folder of ['cmake', 'native', 'tests', 'docs']) {
    for (const entry of readdirSync(join(copyFolder, folder), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath ?? entry.path, entry.name).slice(copyFolder.length + 1);
      if (entry.isFile() && !paths.has(path)) rmSync(join(copyFolder, path));
    }
  }
}

function copyIfDifferent(from, to) {
  if (existsSync(to) && readFileSync(to).equals(readFileSync(from))) return;
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

const buildArgs = (programs) => ['--build', '--preset', 'dev', '--target', ...programs];

function test({ test, filter }, option) {
  const args = [option, `--gtest_filter=${filter}`];
  return captured(join(testFolder, test), args, { env: testEnv, cwd: copyFolder, minutesMax: testMinutesMax });
}

/** What is to be caught has to be seen as right before. @param {Mutant[]} mutants */
async function testUnmutated(mutants) {
  const programs = [...new Set(mutants.map((mutant) => mutant.test))];
  await quietly('cmake', ['--preset', 'dev', '--log-level=WARNING'], { cwd: copyFolder });
  await quietly('cmake', buildArgs(programs), { cwd: copyFolder });
  const runs = new Map(mutants.map((mutant) => [`${mutant.test} ${mutant.filter}`, mutant]));
  for (const [words, mutant] of runs) {
    const { code, output } = await test(mutant, '--gtest_brief=1');
    if (code !== 0) throw new PlainError(`${output}\n${words} fails without a mutant`);
    if (!/^\[ {2}PASSED {2}\] [1-9]/m.test(output)) throw new PlainError(`there is no test ${words}`);
    console.log(`passed without a mutant: ${words}`);
  }
}

/** @param {Mutant} mutant @returns {Promise<{ caught: boolean, how: string }>} */
async function testMutant(mutant) {
  const path = join(copyFolder, mutant.file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, mutated(text, mutant));
  try {
    const built = await captured('cmake', buildArgs([mutant.test]), { cwd: copyFolder });
    const complaint = built.output.match(/^.*\berror: .*$/m)?.[0] ?? built.output;
    if (built.code !== 0) return { caught: false, how: `does not compile: ${complaint}` };
    const { code, output, late } = await test(mutant, '--gtest_fail_fast');
    if (code === 0) return { caught: false, how: `no test of ${mutant.filter} notices. It means: ${mutant.means}` };
    return { caught: true, how: `${firstFailed(output) ?? 'the program'}${late ? ' (endless)' : ''}` };
  } finally {
    writeFileSync(path, text);
  }
}

async function main(words) {
  const mutants = chosen(await readMutants(), words);
  await setUp(['build', 'test']);
  copySources();
  for (const mutant of mutants) mutated(readFileSync(join(copyFolder, mutant.file), 'utf8'), mutant);
  await testUnmutated(mutants);
  let missed = 0;
  for (const mutant of mutants) {
    const { caught, how } = await testMutant(mutant);
    if (!caught) ++missed;
    console.log(`${caught ? 'caught  ' : 'SURVIVED'} ${mutant.name} (${mutant.file}): ${how}`);
  }
  console.log(`${mutants.length - missed} of ${mutants.length} mutants caught`);
  if (missed > 0) throw new PlainError(`${missed} survived or did not compile`);
}

if (isMain(import.meta.url)) main(process.argv.slice(2).filter((word) => word !== '--')).catch(failWith);
