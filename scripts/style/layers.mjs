// The layer rules: who may include whom in C++, who may import whom in TypeScript.
import { dirname, normalize } from 'node:path/posix';
import { imports } from './script.mjs';

/** Top folders of TypeScript and what each one sees besides itself. Others (tests, scripts) see everything. */
const scriptLayers = { lib: [], cli: ['lib'], service: ['lib'], 'n8n-nodes': ['lib'] };

/** Files that put the parts together and so may name concrete connectors and stores. */
const compositionRoots = [/^native\/engine\//, /^native\/connectors\/registry\.cpp$/];

/**
 * Reads `layer(name DEPENDS ...)` from CMakeLists.txt into a map from layer to the set of layers it may include.
 * The bridge is the addon itself: it sees engine and what engine sees.
 */
export function declaredLayers(cmakeText) {
  const layers = new Map();
  const problems = [];
  for (const [, body] of cmakeText.matchAll(/^\s*layer\(([^)]*)\)/gm)) {
    const [name, ...words] = body.trim().split(/\s+/);
    const from = words.indexOf('DEPENDS');
    const to = words.indexOf('LINKS') > from ? words.indexOf('LINKS') : words.length;
    const depends = from < 0 ? [] : words.slice(from + 1, to);
    for (const other of depends.filter((candidate) => !layers.has(candidate))) {
      problems.push(`layer ${name} depends on ${other}, which is not declared above it`);
    }
    layers.set(name, new Set(depends));
  }
  layers.set('bridge', new Set(['engine', ...(layers.get('engine') ?? [])]));
  return { layers, problems };
}

/** The rule "layers", bound to one project's declaration. */
export function layerRule(layers) {
  const find = (source) => (source.isCpp ? badIncludes(source, layers) : badImports(source));
  return { name: 'layers', appliesTo: (source) => source.isCpp || source.isScript, find };
}

function badIncludes(source, layers) {
  if (!source.path.startsWith('native/')) return [];
  const layer = source.path.split('/')[1];
  const allowed = layers.get(layer);
  if (!allowed) return [{ line: 1, message: `native/${layer} is no layer: declare it in CMakeLists.txt` }];
  return [...source.text.matchAll(/^[ \t]*#[ \t]*include[ \t]*"([^"]+)"/gm)].flatMap((match) => {
    const message = includeProblem(source.path, layer, allowed, match[1]);
    return message ? [{ line: source.lineAt(match.index), message }] : [];
  });
}

function includeProblem(path, layer, allowed, included) {
  const [other, ...rest] = included.split('/');
  if (rest.length === 0 || other === '..' || other === '.') {
    return `#include "${included}": name project headers from native/, as in "base/error.hpp"`;
  }
  if (other !== layer && !allowed.has(other)) {
    return `${layer} includes ${included}, but may only see ${[layer, ...allowed].join(', ')}`;
  }
  if (compositionRoots.some((root) => root.test(path))) return undefined;
  if (other === 'connectors' && rest.length > 1 && !path.startsWith(`native/connectors/${rest[0]}/`)) {
    return `${included} belongs to one connector: include connectors/connector.hpp`;
  }
  if (other === 'store' && layer !== 'store' && /^(?:sqlite|pg|postgres)\w*_store\.hpp$/.test(rest[0])) {
    return `${included} is one concrete store: include store/store.hpp`;
  }
  return undefined;
}

function badImports(source) {
  const top = source.path.split('/')[0];
  const allowed = scriptLayers[top];
  if (!allowed) return [];
  return imports(source)
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier, position }) => ({ target: normalize(`${dirname(source.path)}/${specifier}`), position }))
    .filter(({ target }) => ![top, ...allowed].includes(target.split('/')[0]))
    .map(({ target, position }) => ({
      line: source.lineAt(position),
      message: `${top} imports ${target}, but may only see ${[top, ...allowed].join(', ')}`,
    }));
}
