// conflictResolution target_wins: what a person changed in the target stays, what nobody touched follows the source.
import { sqlite, sqliteRows } from './support/tables';
import { startTwin, type Twin } from './support/twin';
import { Workspace } from './support/workspace';

jest.setTimeout(120_000);

let twin: Twin;
let workspace: Workspace;

beforeEach(async () => {
  workspace = new Workspace();
  twin = await startTwin(['--objects', 'Account=600', '--seed', '91']);
});
afterEach(async () => {
  await twin.stop();
  workspace.remove();
});

const run = () => workspace.command('run', workspace.accountsSync(twin, { conflictResolution: 'target_wins' }));

test('edits of a person in the target survive, other records follow the source', async () => {
  await run();
  const ids = [...(await twin.dump('Account')).keys()].slice(0, 40);
  const edited = ids.slice(0, 10);
  sqlite(workspace.target, `UPDATE accounts SET phone = 'mine' WHERE id IN (${edited.map((id) => `'${id}'`).join()});`);
  await twin.control('POST', 'clock', { advanceSeconds: 3_600 });
  await twin.mutate({ object: 'Account', updateIds: ids, set: { Phone: 'theirs' } });

  const { code, json } = await run();
  expect(code).toBe(0);
  expect(json).toMatchObject({ updated: 30, superseded: 10 });
  const rows = sqliteRows(workspace.target, 'accounts', ['id', 'phone']);
  for (const id of ids) expect(rows.get(id)?.[1]).toBe(edited.includes(id) ? 'mine' : 'theirs');
  // The decision holds: nothing is decided again until somebody changes something.
  expect((await run()).json).toMatchObject({ updated: 0, superseded: 0 });
});

test('source_wins writes over the same edits', async () => {
  const sync = workspace.accountsSync(twin);
  await workspace.command('run', sync);
  const [id] = [...(await twin.dump('Account')).keys()];
  sqlite(workspace.target, `UPDATE accounts SET phone = 'mine' WHERE id = '${id}';`);
  await twin.control('POST', 'clock', { advanceSeconds: 3_600 });
  await twin.mutate({ object: 'Account', updateIds: [id], set: { Phone: 'theirs' } });
  expect((await workspace.command('run', sync)).json).toMatchObject({ updated: 1, superseded: 0 });
  expect(sqlite(workspace.target, `SELECT phone FROM accounts WHERE id = '${id}';`)).toBe('theirs');
});
