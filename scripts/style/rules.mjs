// The style rules that look at one file at a time. Each is {name, appliesTo(source), find(source)} and find() gives
// [{line, message}]. What each rule is for is said once in CONTRIBUTING.md.
import { basename } from 'node:path';
import { awaitedArguments, catchBlocks, functions, lambdas, ownBody } from './cpp.mjs';
import { emptyCatches, scriptFunctions } from './script.mjs';

const lineCharactersMax = 120;
const functionLinesMax = 60;
const fileLinesMax = 400;

const isCpp = (source) => source.isCpp;
const isCode = (source) => source.isCpp || source.isScript;
const isProduct = (source) => /^(?:native|lib|cli|service|n8n-nodes)\//.test(source.path);

/** A rule that is one pattern over `text(source)`; `message` may be made from the match. */
function pattern(name, appliesTo, text, expression, message) {
  const find = (source) =>
    [...text(source).matchAll(expression)].map((match) => ({
      line: source.lineAt(match.index),
      message: typeof message === 'string' ? message : message(match),
    }));
  return { name, appliesTo, find };
}

const codeOf = (source) => (source.isCpp ? source.code : withoutComments(source.text));
const textOf = (source) => source.text;

function withoutComments(text) {
  return text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, ' '));
}

const lineLength = {
  name: 'line-length',
  appliesTo: (source) => isCode(source) || /\.(?:cmake|json|gyp)$|CMakeLists\.txt$/.test(source.path),
  find: (source) =>
    source.lines.flatMap((text, index) =>
      [...text].length <= lineCharactersMax
        ? []
        : [{ line: index + 1, message: `the line has ${[...text].length} characters, at most ${lineCharactersMax}` }],
    ),
};

const fileLength = {
  name: 'file-length',
  appliesTo: isCode,
  find: (source) => {
    const count = source.text.trimEnd().split('\n').length;
    const message = `the file has ${count} lines, at most ${fileLinesMax}: give its second noun a file of its own`;
    return count <= fileLinesMax ? [] : [{ line: count, message }];
  },
};

const functionLength = {
  name: 'function-length',
  appliesTo: isCode,
  find: (source) =>
    (source.isCpp ? functions(source.code) : scriptFunctions(source))
      .map(({ start, end }) => [source.lineAt(start), source.lineAt(end - 1)])
      .filter(([first, last]) => last - first + 1 > functionLinesMax)
      .map(([first, last]) => ({
        line: first,
        message: `the function has ${last - first + 1} lines, at most ${functionLinesMax}: move its steps out`,
      })),
};

const capturingCoroutine = {
  name: 'capturing-coroutine',
  appliesTo: isCpp,
  find: (source) => {
    const all = lambdas(source.code);
    return all
      .filter((lambda) => lambda.captures && /\bco_(?:await|return|yield)\b/.test(ownBody(source.code, lambda, all)))
      .map(({ start }) => ({
        line: source.lineAt(start),
        message: 'a capturing lambda is a coroutine: its captures die with it. Use a named coroutine with parameters',
      }));
  },
};

// Braces make temporaries that g++ 12 destroys twice when they live across the suspension. What has a constructor is
// safe (std:: and the units of time), and so are numbers.
const safeBraces = /\b(?:std::[\w:]+(?:<[^{};]*>)?|Millis|Time|Steady|u?int\d*(?:_t)?|size_t|double|bool)\{/g;

const awaitedTemporary = {
  name: 'awaited-temporary',
  appliesTo: isCpp,
  find: (source) =>
    awaitedArguments(source.code).flatMap(({ start, text }) => {
      const inner = lambdas(text);
      const withoutLambdas = inner.reduce(
        (rest, { start: from, end: to }) => rest.slice(0, from) + ' '.repeat(to - from) + rest.slice(to),
        text,
      );
      const braced = /\{/.test(withoutLambdas.replace(safeBraces, ''));
      const owning = inner.some(({ captures }) => !/^(?:(?:&\w*|this)(?:,\s*|$))*$/.test(captures));
      const what = braced ? 'a braced temporary' : 'a lambda that owns values';
      const message = `${what} inside an awaited call is miscompiled by g++ 12: name it one line earlier`;
      return braced || owning ? [{ line: source.lineAt(start), message }] : [];
    }),
};

const emptyCatch = {
  name: 'empty-catch',
  appliesTo: isCode,
  find: (source) => {
    const blocks = source.isCpp ? catchBlocks(source.code) : emptyCatches(source);
    return blocks
      .filter(({ start, end }) => source.text.slice(start + 1, end - 1).trim() === '')
      .map(({ start }) => ({ line: source.lineAt(start), message: 'an error is swallowed: handle it or say why' }));
  },
};

const vagueFile = {
  name: 'vague-name',
  appliesTo: isCode,
  find: (source) =>
    /(?:^|[._-])(?:utils?|helpers?|managers?|processors?|misc|common)(?:[._-]|$)/i.test(basename(source.path))
      ? [{ line: 1, message: 'the file name says nothing: use the noun of the domain' }]
      : [],
};

const pragmaOnce = {
  name: 'pragma-once',
  appliesTo: (source) => source.path.endsWith('.hpp'),
  find: (source) => (/^#pragma once$/m.test(source.text) ? [] : [{ line: 1, message: 'a header needs #pragma once' }]),
};

export const fileRules = [
  lineLength,
  fileLength,
  functionLength,
  capturingCoroutine,
  awaitedTemporary,
  emptyCatch,
  vagueFile,
  pragmaOnce,
  pattern(
    'vague-name',
    isCode,
    codeOf,
    /\b(?!PQ)[A-Za-z]\w*?(?:Utils?|Helpers?|Managers?|Processors?)\b/g,
    ([name]) => `${name} says nothing: use the noun of the domain`,
  ),
  pattern(
    'singleton',
    isCode,
    codeOf,
    /\b(?:getInstance|get_instance|instance)\s*\(\s*\)/g,
    'a hidden global: hand the object in through the constructor',
  ),
  pattern(
    'leftover',
    (source) => !/^(?:package-lock\.json|LICENSE)$/.test(source.path),
    textOf,
    /\b(?:TO[D]O|FIX[M]E)\b/g,
    ([word]) => `${word}: finish it, or write down the decision`,
  ),
  pattern(
    'machine-path',
    () => true,
    textOf,
    /(?<![\w.~])\/(?:wor[k]|far[m]|roo[t]|tm[p]\/nx|home(?!\/node\b))\/\w/g,
    ([path]) => `${path}... exists on one machine only`,
  ),
  pattern(
    'print',
    (source) => source.isCpp && source.path.startsWith('native/'),
    codeOf,
    /\bstd::(?:cout|cerr|clog)\b|\b(?:std::)?(?:v?f?printf|puts|fputs|putchar)\s*\(/g,
    'the engine does not print: report through Log',
  ),
  pattern(
    'using-namespace',
    (source) => source.path.endsWith('.hpp'),
    codeOf,
    /\busing\s+namespace\b/g,
    'a header must not open a namespace for whoever includes it',
  ),
  pattern(
    'unfinished',
    (source) => isCode(source) && isProduct(source),
    textOf,
    // "placeholder:" is n8n's own word for the example in an empty input.
    /\bnot (?:yet )?implemented\b|\bplaceholder\b(?!: ['"])/gi,
    ([words]) => `"${words}": product code is finished or absent`,
  ),
];
