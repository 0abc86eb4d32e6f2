import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

import { ServiceProcess } from './support/service_process';

let folder: string;
beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'data-sync-main-'))));
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const at = (more: Record<string, string> = {}) => ({ DATA_SYNC_HOME: folder, ...more });

test('the first start prints an API key, once; what is kept of it does not open anything', async () => {
  const first = new ServiceProcess(at());
  const [url, key] = [await first.url(), await first.key()];
  const answer = await fetch(`${url}/api/keys`, { headers: { 'x-api-key': key } });
  expect(answer.status).toBe(200);
  const page = await fetch(`${url}/docs`);
  expect(await page.text()).toContain('swagger-ui-bundle.js');
  expect((await fetch(`${url}/docs/swagger-ui-bundle.js`)).status).toBe(200);
  const { code, out, err } = await first.stop();
  expect([code, err]).toEqual([0, '']);
  expect(out.split(key)).toHaveLength(2);
  expect(out).toContain('"msg":"stopped"');
  for (const name of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = path.join(folder, name);
    if (fs.statSync(file).isFile()) expect([name, fs.readFileSync(file).includes(key)]).toEqual([name, false]);
  }

  const second = new ServiceProcess(at());
  const again = await fetch(`${await second.url()}/api/keys`, { headers: { 'x-api-key': key } });
  expect(again.status).toBe(200);
  expect((await second.stop()).out).not.toContain('nds_');
}, 60_000);

test('a wrong setting stops the start with one line that names it', async () => {
  const { code, out, err } = await new ServiceProcess(at({ PORT: 'abc' })).ended();
  expect([code, out]).toEqual([1, '']);
  expect(err).toBe('data-sync-service: PORT: "abc" is wrong; write a whole number from 0 to 65535\n');
});

test('a port that is taken stops the start, and nothing is left running', async () => {
  const first = new ServiceProcess(at());
  const port = new URL(await first.url()).port;
  const other = path.join(folder, 'other');
  const { code, err } = await new ServiceProcess({ DATA_SYNC_HOME: other, PORT: port }).ended();
  expect([code, err.includes('EADDRINUSE')]).toEqual([1, true]);
  expect((await first.stop()).code).toBe(0);
}, 60_000);

test('an operator makes and erases keys by commands', async () => {
  const expires = new Date(Date.now() + 3_600_000).toISOString();
  const made = await new ServiceProcess(at(), 'create-key', 'reader', 'sync:read', expires).ended();
  expect([made.code, made.err]).toEqual([0, '']);
  const key = made.out.trim();
  const service = new ServiceProcess(at());
  const url = await service.url();
  const statusOf = async (route: string) => (await fetch(`${url}${route}`, { headers: { 'x-api-key': key } })).status;
  expect([await statusOf('/api/integrations'), await statusOf('/api/keys')]).toEqual([200, 403]);
  expect((await service.stop()).out).not.toContain('nds_');

  const rotated = await new ServiceProcess(at(), 'rotate-keys').ended();
  expect(rotated).toMatchObject({ code: 0, out: expect.stringMatching(/^0 data keys sealed anew, \d+ were/) });
  const erased = await new ServiceProcess(at(), 'erase-key', 'integration/none').ended();
  expect(erased).toMatchObject({ code: 1, err: expect.stringContaining('there is no data key integration/none') });
  const unknown = await new ServiceProcess(at(), 'dance').ended();
  expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('usage: data-sync-service') });
}, 90_000);

test('a request under way is answered before the service ends', async () => {
  const service = new ServiceProcess(at());
  const [url, key] = [await service.url(), await service.key()];
  const headers = { 'x-api-key': key, 'content-type': 'application/json' };
  const body = JSON.stringify({ name: 'x', fieldMappings: [{ source: 'a', target: 'b' }] });
  const answers = Array.from({ length: 20 }, () => fetch(`${url}/api/mappings`, { method: 'POST', headers, body }));
  await answers[0];
  const ended = service.stop();
  const settled = await Promise.allSettled(answers);
  expect((await ended).code).toBe(0);
  // Who got in was answered in full; who came too late was refused, and never left without an answer half way.
  for (const answer of settled) if (answer.status === 'fulfilled') expect([201, 503]).toContain(answer.value.status);
}, 60_000);
