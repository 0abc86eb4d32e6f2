// kill -9 at random moments of a run, again and again: nothing is lost, and each kill costs at most one page twice.
import type { SyncFile } from '../../lib';
import { type Columns, expectPostgresEqualsOrg, expectSqliteEqualsOrg } from './support/compare';
import { commandLine, projectFolder, startNode } from './support/processes';
import { dropDatabase, freshDatabase } from './support/tables';
import { startTwin, type Twin } from './support/twin';
import { salesforce, Workspace } from './support/workspace';

jest.setTimeout(300_000);

const accounts = 200_000;
const batchSize = 500;
const killsWanted = 22;
/** A process lives for so many pages at most: all kills fall into the run, and each process has moved something. */
const pagesMax = 8;
/** And so much longer, so that kills fall between any two steps of a page. */
const delayMaxMs = 10;
const postgresUrl = process.env['DATA_SYNC_TEST_PG'];
const columns: Columns = [
  ['Id', 'id'],
  ['Name', 'name'],
  ['Phone', 'phone'],
];

let twin: Twin;
let workspace: Workspace;

beforeAll(async () => {
  twin = await startTwin(['--objects', `Account=${accounts}`, '--seed', '71']);
});
afterAll(() => twin.stop());
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => workspace.remove());

/**
 * A program that runs the sync and ends itself with SIGKILL in the middle of its work. It does so itself, because a
 * signal from outside comes late on a busy machine, when the run may be over.
 */
function dyingProgram(sync: SyncFile): string {
  return workspace.write(
    'run.js',
    `const { writeSync } = require('node:fs');
     const { Engine } = require(${JSON.stringify(`${projectFolder}/dist/lib`)});
     let pages = 1 + Math.floor(Math.random() * ${pagesMax});
     const die = () => process.kill(process.pid, 'SIGKILL');
     const engine = new Engine({ allowLoopback: true }, (event) => {
       if (event.type !== 'progress') return;
       writeSync(1, event.unchanged + '\\n');
       if (--pages === 0) setTimeout(die, Math.random() * ${delayMaxMs});
     });
     engine.run(${JSON.stringify(sync)}).then(() => engine.close());`,
  );
}

/** How many records of the run were found to be there already, after each page of this process. */
async function runAndKill(program: string, env: Record<string, string>): Promise<number[]> {
  const { signal, stderr, stdout } = await startNode([program], { env }).result;
  expect([signal, stderr]).toEqual(['SIGKILL', '']);
  return stdout.trim().split('\n').map(Number);
}

/** Kills the sync over and over, then lets the command line finish it. */
async function survive(sync: SyncFile, env: Record<string, string>): Promise<void> {
  const program = dyingProgram(sync);
  let before = 0;
  for (let kills = 0; kills < killsWanted; kills += 1) {
    const [first = 0, ...later] = await runAndKill(program, env);
    // A row that was sent twice comes back as unchanged. Only the first page after a kill can hold such rows.
    expect(first - before).toBeLessThanOrEqual(kills > 0 ? batchSize : 0);
    expect(later.filter((unchanged) => unchanged !== first)).toEqual([]);
    before = first;
  }
  const file = workspace.write('sync.json', sync);
  const { code, json } = await startNode([commandLine, 'run', file, '--json'], { env }).result;
  expect([code, json['error']]).toEqual([0, undefined]);
  expect(json).toMatchObject({ status: 'succeeded', resumed: true, mode: 'full' });
  expect(json).toMatchObject({ updated: 0, rejected: 0, superseded: 0 });
  const [created, unchanged] = [Number(json['created']), Number(json['unchanged'])];
  expect(created + unchanged).toBe(json['read']);
  expect(unchanged - before).toBeLessThanOrEqual(batchSize);
  expect(json['read']).toBe(accounts);

  const again = await startNode([commandLine, 'run', file, '--json', '--full'], { env }).result;
  expect(again.json).toMatchObject({ status: 'succeeded', read: accounts, unchanged: accounts, written: 0 });
}

test('twenty-two kills during a run by Bulk into SQLite', async () => {
  const sync = workspace.accountsSync(twin, { batchSize });
  await survive(sync, { DATA_SYNC_HOME: workspace.home });
  await expectSqliteEqualsOrg(twin, 'Account', workspace.target, 'accounts', columns);
});

const withServer = postgresUrl ? test : test.skip;
withServer('twenty-two kills during a run by REST into PostgreSQL, with the state there too', async () => {
  const databaseUrl = freshDatabase(postgresUrl!, 'killed');
  const sync = workspace.accountsSync(twin, {
    source: salesforce(twin, { bulkThreshold: 1_000_000 }),
    target: { type: 'postgresql', config: { connectionString: databaseUrl, createTable: true } },
    batchSize,
  });
  await survive(sync, { DATA_SYNC_HOME: workspace.home, DATABASE_URL: databaseUrl });
  await expectPostgresEqualsOrg(twin, 'Account', databaseUrl, 'accounts', columns);
  dropDatabase(postgresUrl!, 'killed');
});
