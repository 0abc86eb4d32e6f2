/**
 * Turns rows into the records of an answer. The SELECT list becomes one function that writes a row as JSON text;
 * pages are built as text, never as objects.
 */
import type { FieldType as SelectItem, Subquery } from '@jetstreamapp/soql-parser-js';
import { ApiError, malformedQuery } from '../errors';
import type { Org } from '../store/org';
import type { Table } from '../store/table';
import { fieldOf, parentReader, relationshipOf } from './path';
import { jsonWriter } from './text';

export type RecordWriter = (row: number) => string;
/** Writes the children of one row: `{"totalSize":...}` or `null`. */
export type ChildWriter = (subquery: Subquery, parent: Table) => RecordWriter;

/** The names selected below one table: its own fields and, by relationship, those of its parents. */
interface Selection {
  items: (string | { link: string; below: Selection } | Subquery)[];
}

function selectionOf(table: Table, items: SelectItem[]): Selection {
  const root: Selection = { items: [] };
  for (const item of items) {
    if (item.type === 'FieldSubquery') root.items.push(item.subquery);
    else if (item.type === 'Field') root.items.push(item.field);
    else if (item.type === 'FieldRelationship') place(root, table, item.relationships, item.field);
    else throw malformedQuery(`the simulated org does not support ${item.type} in SELECT`);
  }
  return root;
}

function place(root: Selection, table: Table, links: string[], name: string): void {
  let at = root;
  links.forEach((link, i) => {
    const isSelf = i === 0 && link.toLowerCase() === table.schema.name.toLowerCase();
    if (isSelf && !table.schema.fields.some((f) => f.relationshipName === link)) return;
    let step = at.items.find(
      (item) => typeof item === 'object' && 'link' in item && item.link.toLowerCase() === link.toLowerCase(),
    );
    if (!step) at.items.push((step = { link, below: { items: [] } }));
    if (typeof step === 'object' && 'below' in step) at = step.below;
  });
  at.items.push(name);
}

/** Compiles a SELECT list. `base` is `/services/data/v66.0`. Throws INVALID_FIELD for unknown names. */
export function recordWriter(
  org: Org,
  table: Table,
  select: SelectItem[],
  base: string,
  children: ChildWriter,
): RecordWriter {
  return writerOf(org, table, selectionOf(table, select), base, children);
}

function writerOf(org: Org, table: Table, selection: Selection, base: string, children: ChildWriter): RecordWriter {
  const { name } = table.schema;
  const head = `{"attributes":{"type":"${name}","url":"${base}/sobjects/${name}/`;
  const seen = new Set<string>();
  const writers = selection.items.map((item): RecordWriter => {
    if (typeof item === 'string') {
      const f = fieldOf(table, item);
      if (seen.has(f.name)) throw new ApiError(400, 'INVALID_FIELD', `duplicate field selected: ${f.name}`);
      seen.add(f.name);
      const write = jsonWriter(table, f);
      return (row) => `,"${f.name}":${write(row)}`;
    }
    if ('link' in item) return parentWriter(org, table, item.link, item.below, base, children);
    const write = children(item, table);
    const key = childListName(org, table, item);
    return (row) => `,"${key}":${write(row)}`;
  });
  return (row) => {
    let text = `${head}${table.ids.encode(row)}"}`;
    for (const write of writers) text += write(row);
    return `${text}}`;
  };
}

function parentWriter(
  org: Org,
  table: Table,
  linkName: string,
  below: Selection,
  base: string,
  children: ChildWriter,
): RecordWriter {
  const link = relationshipOf(table, linkName);
  const toParent = parentReader(org, table, link);
  const write = writerOf(org, org.parentOf(link), below, base, children);
  return (row) => {
    const parent = toParent(row);
    return `,"${link.relationshipName}":${parent < 0 ? 'null' : write(parent)}`;
  };
}

/** The child table and lookup field behind a subquery's FROM; throws INVALID_TYPE. */
export function childLink(org: Org, parent: Table, subquery: Subquery) {
  const wanted = subquery.relationshipName.toLowerCase();
  for (const table of org.all()) {
    for (const f of table.schema.fields) {
      if (f.referenceTo === parent.schema.name && f.childRelationship?.toLowerCase() === wanted)
        return { table, link: f };
    }
  }
  throw new ApiError(
    400,
    'INVALID_TYPE',
    `\nDidn't understand relationship '${subquery.relationshipName}' in FROM part of query call.`,
  );
}

const childListName = (org: Org, parent: Table, subquery: Subquery): string =>
  childLink(org, parent, subquery).link.childRelationship!;
