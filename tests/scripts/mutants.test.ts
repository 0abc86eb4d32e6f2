import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(__dirname, '..', '..');
const script = pathToFileURL(join(root, 'scripts', 'mutants.mjs')).href;

interface Mutant {
  name: string;
  means: string;
  file: string;
  find: string;
  replace: string;
  test: string;
  filter: string;
}

/** Calls a function of the script, which is an ES module, in a process of its own; gives the text of what it throws. */
function call(name: 'readMutants' | 'chosen' | 'mutated' | 'firstFailed', ...args: unknown[]): unknown {
  const code = `const { ${name} } = await import(${JSON.stringify(script)});
    const called = (async () => ${name}(...${JSON.stringify(args)}))();
    console.log(JSON.stringify((await called.catch((error) => error.message)) ?? null));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }));
}

const mutant: Mutant = {
  name: 'wrong side',
  means: 'the other value wins',
  file: 'native/sync/decide.cpp',
  find: 'Side::source',
  replace: 'Side::target',
  test: 'sync_test',
  filter: 'Decide.*',
};

describe('the lists of mutants', () => {
  const mutants = call('readMutants') as Mutant[];

  it('fit the sources as they are', () => {
    for (const one of mutants) {
      const times = readFileSync(join(root, one.file), 'utf8').split(one.find).length - 1;
      expect({ name: one.name, times }).toEqual({ name: one.name, times: 1 });
    }
  });

  it('say of each what it means and which tests have to fail, under a name of its own', () => {
    for (const one of mutants) {
      expect(one).toEqual({
        name: expect.stringMatching(/./),
        means: expect.stringMatching(/./),
        file: expect.stringMatching(/^native\/.*\.[ch]pp$/),
        find: expect.stringMatching(/./),
        replace: expect.any(String),
        test: expect.stringMatching(/^[a-z]+_test$/),
        filter: expect.stringMatching(/./),
      });
    }
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  });

  it('cover conflicts, expressions and mappings', () => {
    const within = (folder: RegExp) => mutants.filter(({ file }) => folder.test(file)).length;
    expect(within(/^native\/sync\/(?:conflict|two_way)\//)).toBeGreaterThanOrEqual(12);
    expect(within(/^native\/transformer\/expression\//)).toBeGreaterThanOrEqual(8);
    expect(within(/^native\/transformer\/(?!expression\/)/)).toBeGreaterThanOrEqual(6);
  });
});

describe('a mutant', () => {
  it('replaces one place, and takes its text as it stands', () => {
    expect(call('mutated', 'take(Side::source);', mutant)).toBe('take(Side::target);');
    expect(call('mutated', 'take(Side::source);', { ...mutant, replace: '$&' })).toBe('take($&);');
  });

  it('is refused where its place is missing, or there twice, or stays the same', () => {
    const refusal = '"wrong side": what it replaces is';
    expect(call('mutated', 'take();', mutant)).toBe(`${refusal} 0 times in ${mutant.file}, and has to be once`);
    const twice = 'take(Side::source, Side::source);';
    expect(call('mutated', twice, mutant)).toBe(`${refusal} 2 times in ${mutant.file}, and has to be once`);
    const same = { ...mutant, replace: mutant.find };
    expect(call('mutated', 'take(Side::source);', same)).toBe('"wrong side": it changes nothing');
  });

  it('is chosen by a word of its name or file', () => {
    const other = { ...mutant, name: 'lost', file: 'native/transformer/decimal.cpp' };
    expect(call('chosen', [mutant, other], [])).toEqual([mutant, other]);
    expect(call('chosen', [mutant, other], ['decimal'])).toEqual([other]);
    expect(call('chosen', [mutant, other], ['side'])).toEqual([mutant]);
    expect(call('chosen', [mutant, other], ['nothing'])).toBe('no mutant has nothing in its name or file');
  });
});

describe('the first failed test', () => {
  it('is the one that GoogleTest names, or the one in which the program ended', () => {
    const failed = '[ RUN      ] A.First\n[       OK ] A.First (0 ms)\n[ RUN      ] A.Second\nx\n';
    expect(call('firstFailed', `${failed}[  FAILED  ] A.Second (3 ms)\n[  FAILED  ] 1 test`)).toBe('A.Second');
    expect(call('firstFailed', failed)).toBe('A.Second');
    expect(call('firstFailed', 'cannot be started')).toBeNull();
  });
});
