import {
  type Engine,
  type EngineError,
  type TableBody,
  tableFault,
  tableKind,
  type TableSummary,
  tableSummary,
} from '../../lib';
import { actor, openEngine, type Options, printJson, withEngine, wrong } from './engine';
import { printTable, printTables } from './print';
import { readJson } from './sync_file';

/** Documents come whole, and a table may have 16 MiB. */
const tablesAtOnce = 10;
/** As the REST service has it, which shows the tables of the same home. */
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Lists the stored tables, or shows, stores or removes one. */
export async function tables(options: Options, id?: string): Promise<number> {
  if (id === undefined && options.set !== undefined)
    throw wrong('id', '--set needs the id of a table: tables ID --set FILE');
  if (id === undefined && options.delete) throw wrong('id', '--delete needs the id of a table: tables ID --delete');
  const rows = options.set === undefined ? undefined : readRows(options.set);
  const engine = openEngine(options);
  return withEngine(engine, async () => {
    if (id === undefined) await list(engine, options);
    else if (rows) await set(engine, options, id, rows);
    else if (options.delete) await remove(engine, options, id);
    else await show(engine, options, id);
    return 0;
  });
}

async function list(engine: Engine, options: Options): Promise<void> {
  const found: TableSummary[] = [];
  let after: string | undefined;
  do {
    const { documents, next } = await engine.book.list<Partial<TableBody>>(tableKind, { limit: tablesAtOnce, after });
    found.push(...documents.map(tableSummary));
    after = next;
  } while (after !== undefined);
  if (options.json) printJson({ tables: found });
  else printTables(found);
}

async function show(engine: Engine, options: Options, id: string): Promise<void> {
  const document = await engine.book.get<Partial<TableBody>>(tableKind, id);
  if (!document) throw noTable(id);
  const { rows = {} } = document.body;
  if (options.json) printJson({ ...tableSummary(document), rows });
  else printTable(tableSummary(document), rows);
}

/** The description stays. */
async function set(engine: Engine, options: Options, id: string, rows: TableBody['rows']): Promise<void> {
  if (!idPattern.test(id)) throw wrong('id', `"${id}" is no id of a table; it must match ${idPattern.source}`);
  const before = await engine.book.get<Partial<TableBody>>(tableKind, id);
  const audit = {
    actor: actor(),
    action: before ? 'table.update' : 'table.create',
    detail: { rows: Object.keys(rows).length },
  };
  const body = { ...before?.body, rows };
  const written = await engine.book.put<TableBody>(tableKind, id, body, { ifRevision: before?.revision ?? 0, audit });
  if (options.json) printJson(tableSummary(written));
  else printTables([tableSummary(written)]);
}

async function remove(engine: Engine, options: Options, id: string): Promise<void> {
  const gone = await engine.book.delete(tableKind, id, { audit: { actor: actor(), action: 'table.delete' } });
  if (!gone) throw noTable(id);
  if (options.json) printJson({ deleted: id });
  else process.stdout.write(`${id}: removed; a sync that looks into it does not start any more\n`);
}

/** @throws EngineError that names the file and the row. */
function readRows(file: string): TableBody['rows'] {
  const rows = readJson(file);
  const fault = tableFault(rows);
  if (!fault) return rows as TableBody['rows'];
  throw wrong('set', `${file}: ${fault.key === undefined ? 'the table' : JSON.stringify(fault.key)}: ${fault.reason}`);
}

function noTable(id: string): EngineError {
  return wrong('id', `there is no stored table "${id}"; data-sync tables shows them`);
}
