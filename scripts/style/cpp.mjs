// Reads just enough C++ structure for the style rules: functions, lambdas, awaited calls and catch blocks.
// It works on `Source.code`, where comments and literals are blank, and it relies on clang-format's spacing: the brace
// of a block follows a space, the brace of an initializer follows the name directly.

/** Position just behind the bracket that closes the one at `open`, or the end of the code. */
export function closing(code, open) {
  const pairs = { '(': ')', '{': '}', '[': ']' };
  const other = pairs[code[open]];
  let depth = 0;
  for (let i = open; i < code.length; i++) {
    if (code[i] === code[open]) depth++;
    else if (code[i] === other && --depth === 0) return i + 1;
  }
  return code.length;
}

/** All functions with a body, lambdas inside them left out: {start, end} from the brace to the brace. */
export function functions(wholeCode) {
  const code = withoutDirectives(wholeCode);
  const found = [];
  let header = 0; // where the text that belongs to the next brace begins
  for (let i = 0; i < code.length; i++) {
    if (code[i] === ';' || code[i] === '}') header = i + 1;
    if (code[i] !== '{') continue;
    const before = code.slice(header, i);
    const end = closing(code, i);
    if (opensScope(before)) {
      header = i + 1;
    } else if (/[\w>)]$/.test(before) || !before.includes(')')) {
      i = end - 1; // an initializer, a_{1} or = {...}: still the same statement
    } else {
      found.push({ start: i, end });
      header = end;
      i = end - 1;
    }
  }
  return found;
}

function withoutDirectives(code) {
  return code.replace(/^[ \t]*#(?:\\\n|[^\n])*/gm, (directive) => directive.replace(/[^\n]/g, ' '));
}

function opensScope(before) {
  const statement = before.replace(/\b(?:public|protected|private)\s*:/g, '').trimStart();
  return /^(?:inline\s+)?(?:namespace|class|struct|union|enum|extern)\b/.test(withoutTemplateHead(statement));
}

function withoutTemplateHead(statement) {
  if (!/^template\s*</.test(statement)) return statement;
  let depth = 0;
  for (let i = statement.indexOf('<'); i < statement.length; i++) {
    if (statement[i] === '(') i = closing(statement, i) - 1;
    else if (statement[i] === '<') depth++;
    else if (statement[i] === '>' && --depth === 0) return withoutTemplateHead(statement.slice(i + 1).trimStart());
  }
  return statement;
}

/** All lambdas: {start, captures, bodyStart, end}. */
export function lambdas(code) {
  const found = [];
  for (const match of code.matchAll(/\[/g)) {
    if (!mayStartLambda(code, match.index)) continue;
    const captureEnd = closing(code, match.index);
    const captures = code.slice(match.index + 1, captureEnd - 1).trim();
    const bodyStart = lambdaBody(code, captureEnd);
    if (bodyStart === undefined) continue;
    found.push({ start: match.index, captures, bodyStart, end: closing(code, bodyStart) });
  }
  return found;
}

// Not an index, an array size, an attribute: those follow a name or a bracket.
function mayStartLambda(code, position) {
  if (code[position + 1] === '[' || code[position - 1] === '[') return false;
  const before = code.slice(Math.max(0, position - 40), position).trimEnd();
  return /(?:^|[^\w\])])$|\b(?:return|co_return|co_await|co_yield)$/.test(before);
}

function lambdaBody(code, captureEnd) {
  let position = captureEnd + code.slice(captureEnd).match(/^\s*/)[0].length;
  if (code[position] === '(') position = closing(code, position);
  const rest = code.slice(position).match(/^[\w\s:<>,*&.-]*?\{/);
  return rest ? position + rest[0].length - 1 : undefined;
}

/** The code of a lambda's own body, the lambdas inside it blanked. */
export function ownBody(code, lambda, all) {
  let body = code.slice(lambda.bodyStart, lambda.end);
  for (const inner of all.filter(({ start, end }) => start > lambda.bodyStart && end <= lambda.end)) {
    const [from, to] = [inner.start - lambda.bodyStart, inner.end - lambda.bodyStart];
    body = body.slice(0, from) + ' '.repeat(to - from) + body.slice(to);
  }
  return body;
}

/** The argument lists of all calls in awaited expressions: {start, text}, the text with its round brackets. */
export function awaitedArguments(code) {
  const found = [];
  for (const match of code.matchAll(/\bco_await\b/g)) {
    let position = match.index + match[0].length;
    while (position < code.length && !/[;,){}]/.test(code[position])) {
      if (code[position] === '(') {
        const end = closing(code, position);
        found.push({ start: position, text: code.slice(position, end) });
        position = end;
      } else {
        position++;
      }
    }
  }
  return found;
}

/** All catch blocks: {start, end} of the braces. */
export function catchBlocks(code) {
  return [...code.matchAll(/\bcatch\s*\([^)]*\)\s*\{/g)].map((match) => {
    const start = match.index + match[0].length - 1;
    return { start, end: closing(code, start) };
  });
}

/**
 * All types defined in named namespaces, those in anonymous ones left out: {name, position}, the name in full as in
 * "nexpo::http::Request".
 */
export function namedTypes(wholeCode) {
  const code = withoutDirectives(wholeCode);
  const found = [];
  const namespaces = []; // one entry per open brace of a namespace
  let header = 0;
  for (let i = 0; i < code.length; i++) {
    if (code[i] === '}') namespaces.pop();
    if (code[i] === ';' || code[i] === '}') header = i + 1;
    if (code[i] !== '{') continue;
    const before = code.slice(header, i);
    const namespace = before.match(/\bnamespace\b\s*([\w:]*)\s*$/);
    if (namespace) {
      namespaces.push(namespace[1]);
      header = i + 1;
      continue;
    }
    const type = opensScope(before) && withoutTemplateHead(before.trim()).match(typeName);
    if (type && !namespaces.includes('')) {
      found.push({ name: [...namespaces, type[1].replace(/\s+/g, '')].join('::'), position: i });
    }
    const end = closing(code, i);
    if (opensScope(before) || !/[\w>)]$/.test(before)) header = end;
    i = end - 1;
  }
  return found;
}

// The name, without what may stand around it: class alignas(64) Queue final : public Base
const typeName = new RegExp(
  String.raw`^(?:inline\s+)?(?:class|struct|union|enum(?:\s+(?:class|struct))?)\b` +
    String.raw`(?:\s*(?:\[\[[^\]]*\]\]|alignas\([^)]*\)))*\s+([\w:]+(?:\s*<[^:]*>)?)`,
);
