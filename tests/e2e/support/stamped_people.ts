// A table of people whose rows carry change stamps, on a clock that tests set, and which tells who wrote how often.
import type { ConfiguredEnd } from '../../../lib';
import { postgres, postgresRows, sqlite, sqliteRows, type TableRow } from './tables';

const texts = ['name', 'phone', 'website', 'notes', 'tags', 'city'];
export const peopleColumns = ['ext', ...texts, 'staff', 'revenue'];

export interface StampedPeople {
  name: string;
  end: ConfiguredEnd;
  /** Statements of a person, with stamps of their own. After them the clock stands at `now`. */
  byPerson(statements: string[], now: string): void;
  /** By `ext`: peopleColumns, and the stamp. */
  rows(): Map<string, TableRow>;
  /** Rows made, changed and removed by others than byPerson(), by `ext`. */
  writesOfOthers(): Map<string, number>;
}

const data = peopleColumns.slice(1);
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** What stands between the person's statements and those of a sync. */
function asPerson(clock: string, statements: string[], now: string): string {
  const end = `UPDATE ${clock} SET person = 0, now = ${quoted(now)}`;
  return `BEGIN; UPDATE ${clock} SET person = 1; ${statements.map((one) => `${one};`).join('\n')} ${end}; COMMIT;`;
}

const counted = (text: string) =>
  new Map(
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('|') as [string, string])
      .map(([ext, count]) => [ext, Number(count)]),
  );
const countsOf = (log: string) => `SELECT ext, count(*) FROM ${log} WHERE person = 0 GROUP BY ext;`;

/** A table in an SQLite file. */
export function sqlitePeople(path: string, name: string): StampedPeople {
  const log = (row: string) => `INSERT INTO ${name}_log SELECT ${row}.ext, person FROM ${name}_clock`;
  const stamp = `UPDATE ${name} SET changed_at = (SELECT now FROM ${name}_clock) WHERE ext = NEW.ext`;
  sqlite(
    path,
    `CREATE TABLE ${name}_clock (now TEXT, person INTEGER);
     CREATE TABLE ${name}_log (ext TEXT, person INTEGER);
     INSERT INTO ${name}_clock VALUES ('', 0);
     CREATE TABLE ${name} (ext TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, phone TEXT, website TEXT, notes TEXT,
       tags TEXT, city TEXT, staff INTEGER, revenue DECIMAL(16,2), changed_at TEXT NOT NULL DEFAULT '');
     CREATE TRIGGER ${name}_made AFTER INSERT ON ${name} BEGIN ${log('NEW')}; END;
     CREATE TRIGGER ${name}_changed AFTER UPDATE OF ${data.join()} ON ${name} BEGIN ${log('NEW')}; END;
     CREATE TRIGGER ${name}_gone AFTER DELETE ON ${name} BEGIN ${log('OLD')}; END;
     CREATE TRIGGER ${name}_first AFTER INSERT ON ${name} WHEN NEW.changed_at = '' BEGIN ${stamp}; END;
     CREATE TRIGGER ${name}_stamp AFTER UPDATE ON ${name} WHEN NEW.changed_at IS OLD.changed_at BEGIN ${stamp}; END;`,
  );
  return {
    name,
    end: { type: 'sqlite', config: { path, versionField: 'changed_at' } },
    byPerson: (statements, now) => void sqlite(path, asPerson(`${name}_clock`, statements, now)),
    rows: () => sqliteRows(path, name, [...peopleColumns, 'changed_at']),
    writesOfOthers: () => counted(sqlite(path, countsOf(`${name}_log`))),
  };
}

/** A table in the PostgreSQL database of `url`. */
export function postgresPeople(url: string, name: string): StampedPeople {
  postgres(
    url,
    `CREATE TABLE ${name}_clock (now timestamptz, person int);
     CREATE TABLE ${name}_log (ext text, person int);
     INSERT INTO ${name}_clock VALUES (now(), 0);
     CREATE TABLE ${name} (ext text PRIMARY KEY, name text NOT NULL, phone text, website text, notes text,
       tags text, city text, staff int, revenue numeric(16, 2), changed_at timestamptz NOT NULL DEFAULT now());
     CREATE FUNCTION ${name}_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       SELECT CASE person WHEN 1 THEN NEW.changed_at ELSE now END INTO NEW.changed_at FROM ${name}_clock;
       RETURN NEW;
     END $$;
     CREATE FUNCTION ${name}_tell() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       INSERT INTO ${name}_log SELECT coalesce(NEW.ext, OLD.ext), person FROM ${name}_clock;
       RETURN NULL;
     END $$;
     CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON ${name} FOR EACH ROW EXECUTE FUNCTION ${name}_stamp();
     CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON ${name} FOR EACH ROW EXECUTE FUNCTION ${name}_tell();`,
  );
  return {
    name,
    end: { type: 'postgresql', config: { connectionString: url, versionField: 'changed_at' } },
    byPerson: (statements, now) => void postgres(url, asPerson(`${name}_clock`, statements, now)),
    rows: () => postgresRows(url, name, [...peopleColumns, 'changed_at']),
    writesOfOthers: () => counted(postgres(url, countsOf(`${name}_log`))),
  };
}
