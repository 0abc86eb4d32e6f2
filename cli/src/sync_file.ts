import * as fs from 'node:fs';

import { EngineError, type SyncFile } from '../../lib';

/**
 * Reads a sync from a JSON file and fills in `${NAME}` references from the environment, so that secrets stay out of the
 * file. Everything else about the content is checked by the engine.
 *
 * @throws EngineError of kind `invalid` that names the file and the place.
 */
export function readSyncFile(file: string, environment: NodeJS.ProcessEnv = process.env): SyncFile {
  const content = readJson(file);
  const missing = new Map<string, string>();
  const filled = fillIn(content, '', environment, missing);
  if (missing.size > 0) {
    const lines = [...missing].map(([name, place]) => `${place}: the environment variable ${name} is not set`);
    throw invalid(`${file}: ${lines.join('\n')}`);
  }
  return filled as SyncFile;
}

/** @throws EngineError of kind `invalid` that names the file. */
export function readJson(file: string): unknown {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (thrown) {
    throw invalid(`${file}: ${(thrown as Error).message}`);
  }
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw invalid(`${file} is not valid JSON: ${(thrown as Error).message}`);
  }
}

/** `$${` stands for a literal `${`. */
const reference = /\$?\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

function fillIn(node: unknown, at: string, environment: NodeJS.ProcessEnv, missing: Map<string, string>): unknown {
  if (typeof node === 'string') {
    return node.replace(reference, (whole, name: string) => {
      if (whole.startsWith('$$')) return whole.slice(1);
      const value = environment[name];
      if (value === undefined) missing.set(name, at);
      return value ?? '';
    });
  }
  if (Array.isArray(node)) return node.map((item, index) => fillIn(item, `${at}[${index}]`, environment, missing));
  if (node !== null && typeof node === 'object') {
    const entries = Object.entries(node).map(([key, value]) => [
      key,
      fillIn(value, at ? `${at}.${key}` : key, environment, missing),
    ]);
    return Object.fromEntries(entries);
  }
  return node;
}

function invalid(message: string): EngineError {
  return new EngineError(message, { kind: 'invalid' });
}
