// Conflicts as a sync leaves them in the embedded state, written past the service.
import * as path from 'node:path';

import { sqlite } from './tables';

export interface Held {
  key: string;
  fields?: string[];
  kind?: string;
  state?: 'open' | 'decided' | 'closed';
  outcome?: string;
  decision?: object;
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** Puts conflicts of `syncId` into the state in the folder `home`; gives their ids. */
export function hold(home: string, syncId: string, held: Held[]): number[] {
  const file = path.join(home, 'state.db');
  const sync = `(SELECT number FROM sync WHERE id = ${quoted(syncId)})`;
  sqlite(file, `INSERT OR IGNORE INTO sync (id) VALUES (${quoted(syncId)});`);
  return held.map((one) => {
    const { key, fields = ['name'], kind = 'both_differ', state = 'open', outcome = '', decision } = one;
    const review = fields.map((field) => ({ field, base: 'b', source: 's', target: 't', state: 'both_differ' }));
    const columns = [key, key, `target of ${key}`, kind, state, outcome, JSON.stringify(fields)];
    const source = { sourceAt: '2026-01-01T00:00:00Z', sourceBy: { user: '005A', self: true } };
    columns.push(JSON.stringify({ fields: review, ...source }));
    const texts = columns.map(quoted).join(', ');
    const id = sqlite(
      file,
      `INSERT INTO pair (sync, key, source_key, target_key, source_version, target_version, state, held, doubt)
         VALUES (${sync}, ${quoted(key)}, ${quoted(key)}, ${quoted(`target of ${key}`)}, '', '', x'', 1, 0);
       INSERT INTO conflict (sync, pair, key, source_key, target_key, kind, state, outcome, fields, body, sealed,
         source_hash, target_hash, decision, actor, run, opened_at, changed_at)
         VALUES (${sync}, last_insert_rowid(), ${texts}, x'', 's1', 't1',
           ${quoted(decision ? JSON.stringify(decision) : '')}, '', 1, 1767225600000000, 1767225600000000);
       SELECT last_insert_rowid();`,
    );
    return Number(id);
  });
}
