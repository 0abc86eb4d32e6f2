// A throwaway npm registry of one package: it serves tarballs from this machine to whoever calls the `npm` it makes.
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { outputOf } from '../command.mjs';
import { temporaryFolder } from './sandbox.mjs';

/**
 * Serves the given tarballs of one package, the last one as `latest`.
 * Programs that name a registry to npm (n8n names the public one) reach this one with `path` first in their PATH: the
 * npm in it replaces what they say and is otherwise the machine's own.
 * @param {string[]} tarballs
 * @returns {Promise<{ url: string, path: string, stop: () => Promise<void> }>}
 */
export async function start(tarballs) {
  const packages = tarballs.map(readPackage);
  const server = createServer((request, response) => answer(packages, server, request.url ?? '/', response));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = urlOf(server);
  const path = temporaryFolder('npm');
  writeFileSync(join(path, 'npm'), npmFor(url));
  chmodSync(join(path, 'npm'), 0o755);
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(path, { recursive: true });
  };
  return { url, path, stop };
}

const urlOf = (server) => `http://127.0.0.1:${server.address().port}`;

function npmFor(url) {
  const npm = outputOf('sh', ['-c', 'command -v npm']).output.trim();
  return `#!/bin/sh
for word do
  shift
  case "$word" in --registry=*) word="--registry=${url}" ;; esac
  set -- "$@" "$word"
done
exec "${npm}" "$@"
`;
}

function readPackage(tarball) {
  const manifest = JSON.parse(execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' }));
  const bytes = readFileSync(tarball);
  const digest = (name, encoding) => createHash(name).update(bytes).digest(encoding);
  return { manifest, bytes, shasum: digest('sha1', 'hex'), integrity: `sha512-${digest('sha512', 'base64')}` };
}

function answer(packages, server, url, response) {
  const path = decodeURIComponent(url).replace(/^\//, '');
  const packed = packages.find((one) => path === `${one.manifest.name}/-/${one.manifest.version}.tgz`);
  if (packed) return void response.end(packed.bytes);
  if (path !== packages[0].manifest.name) return void response.writeHead(404).end('{}');
  const versions = packages.map(({ manifest, shasum, integrity }) => {
    const tarball = `${urlOf(server)}/${manifest.name}/-/${manifest.version}.tgz`;
    return [manifest.version, { ...manifest, dist: { tarball, shasum, integrity } }];
  });
  const latest = packages.at(-1).manifest.version;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ name: path, 'dist-tags': { latest }, versions: Object.fromEntries(versions) }));
}
