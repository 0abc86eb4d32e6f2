import { lookup } from 'node:dns/promises';
import * as fs from 'node:fs';
import { BlockList, isIP } from 'node:net';
import * as path from 'node:path';

import type { ConnectorSpec } from '../../../lib';
import { Problem } from '../problem';
import type { Settings } from '../settings';

/**
 * Refuses systems that this service is not to reach: hosts that are not in ALLOWED_HOSTS, files outside of
 * ALLOWED_FOLDERS, and databases on this machine or in private networks unless the settings allow it. HTTP connectors
 * are judged by the engine at each connect, after name resolution; the driver of PostgreSQL connects by itself, so its
 * hosts are judged here.
 * @throws Problem `destination-forbidden`.
 */
export async function demandAllowed(
  spec: ConnectorSpec,
  settings: Record<string, unknown>,
  { allowedFolders, allowedHosts, network }: Pick<Settings, 'allowedFolders' | 'allowedHosts' | 'network'>,
): Promise<void> {
  if (spec.type === 'sqlite') demandFolder(settings['path'], allowedFolders);
  const databases = spec.type === 'postgresql' ? hostsOf(settings) : [];
  if (allowedHosts) for (const host of [...databases, ...hostsOfUrls(spec, settings)]) demandListed(host, allowedHosts);
  for (const host of databases) await demandHost(host, network);
}

/** Hosts of the settings that are URLs; one that is left out is what the connector takes for it. */
function hostsOfUrls(spec: ConnectorSpec, settings: Record<string, unknown>): string[] {
  const urls = spec.settings.filter(({ type }) => type === 'url').map((one) => settings[one.name] ?? one.default);
  return urls.flatMap((url) => (typeof url === 'string' && URL.canParse(url) ? [new URL(url).hostname] : []));
}

function demandListed(host: string, allowed: readonly string[]): void {
  const name = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
  const listed = allowed.some((one) => (one.startsWith('*.') ? name.endsWith(one.slice(1)) : name === one));
  if (listed) return;
  throw Problem.at('/config', `${host} is not in ALLOWED_HOSTS`, 'destination-forbidden');
}

function demandFolder(file: unknown, folders: readonly string[]): void {
  if (typeof file !== 'string') return;
  const real = realPath(file);
  const inside = folders.some((folder) => real?.startsWith(`${realPath(folder) ?? folder}${path.sep}`));
  if (path.isAbsolute(file) && inside) return;
  const detail = `the file must lie in one of ALLOWED_FOLDERS (${folders.join(', ')}), in a folder that is there`;
  throw Problem.at('/config/path', detail, 'destination-forbidden');
}

/** Without links; the file itself need not be there, its folder has to be. */
function realPath(file: string): string | undefined {
  try {
    return fs.existsSync(file)
      ? fs.realpathSync(file)
      : path.join(fs.realpathSync(path.dirname(file)), path.basename(file));
  } catch {
    return undefined;
  }
}

const localSocket = '/';

/** Every host libpq might try: lists, `hostaddr`, those of a connection string in both of its forms, sockets. */
function hostsOf(settings: Record<string, unknown>): string[] {
  const texts = [settings['host']];
  const connection = settings['connectionString'];
  if (typeof connection === 'string') texts.push(...hostsOfConnection(connection));
  const parts = texts.flatMap((text) => (typeof text === 'string' ? text.split(',') : []));
  const hosts = parts.map((host) => host.trim()).filter((host) => host !== '');
  // Without a host libpq takes a socket of this machine; a service file may name any.
  const elsewhere = typeof connection === 'string' && (hosts.length === 0 || /\bservice\s*=/.test(connection));
  return elsewhere ? [...hosts, localSocket] : hosts;
}

function hostsOfConnection(connection: string): string[] {
  const uri = /^postgres(?:ql)?:\/\/(?:[^@/?]*@)?([^/?]*)[^?]*\??(.*)$/s.exec(connection);
  if (!uri) return [...connection.matchAll(/\bhost(?:addr)?\s*=\s*(?:'((?:[^'\\]|\\.)*)'|(\S+))/g)].map(valueOf);
  const query = new URLSearchParams(uri[2] ?? '');
  const authority = (uri[1] ?? '').split(',').map((host) => decodeURIComponent(withoutPort(host)));
  return [...authority, ...query.getAll('host'), ...query.getAll('hostaddr')];
}

function valueOf(match: RegExpMatchArray): string {
  return (match[1] ?? match[2] ?? '').replaceAll(/\\(.)/g, '$1');
}

function withoutPort(host: string): string {
  return /^\[(.*)\](?::\d*)?$/.exec(host)?.[1] ?? host.replace(/:\d*$/, '');
}

async function demandHost(host: string, network: Settings['network']): Promise<void> {
  const addresses = host.startsWith('/') || host.startsWith('@') ? ['127.0.0.1'] : await addressesOf(host);
  for (const address of addresses) {
    const reach = reachOf(address);
    const allowed =
      reach === 'public' ||
      (reach === 'machine' && network.allowLoopback) ||
      (reach === 'site' && network.allowPrivate);
    if (allowed) continue;
    const detail = `${host} is ${said[reach]}, where this service may not reach`;
    throw Problem.at('/config/host', detail, 'destination-forbidden');
  }
}

const said = {
  machine: 'this machine (ALLOW_LOOPBACK)',
  site: 'in a private network (ALLOW_PRIVATE)',
  never: 'a link-local, metadata or reserved address',
};

/** A name that does not resolve is no danger; connecting will say so. */
async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host)) return [host];
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}

function reachOf(address: string): 'machine' | 'site' | 'never' | 'public' {
  const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
  if (machine.check(plain, family)) return 'machine';
  if (site.check(plain, family)) return 'site';
  return never.check(plain, family) ? 'never' : 'public';
}

function networks(...subnets: [string, number][]): BlockList {
  const list = new BlockList();
  for (const [net, bits] of subnets) list.addSubnet(net, bits, net.includes(':') ? 'ipv6' : 'ipv4');
  return list;
}

const machine = networks(['127.0.0.0', 8], ['::1', 128]);
const site = networks(['10.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16], ['100.64.0.0', 10], ['fc00::', 7]);
const never = networks(
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['224.0.0.0', 3],
  ['::', 128],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['fe80::', 10],
  ['ff00::', 8],
);
