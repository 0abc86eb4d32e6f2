import { execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { createInterface } from 'node:readline';

import { ended, projectFolder } from '../../e2e/support/processes';
import type { PrivateCa } from './tls_front';

/** A throwaway PostgreSQL server that speaks TLS with a certificate of a private authority. */
export interface TlsPostgres {
  url: string;
  stop(): Promise<void>;
}

const script = `
  import { start } from './scripts/services/postgres.mjs';
  const { url, stop } = await start({ settings: JSON.parse(process.env.SETTINGS) });
  console.log(url);
  process.stdin.resume().on('end', stop);`;

export async function startPostgresWithTls(ca: PrivateCa): Promise<TlsPostgres> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'data-sync-test-tls-'));
  const settings = {
    ssl: 'on',
    ssl_cert_file: copyForServer(ca.certificate, folder),
    ssl_key_file: copyForServer(ca.key, folder),
  };
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: projectFolder,
    env: { ...process.env, SETTINGS: JSON.stringify(settings) },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the server ended with ${String(code)}`)));
  });
  return {
    url,
    stop: async () => {
      await ended(child, () => child.stdin.end());
      fs.rmSync(folder, { recursive: true });
    },
  };
}

// PostgreSQL wants the key to be its own and nobody else's to read; run by root, the server runs as "postgres".
function copyForServer(file: string, folder: string): string {
  const copy = path.join(folder, path.basename(file));
  fs.copyFileSync(file, copy);
  fs.chmodSync(copy, 0o600);
  if (process.getuid?.() === 0) {
    fs.chmodSync(folder, 0o755);
    execFileSync('chown', ['postgres', copy]);
  }
  return copy;
}
