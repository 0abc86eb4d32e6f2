// Every way to log in, and what happens to a login while a run is under way.
import * as fs from 'node:fs';
import * as path from 'node:path';

import type { SyncFile } from '../../lib';
import { expectSqliteEqualsOrg } from './support/compare';
import { startTwin, type Twin } from './support/twin';
import { Workspace } from './support/workspace';

jest.setTimeout(120_000);

const accounts = 5_000;
const client = { clientId: 'twin-client', clientSecret: 'twin-secret' };
const person = { username: 'admin@twin.test', password: 'twin-password', securityToken: 'twin-token' };
const rotating = { ...client, refreshToken: 'twin-refresh' };

let twin: Twin;
let workspace: Workspace;
let privateKey: string;

// A rotated refresh token changes the org for good, so each test has an org of its own.
beforeEach(async () => {
  workspace = new Workspace();
  twin = await startTwin(['--objects', `Account=${accounts}`, '--seed', '41']);
  privateKey = await (await fetch(`${twin.url}/__twin/jwt-key`)).text();
});
afterEach(async () => {
  await twin.stop();
  workspace.remove();
});

function sync(config: Record<string, unknown>, changes: Partial<SyncFile> = {}): SyncFile {
  const source = { type: 'salesforce', config: { loginUrl: twin.url, ...config } };
  return workspace.accountsSync(twin, { source, batchSize: 1_000, ...changes });
}

const expectEqual = () =>
  expectSqliteEqualsOrg(twin, 'Account', workspace.target, 'accounts', [
    ['Id', 'id'],
    ['Name', 'name'],
    ['Phone', 'phone'],
  ]);

const flows: [string, () => Record<string, unknown>, string][] = [
  ['client credentials', () => client, 'clientSecret'],
  ['a JWT signed with a private key', () => ({ clientId: client.clientId, username: person.username, privateKey }), ''],
  ['a refresh token', () => rotating, 'refreshToken'],
  ['user name and password', () => ({ ...client, ...person }), 'password'],
  ['SOAP', () => ({ ...person, allowSoapLogin: true }), 'password'],
];

test.each(flows)('%s', async (name, config, secret) => {
  const { code, json, stderr } = await workspace.command('run', sync(config()));
  expect([code, json['created']]).toEqual([0, accounts]);
  expect(stderr.includes('SOAP login')).toBe(name === 'SOAP');
  const { json: tested } = await workspace.command('test', sync(config(), { id: 'tested' }));
  expect(tested['source'].message).toContain('admin@twin.test');
  if (secret === '') return;

  const wrong = sync({ ...config(), [secret]: 'not-the-right-one' }, { id: 'wrong' });
  const refused = await workspace.command('run', wrong);
  expect(refused.code).toBe(1);
  expect(refused.json['error']).toMatchObject({ kind: 'unauthorized' });
  expect(refused.json['error'].message).toContain(secret);
  expect(refused.stdout + refused.stderr).not.toContain('not-the-right-one');
});

test('a key that is none is told by name, and not shown', async () => {
  const config = { clientId: client.clientId, username: person.username, privateKey: '-----BEGIN NONSENSE-----' };
  const { code, json, stderr } = await workspace.command('run', sync(config));
  expect(code).toBe(1);
  expect(json['error'].message).toContain('privateKey');
  expect(stderr).not.toContain('NONSENSE');
});

test('SOAP without leave is refused, with the reason and the fix', async () => {
  const { code, json } = await workspace.command('run', sync(person));
  expect(code).toBe(1);
  expect(json['error']).toMatchObject({ kind: 'invalid', field: 'allowSoapLogin' });
  expect(json['error'].message).toContain('clientSecret');
});

test('sessions that end again and again in mid-run cost a login each, and nothing else', async () => {
  await twin.resetCalls();
  await twin.faults({ kind: 'expire_tokens', match: 'ORDER BY', after: 1, count: 1 });
  await twin.faults({ kind: 'expire_tokens', match: 'ORDER BY', after: 3, count: 1 });
  const { code, json } = await workspace.command('run', sync(client));
  expect([code, json['created'], json['unchanged']]).toEqual([0, accounts, 0]);
  const { tokenCalls, faultsFired } = await twin.stats();
  expect(faultsFired['expire_tokens']).toBe(2);
  expect(tokenCalls).toBe(3);
  await expectEqual();
});

describe('a refresh token that is replaced with every use', () => {
  beforeEach(() => twin.faults({ kind: 'rotate_refresh_token' }));

  test('is taken over in mid-run, and by the next process', async () => {
    await twin.resetCalls();
    await twin.faults({ kind: 'expire_tokens', match: 'ORDER BY', after: 1, count: 1 });
    const { code, json } = await workspace.command('run', sync(rotating));
    expect([code, json['created']]).toEqual([0, accounts]);
    expect((await twin.stats()).tokenCalls).toBe(2);
    await expectEqual();

    // The one in the file is dead by now; each process leaves the next one a living one.
    for (let process = 0; process < 3; process += 1) {
      const next = await workspace.command('run', sync(rotating));
      expect([next.code, next.json['error']]).toEqual([0, undefined]);
    }
  });

  test('is kept sealed', async () => {
    await workspace.command('run', sync(rotating));
    const files = fs.readdirSync(workspace.home, { withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(1);
    for (const { name } of files) {
      // Refresh tokens of the org begin with these four characters.
      const content = fs.readFileSync(path.join(workspace.home, name));
      for (const secret of ['5Aep', 'twin-refresh', 'twin-secret']) expect(content.includes(secret)).toBe(false);
    }
  });

  test('survives a process that is killed right after the exchange', async () => {
    await twin.resetCalls();
    await twin.faults({ kind: 'slow', match: 'describe', count: 1, delayMs: 20_000 });
    const { child, result } = workspace.start('run', sync(rotating));
    while ((await twin.stats()).faultsFired['slow'] !== 1) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGKILL');
    await result;
    const { code, json } = await workspace.command('run', sync(rotating));
    expect([code, json['created']]).toEqual([0, accounts]);
  });

  test('that was withdrawn is told as such', async () => {
    await workspace.command('run', sync(rotating));
    // Somebody else uses the old one up: the kept one still works, so take the state away as well.
    fs.rmSync(workspace.home, { recursive: true });
    const { code, json } = await workspace.command('run', sync(rotating));
    expect(code).toBe(1);
    expect(json['error']).toMatchObject({ kind: 'unauthorized', code: 'invalid_grant' });
    expect(json['error'].message).toContain('refreshToken');
  });
});
