// What an engine does to the process that it lives in. Each test is a program of its own over the built package.
import { projectFolder, startNode, type ProcessResult } from '../e2e/support/processes';
import { startTwin, type Twin } from '../e2e/support/twin';
import { Workspace } from '../e2e/support/workspace';

jest.setTimeout(120_000);

let twin: Twin;
let workspace: Workspace;

beforeAll(async () => {
  twin = await startTwin(['--objects', 'Account=3000', '--seed', '13']);
});
afterAll(() => twin.stop());
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(async () => {
  await twin.clearFaults();
  workspace.remove();
});

/** Runs a program that finds Engine, options and sync at hand. */
function program(body: string): Promise<ProcessResult> {
  const file = workspace.write(
    'program.js',
    `const { Engine } = require(${JSON.stringify(`${projectFolder}/dist/lib`)});
     const options = ${JSON.stringify({ home: workspace.home, allowLoopback: true })};
     const sync = ${JSON.stringify(workspace.accountsSync(twin))};
     const { Worker, isMainThread, parentPort } = require('node:worker_threads');
     ${body}`,
  );
  return startNode([file]).result;
}

test('a process ends by itself after close()', async () => {
  const { code, stdout } = await program(`
    (async () => {
      const engine = new Engine(options);
      console.log((await engine.run(sync)).created);
      await engine.close();
    })();`);
  expect([code, stdout]).toEqual([0, '3000\n']);
});

test('an idle engine that nobody closed does not keep the process', async () => {
  const { code, stdout } = await program(`
    const engine = new Engine(options);
    engine.run(sync).then((report) => console.log(report.status));`);
  expect([code, stdout]).toEqual([0, 'succeeded\n']);
});

test('process.exit() in the middle of a run ends the process, and the next run goes on', async () => {
  await twin.faults({ kind: 'slow', match: 'ORDER BY', after: 1, count: 1, delayMs: 3_000 });
  const { code } = await program(`
    const engine = new Engine(options, (event) => { if (event.type === 'progress') process.exit(7); });
    void engine.run(sync);`);
  expect(code).toBe(7);
  const next = await workspace.command('run', workspace.accountsSync(twin));
  expect(next.json).toMatchObject({ status: 'succeeded', resumed: true, read: 3_000 });
});

test('an exception in the event handler is the problem of the process, and does not disturb the run', async () => {
  const { code, stdout } = await program(`
    process.on('uncaughtException', (error) => console.log(error.message));
    let thrown = false;
    const engine = new Engine(options, () => { if (!thrown) { thrown = true; throw new Error('mine'); } });
    engine.run(sync).then(async (report) => { console.log(report.status); await engine.close(); });`);
  expect([code, stdout]).toEqual([0, 'mine\nsucceeded\n']);
});

test('an engine works in a worker thread, beside one in the main thread', async () => {
  const { code, stdout } = await program(`
    (async () => {
      const engine = new Engine({ ...options, home: options.home + (isMainThread ? '' : '-worker') });
      const path = options.home + (isMainThread ? '.db' : '-worker.db');
      const target = { type: 'sqlite', config: { createTable: true, path } };
      const worker = isMainThread ? new Worker(__filename) : null;
      const fromWorker = worker && new Promise((resolve) => worker.once('message', resolve));
      const report = await engine.run({ ...sync, target });
      await engine.close();
      if (worker) console.log(report.created, await fromWorker);
      else parentPort.postMessage(report.created);
    })();`);
  expect([code, stdout]).toEqual([0, '3000 3000\n']);
});

test('a worker thread that is ended in the middle of a run takes its engine along', async () => {
  await twin.faults({ kind: 'slow', match: 'ORDER BY', after: 1, count: 1, delayMs: 3_000 });
  const { code, stdout } = await program(`
    if (isMainThread) {
      const worker = new Worker(__filename);
      worker.once('message', async () => {
        await worker.terminate();
        await new Promise((resolve) => setTimeout(resolve, 10));
        console.log('ended');
      });
    } else {
      const engine = new Engine(options, (event) => { if (event.type === 'progress') parentPort.postMessage('page'); });
      void engine.run(sync);
    }`);
  expect([code, stdout]).toEqual([0, 'ended\n']);
  const next = await workspace.command('run', workspace.accountsSync(twin));
  expect(next.json).toMatchObject({ status: 'succeeded', resumed: true, read: 3_000 });
});

test('a worker thread can be ended while answers stream into it', async () => {
  // Several workers one after the other: the moment in which JavaScript may no longer run is short.
  const { code, stdout, stderr } = await program(`
    if (isMainThread) {
      (async () => {
        for (let round = 0; round < 8; round += 1) {
          const worker = new Worker(__filename);
          await new Promise((resolve) => worker.once('message', resolve));
          await worker.terminate();
        }
        console.log('ended');
      })();
    } else {
      const engine = new Engine(options);
      const first = engine.status();
      for (let calls = 0; calls < 5_000; calls += 1) void engine.status();
      void first.then(() => parentPort.postMessage('streaming'));
    }`);
  expect([code, stdout, stderr]).toEqual([0, 'ended\n', '']);
});

test('an engine that could not be opened leaves nothing that keeps the process', async () => {
  workspace.write('state', 'a file where the folder should be');
  const { code, stdout } = await program(`
    try { new Engine(options); } catch (error) { console.log(error.name, error.kind); }`);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^EngineError (invalid|unavailable)\n$/);
});
