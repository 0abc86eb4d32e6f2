// B16: kill -9, again and again, 250 ms after each start has made its first progress.
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { PlainError } from '../../../scripts/command.mjs';
import { EngineSync, restSource, salesforce } from '../runner/engine.mjs';
import { interleave, summary } from '../runner/interleave.mjs';
import { exactly, target } from '../runner/targets.mjs';
import { startOrgs } from '../runner/transport.mjs';

const killAfterMs = 250;
const startMsMax = 20_000;
const pageRecords = 2_000;

export const kills = {
  id: 'B16',
  name: 'kills',
  title: `kill -9 every ${killAfterMs} ms`,
  async run({ data, records, say }) {
    const orgs = await startOrgs(data);
    try {
      const name = 'data-sync under kill -9';
      const results = await interleave([{ name, run: () => survive(orgs, records) }], 1, say);
      const { lost, wrong, repeated, killed, firstProgressMs } = results.get(name).runs[0];
      say(`${killed} kills, ${repeated} records sent again`);
      return {
        results,
        targets: [
          target('records lost', 'at most', 0, exactly(lost), 'records'),
          target('records with a wrong value at the end', 'at most', 0, exactly(wrong), 'records'),
          target('pages done again per kill', 'at most', 1, exactly(repeated / pageRecords / killed), 'pages'),
          target('first progress after a restart', 'at most', 500, summary(firstProgressMs), 'ms'),
        ],
      };
    } finally {
      await orgs.stop();
    }
  },
};

async function survive(orgs, records) {
  await orgs.prepare(records, { every: true });
  const sync = new EngineSync({ source: restSource(orgs.source.url), target: salesforce(orgs.target.url) });
  const firstProgressMs = [];
  const started = performance.now();
  try {
    let life = await oneLife(orgs, sync);
    for (; life.killed; life = await oneLife(orgs, sync)) firstProgressMs.push(life.progressMs);
    if (life.code !== 0) throw new PlainError(`the last start ended with ${life.code}`);
    const stats = await orgs.target.stats();
    return {
      records,
      wallSeconds: (performance.now() - started) / 1000,
      cpuSeconds: 0,
      lost: records - stats.distinct,
      wrong: stats.mismatched,
      repeated: stats.records - stats.distinct,
      killed: firstProgressMs.length,
      firstProgressMs: firstProgressMs.slice(1),
      verified: `all keys, ${stats.verified.toLocaleString('en')} records by value`,
    };
  } finally {
    sync.remove();
  }
}

/** Starts the sync and kills it some time after the target gets something new; or sees it end. */
async function oneLife(orgs, sync) {
  const before = (await orgs.target.stats()).distinct;
  const startedAt = performance.now();
  const child = spawn(process.execPath, sync.args, { stdio: 'ignore' });
  let code;
  const ended = new Promise((resolve) => child.once('exit', (exitCode) => resolve((code = exitCode ?? -1))));
  while (code === undefined && (await orgs.target.stats()).distinct === before) {
    if (performance.now() - startedAt > startMsMax) child.kill('SIGKILL');
    await delay(5);
  }
  const progressMs = performance.now() - startedAt;
  await Promise.race([ended, delay(killAfterMs)]);
  const killed = code === undefined;
  child.kill('SIGKILL');
  await ended;
  return { killed, code, progressMs };
}
