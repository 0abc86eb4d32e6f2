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
  async run({ data, killRecords: records, say }) {
    const orgs = await startOrgs(data);
    try {
      const name = 'data-sync under kill -9';
      const results = await interleave([{ name, run: () => survive(orgs, records) }], 1, say);
      const [life] = results.get(name).runs;
      say(`${life.killed} kills, ${life.repeated} records sent again`);
      return { results, targets: targetsOf(life) };
    } finally {
      await orgs.stop();
    }
  },
};

const targetsOf = ({ lost, wrong, held, pagesAgain, firstProgressMs }) => [
  target('records lost', 'at most', 0, exactly(lost), 'records'),
  target('records with a wrong value at the end', 'at most', 0, exactly(wrong), 'records'),
  target('restarts that did not go on unaided', 'at most', 0, exactly(held), 'restarts'),
  target('pages done again after a kill, the worst', 'at most', 1, worst(pagesAgain), 'pages'),
  target('first progress after a restart, the slowest', 'at most', 500, worst(firstProgressMs), 'ms'),
];

/** What may never be exceeded is judged by its worst. */
function worst(numbers) {
  const { min, max } = summary(numbers);
  return { median: max, min, max };
}

async function survive(orgs, records) {
  await orgs.prepare(records, { every: true });
  const sync = new EngineSync({ source: restSource(orgs.source.url), target: salesforce(orgs.target.url) });
  const lives = [];
  const started = performance.now();
  try {
    for (let flags = []; lives.at(-1)?.end !== 'done'; flags = lives.at(-1).end === 'held' ? ['--approve'] : []) {
      lives.push(await oneLife(orgs, [...sync.args, ...flags]));
    }
    const stats = await orgs.target.stats();
    return {
      records,
      wallSeconds: (performance.now() - started) / 1000,
      cpuSeconds: 0,
      lost: records - stats.distinct,
      wrong: stats.mismatched,
      repeated: stats.records - stats.distinct,
      killed: lives.filter(({ end }) => end === 'killed').length,
      held: lives.filter(({ end }) => end === 'held').length,
      pagesAgain: lives.map(({ again }) => again / pageRecords),
      firstProgressMs: lives
        .filter(({ end }, index) => index > 0 && end !== 'held')
        .map(({ progressMs }) => progressMs),
      verified: `all keys, ${stats.verified.toLocaleString('en')} records by value`,
    };
  } finally {
    sync.remove();
  }
}

/**
 * Starts the sync and kills it some time after the target gets something new. `end` is killed; done, if it came to its
 * end before; or held, if it stopped and asked for a person.
 */
async function oneLife(orgs, args) {
  const before = await orgs.target.stats();
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (piece) => (output += piece));
  let code;
  const ended = new Promise((resolve) => child.once('close', (exitCode) => resolve((code = exitCode ?? -1))));
  while (code === undefined && (await orgs.target.stats()).distinct === before.distinct) {
    if (performance.now() - startedAt > startMsMax) child.kill('SIGKILL');
    await delay(5);
  }
  const progressMs = performance.now() - startedAt;
  await Promise.race([ended, delay(killAfterMs)]);
  const killed = code === undefined;
  child.kill('SIGKILL');
  await ended;
  const after = await orgs.target.stats();
  const again = after.records - before.records - (after.distinct - before.distinct);
  return { end: killed ? 'killed' : endOf(code, output), progressMs, again };
}

function endOf(code, output) {
  if (code === 0) return 'done';
  if (output.includes('"status":"held"')) return 'held';
  throw new PlainError(`a start ended with ${code}: ${output}`);
}
