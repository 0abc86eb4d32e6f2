// Serves the REST API from a checkout: sets up, builds what is missing, and runs until it is told to stop.
//
//   npm start                    http://127.0.0.1:3005; the environment has the settings: docs/operations.md
//   npm start -- COMMAND         a command of the service, such as rotate-keys; "--help" lists them
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from './build.mjs';
import { failWith, projectFolder } from './command.mjs';
import { setUp } from './setup.mjs';

async function main(args) {
  await setUp(['build']);
  await build();
  const program = join(projectFolder, 'dist', 'service', 'main.cjs');
  const child = spawn(process.execPath, [program, ...args], { stdio: 'inherit' });
  // Ctrl-C reaches the service by itself; what is sent to this process is passed on.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? (signal === null ? 0 : 1);
  });
}

main(process.argv.slice(2)).catch(failWith);
