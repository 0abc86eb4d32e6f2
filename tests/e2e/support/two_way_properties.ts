// The properties of a two-way sync that docs/conflicts.md promises, judged by what both systems hold after a script.
import type { Conflict } from '../../../lib';
import { type Edit, otherPlace, type Place, spelt } from './edit_book';
import type { Cells, Column } from './org_people';
import { peopleColumns } from './stamped_people';
import type { Rows, TwoWayScript } from './two_way_script';

const columns = peopleColumns as Column[];
/** Of these the whole record waits; of the others their fields. */
const ofFields = ['both_differ', 'create_create', 'loop', 'in_doubt'];
const places: Place[] = ['org', 'table'];

/** What both systems hold, and every conflict that ever was. */
interface Picture {
  rows: Record<Place, Rows>;
  conflicts: Conflict[];
}

async function pictureOf(script: TwoWayScript): Promise<Picture> {
  const rows = { org: await script.rowsOf('org'), table: await script.rowsOf('table') };
  return { rows, conflicts: await script.conflicts() };
}

/** Each property that does not hold, in words. */
export async function broken(script: TwoWayScript): Promise<string[]> {
  const faults = await unquiet(script);
  const picture = await pictureOf(script);
  faults.push(...unequal(script, picture), ...lost(script, picture), ...overwritten(script, picture));
  if (script.settings.conflicts.groups) faults.push(...mixed(script, picture));
  const { faults: storms, stops, kills } = script.settings;
  if (!storms && !stops && !kills) faults.push(...(await tooManyWrites(script)), ...inverted(script, picture));
  return faults;
}

/** P2: once edits have stopped, nothing is written, for ever. */
async function unquiet(script: TwoWayScript): Promise<string[]> {
  const look = async () => ({
    effects: (await script.twin.stats()).effects['Account'],
    rows: [...script.table.rows()],
    stamps: [...(await script.org.rows())],
    conflicts: (await script.conflicts()).length,
  });
  const before = JSON.stringify(await look());
  for (const full of [false, true, false]) {
    const { created, updated, deleted } = await script.settle(full);
    if (created + updated + deleted > 0) return [`P2: a run wrote ${JSON.stringify({ created, updated, deleted })}`];
  }
  const after = JSON.stringify(await look());
  return after === before ? [] : [`P2: ${before} became ${after}`];
}

/** "key column" of what waits for a person; "key" alone if the whole record does. */
function held({ conflicts }: Picture): Set<string> {
  const open = conflicts.filter(({ state }) => state !== 'closed');
  return new Set(
    open.flatMap(({ kind, key, fields }) => [
      ...(ofFields.includes(kind) ? [] : [key]),
      ...fields.map((field) => `${key} ${field}`),
    ]),
  );
}

/** P1: both sides are equal but for what is held. P10: what was deleted stays so. */
function unequal({ book, settings }: TwoWayScript, picture: Picture): string[] {
  const { rows, conflicts } = picture;
  const faults: string[] = [];
  const open = held(picture);
  const revived = (key: string) => conflicts.some((one) => one.key === key && one.kind === 'delete_update');
  for (const key of [...book.created].sort()) {
    if (open.has(key)) continue;
    const [org, table] = [rows.org.get(key), rows.table.get(key)];
    if (!org !== !table) faults.push(`P1: ${key} is in the ${org ? 'org' : 'table'} alone`);
    if (!org && !book.everDeleted.has(key)) faults.push(`P4: the record ${key} is lost`);
    const mayBeBack = settings.conflicts.deleteUpdate === 'update_wins' && revived(key);
    if ((org ?? table) && book.deleted.has(key) && !mayBeBack) faults.push(`P10: ${key} was deleted and is back`);
    if (!org || !table) continue;
    for (const column of columns) {
      if (open.has(`${key} ${column}`) || spelt(column, org[column]) === spelt(column, table[column])) continue;
      faults.push(`P1: ${key}.${column} is ${shown(org, column)} in the org, ${shown(table, column)} in the table`);
    }
  }
  return faults;
}

const shown = (cells: Cells, column: Column) => JSON.stringify(cells[column] ?? null);

/** P4: what was edited is present, superseded by a later edit of the same field, or in the history. */
function lost({ book }: TwoWayScript, { rows, conflicts }: Picture): string[] {
  const isKept = ({ key, column, owed }: Edit) => {
    const holds = (value: unknown) => {
      const text = typeof value === 'string' || typeof value === 'number' ? spelt(column, String(value)) : null;
      return text !== null && (column === 'notes' ? text.split(';').includes(owed!) : text === owed);
    };
    if (places.some((place) => holds(rows[place].get(key)?.[column] ?? null))) return true;
    const reviews = conflicts.filter((one) => one.key === key).flatMap(({ review }) => review);
    return reviews.some(
      ({ field, base, source, target }) => field === column && [base, source, target].some((value) => holds(value)),
    );
  };
  return book
    .last()
    .filter((edit) => edit.owed !== null && !isKept(edit))
    .map((edit) => `P4: ${told(edit)} is lost`);
}

const told = ({ place, key, column, cell }: Edit) => `${key}.${column} = ${JSON.stringify(cell)} of the ${place}`;

/**
 * P5: an edit that no edit of the other side met is there on both sides. Records that both sides made have no base
 * until they agree: there an empty field is filled.
 */
function overwritten({ book, settings }: TwoWayScript, picture: Picture): string[] {
  const met = new Set(picture.conflicts.flatMap(({ key, fields }) => fields.map((field) => `${key} ${field}`)));
  const groupOf = (column: Column) => settings.conflicts.groups?.find((group) => group.includes(column)) ?? [column];
  const open = held(picture);
  const faults: string[] = [];
  for (const edit of book.last()) {
    const { key, column, cell } = edit;
    if (open.has(key)) continue;
    if (cell === null && book.madeByBoth.has(key)) continue;
    const together = groupOf(column);
    if (together.some((name) => met.has(`${key} ${name}`)) || book.isContested(edit, together)) continue;
    for (const place of places) {
      const cells = picture.rows[place].get(key);
      if (cells && spelt(column, cells[column]) !== cell)
        faults.push(`P5: ${told(edit)} is ${shown(cells, column)} in the ${place}`);
    }
  }
  return faults;
}

/** P9: a group holds what somebody wrote together. */
function mixed({ book }: TwoWayScript, { rows }: Picture): string[] {
  return places.flatMap((place) =>
    [...rows[place]]
      .filter(([key, cells]) => !book.wroteTogether(key, spelt('revenue', cells.revenue), spelt('city', cells.city)))
      .map(([key, cells]) => `P9: ${key} has ${cells.revenue ?? 'no revenue'} and ${cells.city ?? 'no city'}`),
  );
}

/** P11: one edit costs at most one write on each side. */
async function tooManyWrites({ book, org, table }: TwoWayScript): Promise<string[]> {
  const writes = { org: await org.writesOfOthers(), table: table.writesOfOthers() };
  return places.flatMap((place) =>
    [...writes[place]]
      .filter(([key, count]) => count > (book.acts.get(key) ?? 0))
      .map(([key, count]) => `P11: ${key} was written ${count} times in the ${place}, for ${book.acts.get(key) ?? 0}`),
  );
}

/** P16: where stamps decided, they decided for who really was later. */
function inverted({ book, epochs }: TwoWayScript, { conflicts }: Picture): string[] {
  return conflicts.flatMap(({ id, key, review }) =>
    review
      .filter(({ rule }) => rule?.endsWith(': later'))
      .flatMap(({ field, took }) => {
        const winner: Place = took === 'source' ? 'org' : 'table';
        const [won, gone] = [winner, otherPlace(winner)].map((place) => book.lastAt(place, key, epochs.get(id)!));
        return won !== undefined && gone !== undefined && won < gone
          ? [`P16: ${key}.${field} went to the ${winner}`]
          : [];
      }),
  );
}
