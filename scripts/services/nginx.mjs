// A throwaway nginx for the benchmarks: serves files of one folder on a free port of 127.0.0.1, gone at the end.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, serverProgram, startServer, temporaryFolder } from './sandbox.mjs';

/**
 * Starts the server: one process, no access log, connections kept open.
 * @param {{ root: string, directives?: string }} options `root` is the folder to serve; `directives` are further lines
 *   of the server block
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>} url: http://127.0.0.1:port
 */
export async function start({ root, directives = '' }) {
  const program = serverProgram('nginx', 'nginx-light');
  const folder = temporaryFolder('nginx');
  const port = await freePort();
  const configFile = join(folder, 'nginx.conf');
  writeFileSync(configFile, configuration({ folder, root, port, directives }));
  const args = ['-e', join(folder, 'error.log'), '-p', folder, '-c', configFile];
  const stop = await startServer({ folder, program, args, stopSignal: 'SIGTERM', ready: port });
  return { url: `http://127.0.0.1:${port}`, stop };
}

// One process without a master: no change of user, so that root's files can be served, and no worker left behind.
function configuration({ folder, root, port, directives }) {
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const scratch = kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`);
  return `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  keepalive_timeout 300s;
  default_type application/json;
  ${scratch.join('\n  ')}
  server {
    listen 127.0.0.1:${port} backlog=1024;
    root ${root};
    ${directives}
  }
}
`;
}
