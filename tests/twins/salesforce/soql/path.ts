/** Field paths such as `Name`, `Owner.Name` or `Account.Parent.Ext__c`, from a table to a value. */
import { ApiError } from '../errors';
import type { Field, Value } from '../schema/field';
import type { Org } from '../store/org';
import type { Reader, Table } from '../store/table';

/** Parents a path may climb. */
const LEVELS_MAX = 5;

export const noSuchColumn = (name: string, entity: string): ApiError =>
  new ApiError(
    400,
    'INVALID_FIELD',
    `\nERROR at Row:1:Column:1\nNo such column '${name}' on entity '${entity}'. If you are attempting to use ` +
      `a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the ` +
      `describe call for the appropriate names.`,
  );

export interface Path {
  field: Field;
  /** The value seen from a row of the first table; null when a parent on the way is missing. */
  read: Reader;
}

export function fieldOf(table: Table, name: string): Field {
  const found = table.field(name);
  if (!found) throw noSuchColumn(name, table.schema.name);
  return found;
}

/** The lookup field behind a relationship name; throws INVALID_FIELD. */
export function relationshipOf(table: Table, name: string): Field {
  const wanted = name.toLowerCase();
  const found = table.schema.fields.find((f) => f.relationshipName?.toLowerCase() === wanted);
  if (!found) {
    throw new ApiError(
      400,
      'INVALID_FIELD',
      `\nDidn't understand relationship '${name}' in field path. If you are ` +
        `attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name.`,
    );
  }
  return found;
}

/** Ordinal of the parent a lookup points at, or -1. */
export function parentReader(org: Org, table: Table, link: Field): (row: number) => number {
  const read = table.reader(link);
  const parent = org.parentOf(link);
  return (row) => {
    const id = read(row);
    const ordinal = id === null ? -1 : parent.ids.decode(String(id));
    return parent.exists(ordinal) ? ordinal : -1;
  };
}

export function resolvePath(org: Org, table: Table, names: string[]): Path {
  if (names.length > LEVELS_MAX + 1) throw new ApiError(400, 'INVALID_FIELD', `more than ${LEVELS_MAX} parent levels`);
  const [first = '', ...rest] = names;
  if (rest.length === 0) {
    const f = fieldOf(table, first);
    return { field: f, read: table.reader(f) };
  }
  // The object's own name may stand in front: SELECT Account.Name FROM Account.
  const isSelf = first.toLowerCase() === table.schema.name.toLowerCase();
  if (isSelf && !table.schema.fields.some((f) => f.relationshipName?.toLowerCase() === first.toLowerCase())) {
    return resolvePath(org, table, rest);
  }
  const link = relationshipOf(table, first);
  const toParent = parentReader(org, table, link);
  const { field, read } = resolvePath(org, org.parentOf(link), rest);
  return { field, read: (row): Value => (toParent(row) < 0 ? null : read(toParent(row))) };
}
