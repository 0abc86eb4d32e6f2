import * as fs from 'node:fs';
import * as path from 'node:path';

import { dataSync, startTwin, temporaryFolder, type Twin } from './support/processes';
import { postgresQuery, postgresRows, sqliteRows } from './support/tables';

const accounts = 200_000;
const killsMin = 20;
const batchSize = 1_000;
const runsMax = 60;
const postgresUrl = process.env.DATA_SYNC_TEST_PG;

let twin: Twin;
const folder = temporaryFolder();

beforeAll(async () => {
  twin = await startTwin(['--accounts', String(accounts), '--contacts', '0', '--seed', '3']);
}, 120_000);

afterAll(async () => {
  await twin.stop();
  folder.remove();
});

function syncFile(name: string, target: { type: string; config: object }): string {
  const file = path.join(folder.path, `${name}.json`);
  const config = { loginUrl: twin.url, clientId: 'twin-client', clientSecret: 'twin-secret' };
  fs.writeFileSync(
    file,
    JSON.stringify({
      id: name,
      source: { type: 'salesforce', config },
      target,
      sourceObject: 'Account',
      targetObject: 'killed_accounts',
      fieldMappings: [
        { source: 'Id', target: 'id', required: true },
        { source: 'Name', target: 'name' },
        { source: 'AnnualRevenue', target: 'revenue' },
      ],
      batchSize,
    }),
  );
  return file;
}

/** Kills the command at random moments until it was killed often enough, then lets it end. */
async function runWithKills(file: string, environment: Record<string, string>): Promise<{ kills: number; json: Record<string, unknown> }> {
  let kills = 0;
  for (let run = 0; run < runsMax; run += 1) {
    const enough = kills >= killsMin;
    const killAfterMs = enough ? undefined : 250 + Math.floor(Math.random() * 500);
    const result = await dataSync(['run', file, '--json'], { env: environment, killAfterMs });
    if (result.signal === 'SIGKILL') {
      kills += 1;
      continue;
    }
    expect(result).toMatchObject({ code: 0 });
    return { kills, json: result.json };
  }
  throw new Error(`not done after ${runsMax} runs`);
}

function expectWholeRun(kills: number, json: Record<string, unknown>): void {
  expect(kills).toBeGreaterThanOrEqual(killsMin);
  expect(json).toMatchObject({ status: 'succeeded', resumed: true, rejected: 0, updated: 0, superseded: 0 });
  // A row that is sent twice comes back as unchanged: at most one page of them for each kill.
  expect(json.unchanged as number).toBeLessThanOrEqual(kills * batchSize);
  expect((json.created as number) + (json.unchanged as number)).toBe(json.read);
}

async function expectSourceEquals(rows: Map<string, string[]>): Promise<void> {
  const truth = await twin.dump('Account');
  expect(rows.size).toBe(accounts);
  const wrong = [...truth.values()].filter((record) => rows.get(record.Id as string)?.[1] !== record.Name);
  expect(wrong.slice(0, 3)).toEqual([]);
}

test('twenty kills during a run into SQLite lose nothing and redo at most one page each', async () => {
  const target = path.join(folder.path, 'target.db');
  const file = syncFile('kill-sqlite', { type: 'sqlite', config: { path: target, createTable: true } });
  const { kills, json } = await runWithKills(file, { DATA_SYNC_HOME: path.join(folder.path, 'sqlite-home') });
  expectWholeRun(kills, json);
  await expectSourceEquals(sqliteRows(target, 'killed_accounts', ['id', 'name']));
}, 240_000);

(postgresUrl ? test : test.skip)(
  'twenty kills during a run into PostgreSQL, with the state there too, lose nothing and redo at most one page each',
  async () => {
    postgresQuery(postgresUrl!, 'DROP TABLE IF EXISTS killed_accounts');
    const file = syncFile('kill-postgres', { type: 'postgresql', config: { connectionString: postgresUrl, createTable: true } });
    const { kills, json } = await runWithKills(file, {
      DATA_SYNC_HOME: path.join(folder.path, 'postgres-home'),
      DATABASE_URL: postgresUrl!,
    });
    expectWholeRun(kills, json);
    await expectSourceEquals(postgresRows(postgresUrl!, 'killed_accounts', ['id', 'name']));
  },
  240_000,
);
