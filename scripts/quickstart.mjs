// The first thing a newcomer runs: the service, and a simulated Salesforce org that it syncs twice into an SQLite file.
//
//   npm run quickstart                     50,000 Accounts and 100,000 Contacts
//   npm run quickstart -- --records 1000   fewer: N Accounts and 2 N Contacts
//   npm run quickstart -- --stay           leaves the service and the org running until Ctrl-C
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative } from 'node:path';
import { build } from './build.mjs';
import { failWith, PlainError, projectFolder } from './command.mjs';
import { ApiClient } from './services/api_client.mjs';
import { startService } from './services/data_sync.mjs';
import { startTwin } from './services/twin.mjs';
import { setUp } from './setup.mjs';

const folder = `${projectFolder}/.data-sync/quickstart`;
const targetFile = `${folder}/crm.db`;
/** Where the service is looked for first; another port is taken if somebody has this one. */
const preferredPort = 3005;
const changedShare = 0.01;
const deletedShare = 0.001;
const require = createRequire(import.meta.url);

const number = (value) => Math.round(value).toLocaleString('en');
const say = (text = '') => console.log(text);

function recordsWanted() {
  const at = process.argv.indexOf('--records');
  const records = at < 0 ? 50_000 : Number(process.argv[at + 1]);
  if (!Number.isInteger(records) || records < 1) throw new PlainError('--records needs a whole number from 1 on');
  return records;
}

/** What the example files say, as the API takes it: the systems apart from what is moved between them. */
function syncRequest(name) {
  const file = JSON.parse(readFileSync(`${projectFolder}/examples/salesforce-${name}-to-sqlite.json`, 'utf8'));
  const { id, sourceObject, targetObject, fieldMappings, deletes, batchSize } = file;
  const config = { sourceObject, targetObject, fieldMappings, deletes, batchSize };
  return { id, sourceId: 'crm', targetId: 'warehouse', mode: 'batch', config };
}

/** Both systems, and their credentials, which the service keeps encrypted. */
async function connect(api, twinUrl) {
  const authentication = { clientId: 'twin-client', clientSecret: 'twin-secret' };
  const crm = { loginUrl: twinUrl, authentication };
  await api.post('/api/integrations', { id: 'crm', name: 'Simulated org', type: 'salesforce', config: crm });
  const warehouse = { path: targetFile, createTable: true };
  await api.post('/api/integrations', { id: 'warehouse', name: 'SQLite', type: 'sqlite', config: warehouse });
}

/** Starts one sync and shows a bar that knows how much is coming. Gives the report of the run. */
async function runWithBar(api, { sync, expected }) {
  const { Presets, SingleBar } = require('cli-progress');
  const bar = new SingleBar(
    {
      format: `  ${sync.config.sourceObject.padEnd(8)} {bar} {value}/{total} records`,
      hideCursor: true,
      noTTYOutput: true,
      notTTYSchedule: 5000,
    },
    Presets.shades_classic,
  );
  bar.start(Math.max(expected, 1), 0);
  let report;
  try {
    report = await api.run(sync, ({ read }) => bar.update(Math.min(read, expected)));
    bar.setTotal(Math.max(report.read, 1));
    bar.update(report.read);
  } finally {
    bar.stop();
  }
  if (report.status !== 'succeeded') throw new PlainError(`${sync.id}: ${report.status}: ${report.error?.message}`);
  return report;
}

/** The conservation law as it came out, over all syncs of a round. */
function printSummary(reports) {
  const sum = (key) => reports.reduce((total, report) => total + report[key], 0);
  const parts = ['written', 'unchanged', 'filtered', 'rejected', 'in_review', 'superseded'];
  const right = parts.reduce((total, key) => total + sum(key), 0);
  const closes = sum('read') === right;
  const sides = parts.map((key) => `${number(sum(key))} ${key}`).join(' + ');
  const effects = ['created', 'updated', 'deleted'].map((key) => `${number(sum(key))} ${key}`).join(', ');
  say(`  ${number(sum('read'))} read = ${sides}${closes ? '' : '  DOES NOT CLOSE'}`);
  say(`  ${effects} in the target`);
  say(
    `  ${number(sum('read') / sum('seconds'))} records/s, ${number(sum('apiCalls'))} calls, ` +
      `peak memory ${number(Math.max(...reports.map((report) => report.peakRssMb)))} MB`,
  );
  if (!closes) throw new PlainError('the counts do not add up: this is a bug, please report it');
}

async function changeOrg(twinUrl, object, records) {
  const response = await fetch(`${twinUrl}/__twin/mutate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      object,
      update: Math.max(1, Math.round(records * changedShare)),
      delete: Math.max(1, Math.round(records * deletedShare)),
      seed: 7,
    }),
  });
  if (!response.ok) throw new PlainError(`the simulated org answered ${response.status} to a change`);
}

async function syncAll(api, wanted) {
  const reports = [];
  for (const one of wanted) reports.push(await runWithBar(api, one));
  printSummary(reports);
}

function printWhatNext(service) {
  const shown = relative(process.cwd(), targetFile);
  say('\nWhat next');
  say(`  look at the data     sqlite3 ${shown} "SELECT country, COUNT(*) FROM accounts GROUP BY 1"`);
  if (service) {
    say(`  look at the API      ${service.url}/docs`);
    say(`  ask it               curl -H "X-API-Key: ${service.key}" ${service.url}/api/runs`);
    say('  end it               Ctrl-C');
    return;
  }
  say('  stay in the service  npm run quickstart -- --stay');
  say('  serve your own       npm start');
  say('  from the shell       copy examples/salesforce-accounts-to-sqlite.json, set the variables it names, then');
  say('                       node dist/cli/data-sync.cjs run my-sync.json');
  say('  run all tests        npm test');
}

const untilStopped = () => new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));

async function main() {
  const accounts = recordsWanted();
  const contacts = 2 * accounts;
  const stay = process.argv.includes('--stay');
  say('Nexpo Data Sync: quickstart');
  say('\n1. Setting up and building (the first time takes some minutes)');
  await setUp(['build']);
  await build();

  say('\n2. Starting the service and a simulated Salesforce org');
  say(`   with ${number(accounts)} Accounts and ${number(contacts)} Contacts`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const twin = await startTwin('salesforce', ['--records', String(accounts), '--seed', '1']);
  const service = await startService({ home: folder, port: preferredPort, env: { ALLOWED_FOLDERS: folder } });
  try {
    const api = new ApiClient(service.url, service.key);
    say(`   the API at ${service.url}, the org at ${twin.url}`);
    await connect(api, twin.url);
    const [ofAccounts, ofContacts] = ['accounts', 'contacts'].map(syncRequest);

    say(`\n3. First sync: Salesforce -> mapping -> ${relative(projectFolder, targetFile)}`);
    await syncAll(api, [
      { sync: ofAccounts, expected: accounts },
      { sync: ofContacts, expected: contacts },
    ]);

    say('\n4. One record in a hundred changes in the org, some are deleted. Second sync: only those move');
    await changeOrg(twin.url, 'Account', accounts);
    await changeOrg(twin.url, 'Contact', contacts);
    await syncAll(api, [
      { sync: ofAccounts, expected: accounts * changedShare },
      { sync: ofContacts, expected: contacts * changedShare },
    ]);
    printWhatNext(stay ? service : undefined);
    if (stay) await untilStopped();
  } finally {
    await service.stop();
    await twin.stop();
  }
}

main().catch(failWith);
