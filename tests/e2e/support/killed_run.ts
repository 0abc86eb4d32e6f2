import type { SyncFile } from '../../../lib';
import { projectFolder, startNode } from './processes';
import type { Workspace } from './workspace';

/**
 * Runs a sync in a process that ends itself with SIGKILL so many pages and milliseconds after its beginning, or lets
 * it end where it ends sooner. True: it was killed.
 */
export async function killedRun(
  workspace: Workspace,
  sync: SyncFile,
  { pages, delayMs }: { pages: number; delayMs: number },
): Promise<boolean> {
  const program = workspace.write(
    'killed_run.js',
    `const { Engine } = require(${JSON.stringify(`${projectFolder}/dist/lib`)});
     let pages = ${pages};
     const die = () => setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${delayMs});
     const engine = new Engine({ allowLoopback: true }, ({ type }) => {
       if (type === 'progress' && --pages === 0) die();
     });
     if (pages === 0) die();
     engine.run(${JSON.stringify(sync)}).then(() => engine.close());`,
  );
  const { code, signal, stderr } = await startNode([program], { env: { DATA_SYNC_HOME: workspace.home } }).result;
  expect([signal ?? code, stderr]).toEqual([signal === 'SIGKILL' ? 'SIGKILL' : 0, '']);
  return signal === 'SIGKILL';
}
