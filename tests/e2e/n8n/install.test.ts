// The ways into n8n: the community packages of the editor, an update while n8n runs, and settings of the environment.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';

import { changeVersion } from '../../package/support/install';
import { projectFolder, temporaryFolder } from '../support/processes';
import { startTwin, type Twin } from '../support/twin';
import {
  clientCredentials,
  clientLogin,
  type Host,
  type N8n,
  n8nServices,
  nodeTypes,
  syncNode,
  tarball,
  webhook,
} from './support/host';

const name = 'n8n-nodes-data-sync';
const accounts = 300;
const folder = temporaryFolder();
let registry: { url: string; path: string; stop: () => Promise<void> };
let twin: Twin;
let first: string;
let second: string;

beforeAll(async () => {
  first = versionOf(tarball());
  second = first.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10));
  const script = path.join(projectFolder, 'scripts', 'services', 'npm_registry.mjs');
  const { start } = (await import(pathToFileURL(script).href)) as {
    start: (tarballs: string[]) => Promise<typeof registry>;
  };
  registry = await start([tarball(), packedAs(second)]);
  twin = await startTwin(['--objects', `Account=${accounts}`]);
}, 600_000);

afterAll(async () => {
  await twin.stop();
  await registry.stop();
  folder.remove();
});

function versionOf(file: string): string {
  const manifest = execFileSync('tar', ['-xzOf', file, 'package/package.json'], { encoding: 'utf8' });
  return (JSON.parse(manifest) as { version: string }).version;
}

/** The package under another version, which its binary tells as well. */
function packedAs(version: string): string {
  execFileSync('tar', ['-xzf', tarball(), '-C', folder.path]);
  changeVersion(path.join(folder.path, 'package'), version);
  const file = path.join(folder.path, `${version}.tgz`);
  execFileSync('tar', ['-czf', file, '-C', folder.path, 'package']);
  return file;
}

/** An n8n whose npm finds the package in our registry. */
async function startN8n(env: Record<string, string> = {}): Promise<N8n> {
  const { start } = await n8nServices();
  const searched = [registry.path, process.env['PATH']].join(path.delimiter);
  return start({ env: { N8N_UNVERIFIED_PACKAGES_ENABLED: 'true', PATH: searched, ...env } });
}

/** Versions of the native code that processes of this n8n have loaded, in order. */
function loadedVersions(n8n: N8n): string[] {
  const maps = fs.readdirSync('/proc').map((entry) => readIfThere(`/proc/${entry}/maps`));
  const ours = maps.flatMap((text) => text.split('\n').filter((line) => line.includes(n8n.userFolder)));
  const versions = ours.flatMap((line) => /data_sync-(\d+\.\d+\.\d+)-/.exec(line)?.[1] ?? []);
  return [...new Set(versions)].sort();
}

function readIfThere(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

async function nodesOf(n8n: N8n): Promise<string[]> {
  const types = (await n8n.rest('GET', '/types/nodes.json')) as { name: string }[];
  return types.map((type) => type.name).filter((type) => type.startsWith(`${name}.`));
}

/** Runs a sync into a new file by a webhook and gives its report. */
async function runSync(n8n: N8n, title: string) {
  const credentials = { [clientCredentials]: await n8n.credential(clientCredentials, clientLogin(twin)) };
  const host = { twin, n8n, credentials } as unknown as Host;
  const id = await n8n.workflow(title, [webhook(title), syncNode(host, path.join(n8n.userFolder, `${title}.db`))]);
  await n8n.activate(id);
  return (await n8n.webhook(title)).body;
}

it('is installed from the editor, updated while n8n runs, and uninstalled', async () => {
  const n8n = await startN8n();
  try {
    const installed = await n8n.rest('POST', '/rest/community-packages', { name, version: first });
    expect(installed.data).toMatchObject({ packageName: name, installedVersion: first });
    expect(await nodesOf(n8n)).toEqual(expect.arrayContaining(Object.values(nodeTypes)));
    expect(await runSync(n8n, 'before')).toEqual([expect.objectContaining({ status: 'succeeded', created: accounts })]);
    expect(loadedVersions(n8n)).toEqual([first]);

    const updated = await n8n.rest('PATCH', '/rest/community-packages', { name, version: second });
    expect(updated.data).toMatchObject({ installedVersion: second });
    expect(await runSync(n8n, 'after')).toEqual([expect.objectContaining({ status: 'succeeded', created: accounts })]);
    expect(loadedVersions(n8n)).toContain(second);

    await n8n.rest('DELETE', `/rest/community-packages?name=${name}`);
    expect(await nodesOf(n8n)).toEqual([]);
  } finally {
    await n8n.stop();
  }
}, 300_000);

it('is installed by the environment when n8n starts', async () => {
  const packages = JSON.stringify([{ name, version: first }]);
  const n8n = await startN8n({
    N8N_COMMUNITY_PACKAGES_MANAGED_BY_ENV: 'true',
    N8N_COMMUNITY_PACKAGES: packages,
  });
  try {
    expect(await nodesOf(n8n)).toEqual(expect.arrayContaining(Object.values(nodeTypes)));
    expect(await runSync(n8n, 'managed')).toEqual([expect.objectContaining({ status: 'succeeded' })]);
  } finally {
    await n8n.stop();
  }
}, 300_000);
