// The package as users get it: packed, installed in n8n's steps, and used in the Node versions that it promises.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

import type { SyncFile } from '../../lib';
import { type ProcessResult, projectFolder, startProgram, temporaryFolder } from '../e2e/support/processes';
import { postgres, sqlite } from '../e2e/support/tables';
import { startTwin, type Twin } from '../e2e/support/twin';
import { salesforce } from '../e2e/support/workspace';
import { binaryOf, changeVersion, installAsN8nDoes, newerNodeFolder, packedTarball } from './support/install';
import { startPostgresWithTls, type TlsPostgres } from './support/postgres';
import { makePrivateCa, type PrivateCa, startTlsFront, type TlsFront } from './support/tls_front';

const accounts = 500;
const minutes = 60_000;

const folder = temporaryFolder();
let tarball: string;
let installed: string;
let ca: PrivateCa;
let twin: Twin;
let front: TlsFront;

beforeAll(async () => {
  tarball = packedTarball();
  installed = installAsN8nDoes(tarball, path.join(folder.path, 'nodes'));
  ca = makePrivateCa(folder.path);
  twin = await startTwin(['--objects', `Account=${accounts}`, '--seed', '91']);
  front = await startTlsFront(twin.url, ca);
}, 30 * minutes); // a first build of the binary on a slow machine

afterAll(async () => {
  await front.stop();
  await twin.stop();
  folder.remove();
});

const nodes = { 'this Node': () => process.execPath, 'Node 24': () => path.join(newerNodeFolder(), 'bin', 'node') };

/** Runs a sync with the installed package in a process of its own, which tells the report and the loaded binaries. */
function runSync(node: string, file: SyncFile, env: Record<string, string>): Promise<ProcessResult> {
  const script = `
    const { Engine } = require(process.argv[1]);
    (async () => {
      const engine = new Engine({ home: process.argv[2], allowLoopback: true });
      const report = await engine.run(JSON.parse(process.argv[3]));
      await engine.close();
      const binaries = Object.keys(require.cache).filter((file) => file.endsWith('.node'));
      console.log(JSON.stringify({ report, binaries, node: process.version }));
    })();`;
  const home = fs.mkdtempSync(path.join(folder.path, 'home-'));
  return startProgram(node, ['-e', script, installed, home, JSON.stringify(file)], { env }).result;
}

function accountsSync(target: SyncFile['target']): SyncFile {
  return {
    id: 'accounts',
    source: salesforce({ ...twin, url: front.url }),
    target,
    sourceObject: 'Account',
    targetObject: 'accounts',
    fieldMappings: [
      { source: 'Id', target: 'id', required: true },
      { source: 'Name', target: 'name' },
    ],
    batchSize: 200,
  };
}

function sqliteTarget(file: string): SyncFile['target'] {
  return { type: 'sqlite', config: { path: file, createTable: true } };
}

test('the tarball is small, holds what n8n is told to load, and nothing of the workshop', () => {
  const listing = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' });
  const files = listing.split('\n').map((line) => line.replace(/^package\//, ''));
  const manifest = JSON.parse(fs.readFileSync(path.join(projectFolder, 'package.json'), 'utf8')) as Manifest;
  for (const entry of [...manifest.n8n.nodes, ...manifest.n8n.credentials]) expect(files).toContain(entry);
  for (const node of manifest.n8n.nodes) expect(files).toContain(node.replace(/\.js$/, '.json'));
  expect(files).toContain(manifest.bin['data-sync']);
  expect(files.filter((file) => file.endsWith('.svg')).length).toBeGreaterThanOrEqual(2 * manifest.n8n.nodes.length);
  const inside = /^(dist|prebuilds)\/|^(package\.json|README\.md|LICENSE)$|^$/;
  expect(files.filter((file) => !inside.test(file))).toEqual([]);
  expect(files.filter((file) => /\.(map|tsbuildinfo)$|\.test\.|(?<!\.d)\.c?ts$/.test(file))).toEqual([]);
  expect(fs.statSync(tarball).size).toBeLessThan(15_000_000);
});

interface Manifest {
  n8n: { nodes: string[]; credentials: string[] };
  bin: Record<string, string>;
}

test('installing brings no other package along', () => {
  expect(fs.existsSync(path.join(installed, 'node_modules'))).toBe(false);
});

describe.each(Object.entries(nodes))('in %s', (name, program) => {
  test(
    'a sync runs over TLS from the simulated org, whose authority only NODE_EXTRA_CA_CERTS knows, to SQLite',
    async () => {
      const target = path.join(folder.path, `${name}.db`);
      const before = front.requests();
      const file = accountsSync(sqliteTarget(target));
      const result = await runSync(program(), file, { NODE_EXTRA_CA_CERTS: ca.authority });
      expect(result.stderr).toBe('');
      expect(result.json).toMatchObject({ report: { status: 'succeeded' }, binaries: [binaryOf(installed)] });
      expect(front.requests()).toBeGreaterThan(before);
      expect(sqlite(target, 'SELECT count(*) FROM accounts;')).toBe(String(accounts));
    },
    2 * minutes,
  );

  test(
    'an authority that Node does not know is not trusted',
    async () => {
      const target = path.join(folder.path, `${name}-untrusted.db`);
      const result = await runSync(program(), accountsSync(sqliteTarget(target)), { NODE_EXTRA_CA_CERTS: '' });
      expect(result.stdout + result.stderr).toMatch(/certificate/i);
      expect(fs.existsSync(target) ? sqlite(target, 'SELECT count(*) FROM sqlite_master;') : '0').toBe('0');
    },
    2 * minutes,
  );
});

describe('PostgreSQL over TLS', () => {
  let server: TlsPostgres;
  beforeAll(async () => {
    server = await startPostgresWithTls(ca);
  }, minutes);
  afterAll(() => server.stop());

  test(
    'a sync writes to a server whose certificate it verifies',
    async () => {
      const url = `${server.url}?sslmode=verify-full&sslrootcert=${ca.authority}`;
      const file = accountsSync({ type: 'postgresql', config: { connectionString: url, createTable: true } });
      const result = await runSync(process.execPath, file, { NODE_EXTRA_CA_CERTS: ca.authority });
      expect(result.stderr).toBe('');
      expect(result.json).toMatchObject({ report: { status: 'succeeded' } });
      expect(postgres(server.url, 'SELECT count(*) FROM accounts')).toBe(String(accounts));
    },
    2 * minutes,
  );
});

test('an update in place gives the new native code to a process that has the old one loaded', async () => {
  const nodesFolder = path.join(folder.path, 'updated');
  const first = installAsN8nDoes(tarball, nodesFolder);
  const second = installAsN8nDoes(tarball, path.join(folder.path, 'next'));
  const { version } = JSON.parse(fs.readFileSync(path.join(first, 'package.json'), 'utf8')) as { version: string };
  const next = version.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10));
  changeVersion(second, next);
  // As n8n updates: other files under the same folder, modules forgotten, loaded again in the same process.
  const script = `
    const fs = require('node:fs');
    const [, installed, update] = process.argv;
    const load = () => {
      const native = require(installed + '/dist/lib/load.js').loadNative();
      const { Engine } = require(installed);
      return { native: native.version, Engine };
    };
    (async () => {
      const old = load();
      const running = new old.Engine({ home: process.argv[3] + '-old' });
      fs.rmSync(installed, { recursive: true });
      fs.cpSync(update, installed, { recursive: true });
      for (const file of Object.keys(require.cache)) if (file.startsWith(installed)) delete require.cache[file];
      const fresh = load();
      const engine = new fresh.Engine({ home: process.argv[3] + '-new' });
      const runs = [await running.status(), await engine.status()];
      await engine.close();
      await running.close();
      console.log(JSON.stringify({ versions: [old.native, fresh.native], runs }));
    })();`;
  const home = path.join(folder.path, 'update-home');
  const result = await startProgram(process.execPath, ['-e', script, first, second, home]).result;
  expect(result.stderr).toBe('');
  expect(result.json).toEqual({ versions: [version, next], runs: [[], []] });
});
