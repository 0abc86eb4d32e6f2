import * as fs from 'node:fs';
import * as path from 'node:path';

import type * as engineModule from '../../n8n-nodes/shared/engine';
import { temporaryFolder } from '../e2e/support/processes';

type EngineModule = typeof engineModule;

const folder = temporaryFolder();
const before = process.env['N8N_USER_FOLDER'];

beforeAll(() => (process.env['N8N_USER_FOLDER'] = folder.path));

afterAll(() => {
  process.env['N8N_USER_FOLDER'] = before;
  folder.remove();
});

/** A copy of the package's code, as n8n loads one more after an update in place. */
function copy(): EngineModule {
  let loaded: EngineModule | undefined;
  jest.isolateModules(() => {
    loaded = jest.requireActual<EngineModule>('../../n8n-nodes/shared/engine');
  });
  return loaded!;
}

describe('the engine of an n8n process', () => {
  it('is one, with its state in the user folder of n8n', async () => {
    const { sharedEngine, closeSharedEngine } = copy();
    const [first, second] = await Promise.all([sharedEngine(), sharedEngine()]);
    expect(second).toBe(first);
    expect(fs.readdirSync(path.join(folder.path, '.n8n', 'data-sync'))).not.toEqual([]);
    await closeSharedEngine();
  });

  it('is closed by a newer copy of the package before that opens its own, and stays closed', async () => {
    const [older, newer] = [copy(), copy()];
    const replaced = await older.sharedEngine();
    const engine = await newer.sharedEngine();
    await expect(replaced.status()).rejects.toThrow('this engine was closed');
    await expect(older.sharedEngine()).rejects.toThrow('was updated while this ran');
    expect(await engine.status()).toEqual([]);
    await newer.closeSharedEngine();
  });

  it('stops when n8n is asked to end, and is not opened again', async () => {
    const { sharedEngine } = copy();
    const engine = await sharedEngine();
    process.emit('SIGTERM');
    await expect(sharedEngine()).rejects.toThrow('n8n is shutting down');
    await expect(engine.status()).rejects.toThrow('this engine was closed');
  });

  it('opens after an attempt that failed', async () => {
    const { sharedEngine, closeSharedEngine } = copy();
    process.env['DATABASE_URL'] = 'postgresql://nobody@127.0.0.1:1/nothing';
    await expect(sharedEngine()).rejects.toMatchObject({ kind: expect.any(String) });
    delete process.env['DATABASE_URL'];
    expect(await (await sharedEngine()).status()).toEqual([]);
    await closeSharedEngine();
  });
});
