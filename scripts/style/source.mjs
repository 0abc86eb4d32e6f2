// A source file as the style rules see it: its text, and its code alone.
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

const cppEndings = ['.hpp', '.cpp'];
const scriptEndings = ['.ts', '.mts', '.cts', '.mjs', '.cjs', '.js'];

/** One file of the project. `path` is relative to the project and has forward slashes. */
export class Source {
  #code;

  constructor(path, text) {
    this.path = path;
    this.text = text;
    this.isCpp = cppEndings.includes(extname(path));
    this.isScript = scriptEndings.includes(extname(path));
  }

  static read(root, path) {
    return new Source(path, readFileSync(join(root, path), 'utf8'));
  }

  get lines() {
    return this.text.split('\n');
  }

  /** The text of a C++ file with every comment, string and character literal turned into spaces; positions stay. */
  get code() {
    return (this.#code ??= blanked(this.text));
  }

  /** The number of the line, from 1, that holds the character at `position`. */
  lineAt(position) {
    return this.text.slice(0, position).split('\n').length;
  }
}

// Raw strings, block comments, line comments, strings, characters. A quote between digits is a separator: 1'000'000.
const literal = new RegExp(
  [
    String.raw`R"([^\s()\\]{0,16})\([\s\S]*?\)\1"`,
    String.raw`\/\*[\s\S]*?\*\/`,
    String.raw`\/\/[^\n]*`,
    String.raw`"(?:\\[\s\S]|[^"\\\n])*"`,
    String.raw`(?<![0-9a-fA-F])'(?:\\[\s\S]|[^'\\\n])+'`,
  ].join('|'),
  'g',
);

function blanked(text) {
  const withoutIncludes = text.replace(/^[ \t]*#[ \t]*include[^\n]*/gm, spaces);
  return withoutIncludes.replace(literal, spaces);
}

function spaces(match) {
  return match.replace(/[^\n]/g, ' ');
}
