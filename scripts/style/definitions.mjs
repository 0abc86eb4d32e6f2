// The rule "one-definition": two types of one full name in one program. The linker keeps one of their destructors and
// says nothing, and no compiler sees both.
import { namedTypes } from './cpp.mjs';

/** Which programs a file is linked into: 'all' of them, or the test program of one layer. */
function programs(path) {
  const layer = path.match(/^tests\/native\/(\w+)\//)?.[1];
  return path.startsWith('native/') || layer === 'support' ? 'all' : layer;
}

/** @param {import('./source.mjs').Source[]} sources all files of the project */
export function repeatedDefinitions(sources) {
  const definitions = new Map();
  const found = [];
  for (const source of sources.filter(({ isCpp, path }) => isCpp && programs(path))) {
    for (const { name, position } of namedTypes(source.code)) {
      const earlier = definitions.get(name) ?? [];
      const here = { path: source.path, program: programs(source.path) };
      const meets = (other) => other.program === here.program || [other.program, here.program].includes('all');
      const twin = earlier.find((other) => other.path !== here.path && meets(other));
      const message = `${name} is defined in ${twin?.path} as well: give one of them a name or a namespace of its own`;
      if (twin) found.push({ rule: 'one-definition', path: here.path, line: source.lineAt(position), message });
      definitions.set(name, [...earlier, here]);
    }
  }
  return found;
}
