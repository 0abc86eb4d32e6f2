// The first thing a newcomer runs: a simulated Salesforce org, synced twice into an SQLite file by the real engine.
//
//   npm run quickstart                     50,000 Accounts and 100,000 Contacts
//   npm run quickstart -- --records 1000   fewer: N Accounts and 2 N Contacts
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative } from 'node:path';
import { build } from './build.mjs';
import { failWith, PlainError, projectFolder } from './command.mjs';
import { setUp } from './setup.mjs';
import { startTwin } from './services/twin.mjs';

const folder = `${projectFolder}/.data-sync/quickstart`;
const targetFile = `${folder}/crm.db`;
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

/** The example files, with the simulated org filled in where people put their own. */
function syncFile(name, twinUrl) {
  const values = {
    SALESFORCE_URL: twinUrl,
    SALESFORCE_CLIENT_ID: 'twin-client',
    SALESFORCE_CLIENT_SECRET: 'twin-secret',
    TARGET_FILE: targetFile,
  };
  const text = readFileSync(`${projectFolder}/examples/salesforce-${name}-to-sqlite.json`, 'utf8');
  return JSON.parse(text.replace(/\$\{([A-Z_]+)\}/g, (_, key) => JSON.stringify(values[key]).slice(1, -1)));
}

/** Runs one sync with a bar that knows how much is coming. */
async function runWithBar(engine, progress, file, expected) {
  const { Presets, SingleBar } = require('cli-progress');
  const bar = new SingleBar(
    {
      format: `  ${file.sourceObject.padEnd(8)} {bar} {value}/{total} records`,
      hideCursor: true,
      noTTYOutput: true,
      notTTYSchedule: 5000,
    },
    Presets.shades_classic,
  );
  bar.start(Math.max(expected, 1), 0);
  progress.show = (event) => bar.update(Math.min(event.read, expected));
  const report = await engine.run(file);
  bar.setTotal(Math.max(report.read, 1));
  bar.update(report.read);
  bar.stop();
  if (report.status !== 'succeeded') throw new PlainError(`${file.id}: ${report.status}: ${report.error?.message}`);
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

async function sync(engine, progress, files, expected) {
  const reports = [];
  for (const [index, file] of files.entries()) reports.push(await runWithBar(engine, progress, file, expected[index]));
  printSummary(reports);
  return reports;
}

async function main() {
  const accounts = recordsWanted();
  const contacts = 2 * accounts;
  say('Nexpo Data Sync: quickstart');
  say('\n1. Setting up and building (the first time takes some minutes)');
  await setUp(['build']);
  await build();

  say(`\n2. Starting a simulated Salesforce org with ${number(accounts)} Accounts and ${number(contacts)} Contacts`);
  const twin = await startTwin('salesforce', ['--records', String(accounts), '--seed', '1']);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { Engine } = require(`${projectFolder}/dist/lib`);
  const progress = { show: () => {} };
  const engine = new Engine({ home: folder, allowLoopback: true }, (event) => {
    if (event.type === 'progress') progress.show(event);
  });
  try {
    const files = [syncFile('accounts', twin.url), syncFile('contacts', twin.url)];
    say(`   at ${twin.url}`);
    say(`\n3. First sync: Salesforce -> mapping -> ${relative(projectFolder, targetFile)}`);
    await sync(engine, progress, files, [accounts, contacts]);

    say('\n4. One record in a hundred changes in the org, some are deleted. Second sync: only those move');
    await changeOrg(twin.url, 'Account', accounts);
    await changeOrg(twin.url, 'Contact', contacts);
    await sync(engine, progress, files, [accounts * changedShare, contacts * changedShare]);
  } finally {
    await engine.close();
    await twin.stop();
  }
  say('\nWhat next');
  const shown = relative(process.cwd(), targetFile);
  say(`  look at the data     sqlite3 ${shown} "SELECT country, COUNT(*) FROM accounts GROUP BY 1"`);
  say('  sync your own org    copy examples/salesforce-accounts-to-sqlite.json, set the variables it names, then');
  say('                       node dist/cli/data-sync.cjs test my-sync.json');
  say('                       node dist/cli/data-sync.cjs plan my-sync.json');
  say('                       node dist/cli/data-sync.cjs run my-sync.json');
  say('  run all tests        npm test');
}

main().catch(failWith);
