import { Problem } from '../problem';
import type { WorkflowRequest } from '../schemas/workflow';
import type { N8nLink } from './types';

type Requested = WorkflowRequest['connections'];
/** By type of the connection: one list for each output. */
type Outputs = Record<string, (N8nLink[] | null)[]>;
/** By name of the node that they start at. A map, since a node may be called `constructor`. */
export type Connections = Map<string, Outputs>;

/**
 * Connections as n8n keeps them, out of a list of connections or out of n8n's own shape.
 * @throws Problem `invalid` that points at a node that is not among `names`.
 */
export function connectionsOf(requested: Requested, names: readonly string[]): Connections {
  const known = new Set(names);
  return Array.isArray(requested) ? fromList(requested, known) : checked(requested, known);
}

/** Links to the nodes that no connection leads to. */
export function entryNodes(connections: Connections, names: readonly string[]): N8nLink[] {
  const reached = new Set<string>();
  for (const outputs of connections.values()) {
    for (const link of Object.values(outputs).flat(2)) if (link) reached.add(link.node);
  }
  return names.filter((name) => !reached.has(name)).map((node) => ({ node, type: 'main', index: 0 }));
}

function fromList(list: Extract<Requested, unknown[]>, known: ReadonlySet<string>): Connections {
  const connections = new Map<string, Map<string, N8nLink[][]>>();
  for (const [index, connection] of list.entries()) {
    const { source, target, sourceOutput = 0, targetInput = 0, type = 'main' } = connection;
    requireNode(known, source, `/connections/${index}/source`);
    requireNode(known, target, `/connections/${index}/target`);
    const outputs = entryOf(connections, source, () => new Map<string, N8nLink[][]>());
    const lists = entryOf(outputs, type, () => []);
    while (lists.length <= sourceOutput) lists.push([]);
    lists[sourceOutput]?.push({ node: target, type, index: targetInput });
  }
  return new Map([...connections].map(([source, outputs]) => [source, Object.fromEntries(outputs)]));
}

function checked(shape: Exclude<Requested, unknown[]>, known: ReadonlySet<string>): Connections {
  for (const [source, outputs] of Object.entries(shape)) {
    const at = `/connections/${escaped(source)}`;
    requireNode(known, source, at);
    for (const [type, lists] of Object.entries(outputs)) {
      for (const [output, links] of lists.entries()) {
        const place = `${at}/${escaped(type)}/${output}`;
        for (const [index, link] of (links ?? []).entries()) requireNode(known, link.node, `${place}/${index}/node`);
      }
    }
  }
  return new Map(Object.entries(shape));
}

function requireNode(known: ReadonlySet<string>, name: string, pointer: string): void {
  if (!known.has(name)) throw Problem.at(pointer, `there is no node "${name}"`);
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

function escaped(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}
