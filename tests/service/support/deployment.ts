// Reads what is in deploy/ as the programs do that it is meant for.
import * as fs from 'node:fs';
import * as path from 'node:path';

import { parseAllDocuments } from 'yaml';

import { readSettings } from '../../../service/src/settings';

export const projectFolder = path.join(__dirname, '..', '..', '..');
export const deployFolder = path.join(projectFolder, 'deploy');

export function textOf(name: string): string {
  return fs.readFileSync(path.join(projectFolder, name), 'utf8');
}

/** Every file below deploy/, as paths from the project. */
export function deployedFiles(): string[] {
  const names = fs.readdirSync(deployFolder, { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(projectFolder, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** The documents of a YAML file. Throws for what is wrong in it, keys that stand there twice included. */
export function yamlOf(name: string): any[] {
  return parseAllDocuments(textOf(name)).map((document) => {
    if (document.errors.length > 0) throw document.errors[0]!;
    return document.toJS() as unknown;
  });
}

/** Objects of Kubernetes of one kind. */
export function objectsOf(kind: string): any[] {
  const names = deployedFiles().filter((name) => name.startsWith('deploy/kubernetes/'));
  return names.flatMap(yamlOf).filter((object) => object.kind === kind);
}

/** Every variable that the service reads. */
export function settingNames(): Set<string> {
  const names = new Set<string>();
  const some: Record<string, string> = { AUTH0_DOMAIN: 'tenant.auth0.com', AUTH0_AUDIENCE: 'api' };
  const variables = new Proxy(some, {
    get: (values, name) => {
      names.add(String(name));
      return values[String(name)];
    },
  });
  readSettings(variables);
  return names;
}

export interface Instruction {
  name: string;
  args: string;
}

/** The stages of a Dockerfile, each with its instructions; lines that go on are joined. */
export function stagesOf(name: string): Instruction[][] {
  const lines = textOf(name)
    .split('\n')
    .filter((line) => !line.startsWith('#'));
  const joined = lines.join('\n').replaceAll(/\\\n\s*/g, '');
  const stages: Instruction[][] = [];
  for (const line of joined.split('\n').filter((text) => text.trim() !== '')) {
    const [, instruction, args] = /^([A-Z]+)\s+(.*)$/.exec(line)!;
    if (instruction === 'FROM') stages.push([]);
    stages.at(-1)!.push({ name: instruction!, args: args! });
  }
  return stages;
}
