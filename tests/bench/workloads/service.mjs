// B18: the REST service at a steady load: point reads at 1,000 requests a second while 200 readers follow a run.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { PlainError } from '../../../scripts/command.mjs';
import { ApiClient } from '../../../scripts/services/api_client.mjs';
import { startService } from '../../../scripts/services/data_sync.mjs';
import { fieldMappings, objectName } from '../data/mapping.mjs';
import { interleave, summary } from '../runner/interleave.mjs';
import { target } from '../runner/targets.mjs';
import { startOrgs } from '../runner/transport.mjs';

const requestsPerSecond = 1_000;
const seconds = 10;
const streams = 200;
const connections = 20;
/** The org that is written to is slow, so that the run outlasts the load. */
const latencyMs = 100;
const answerMsMax = 50;
const ticksPerSecond = 100;

export const service = {
  id: 'B18',
  name: 'service',
  title: `the REST service: ${requestsPerSecond} point reads a second, ${streams} open streams`,
  async run({ data, repetitions, say }) {
    const orgs = await startOrgs(data, { target: { 'latency-ms': latencyMs } });
    try {
      const run = () => load(orgs);
      const results = await interleave([{ name: 'data-sync', run }], Math.min(repetitions, 3), say);
      return { results, targets: targetsOf(results.get('data-sync').runs) };
    } finally {
      await orgs.stop();
    }
  },
};

function targetsOf(runs) {
  const of = (value) => summary(runs.map(value));
  return [
    target(
      'requests a second',
      'at least',
      0.99 * requestsPerSecond,
      of(({ rate }) => rate),
      'requests/s',
    ),
    target(
      'answer, 99th percentile',
      'at most',
      answerMsMax,
      of(({ p99 }) => p99),
      'ms',
    ),
    target(
      'streams that got events',
      'at least',
      streams,
      of(({ served }) => served),
      '',
    ),
  ];
}

async function load(orgs) {
  const home = mkdtempSync(join(tmpdir(), 'data-sync-bench-'));
  const env = { API_RATE_LIMIT_PER_MINUTE: '1000000', LOG_LEVEL: 'warn' };
  const host = await startService({ home, env });
  try {
    const path = await startRun(new ApiClient(host.url, host.key), orgs);
    const readers = Array.from({ length: streams }, () => follow(host, path.events));
    const before = cpuSeconds(host.pid);
    const started = performance.now();
    const result = await autocannon({
      url: host.url + path.status,
      headers: { 'x-api-key': host.key },
      connections,
      overallRate: requestsPerSecond,
      duration: seconds,
    });
    const wallSeconds = (performance.now() - started) / 1000;
    const cpu = cpuSeconds(host.pid) - before;
    if (result.non2xx + result.errors > 0)
      throw new PlainError(`${result.non2xx} refused, ${result.errors} errors: ${host.log().slice(-500)}`);
    const served = readers.filter(({ events }) => events() > 0).length;
    for (const reader of readers) reader.close();
    const { total } = result.requests;
    return {
      records: total,
      wallSeconds,
      cpuSeconds: cpu,
      peakRssMb: peakMb(host.pid),
      rate: total / seconds,
      p99: result.latency.p99,
      served,
      verified: 'all answers 200',
    };
  } finally {
    await host.kill();
    rmSync(home, { recursive: true, force: true });
  }
}

/** Starts a run that goes on for longer than the load. Gives the paths that are asked for. */
async function startRun(api, orgs) {
  const end = (id, url, more) => ({
    id,
    name: id,
    type: 'salesforce',
    config: { loginUrl: url, ...more, authentication: { clientId: 'twin-client', clientSecret: 'twin-secret' } },
  });
  await orgs.source.set({ records: 100_000 });
  await orgs.target.set({ records: 100_000, forget: 1 });
  await api.post('/api/integrations', end('source', orgs.source.url));
  await api.post(
    '/api/integrations',
    end('target', orgs.target.url, { parallelRequests: 1, externalIdField: 'Ext__c' }),
  );
  const config = { sourceObject: objectName, targetObject: objectName, fieldMappings, batchSize: 200 };
  await api.post('/api/sync/start', { id: 'load', sourceId: 'source', targetId: 'target', mode: 'batch', config });
  for (;;) {
    const { run, errors } = await api.get('/api/sync/status/load');
    if (errors) throw new PlainError(errors[0].message);
    if (run?.pages > 0) return { status: '/api/sync/status/load', events: `/api/runs/${run.id}/events` };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function follow(host, path) {
  let events = 0;
  const request = get(host.url + path, { agent: false, headers: { 'x-api-key': host.key } }, (answer) => {
    answer.on('data', (piece) => (events += String(piece).split('\n\n').length - 1));
  }).on('error', () => {});
  return { events: () => events, close: () => request.destroy() };
}

function cpuSeconds(pid) {
  const [, , , , , , , , , , , user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(user) + Number(system)) / ticksPerSecond;
}

function peakMb(pid) {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}
