import * as fs from 'node:fs';

import type { SyncFile } from '../../lib';
import { sqlite } from '../e2e/support/tables';
import { startTwin, type Twin } from '../e2e/support/twin';
import { salesforce, Workspace } from '../e2e/support/workspace';

jest.setTimeout(120_000);

const secret = 'hunter2-do-not-print';

let twin: Twin;
let workspace: Workspace;

beforeAll(async () => {
  twin = await startTwin(['--objects', 'Account=50', '--seed', '11']);
});
afterAll(() => twin.stop());
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => workspace.remove());

/** Runs the file and gives the message, after all that holds for every refusal was checked. */
async function refusal(file: SyncFile | string): Promise<string> {
  const { code, json, stdout, stderr } = await workspace.command('run', file);
  expect(code).toBe(1);
  expect(json).toMatchObject({ status: 'failed', read: 0, written: 0, error: { message: expect.any(String) } });
  const message = json['error'].message as string;
  expect(stderr).toContain(message.split('\n')[0]);
  expect(stdout + stderr).not.toContain(secret);
  return message;
}

describe('a file that cannot be read as a sync', () => {
  test('is named when it is not there, and when it is a folder', async () => {
    expect(await refusal(workspace.path('nowhere.json'))).toMatch(/nowhere\.json: ENOENT/);
    fs.mkdirSync(workspace.path('folder.json'));
    expect(await refusal(workspace.path('folder.json'))).toMatch(/folder\.json: EISDIR/);
  });

  test('is named when it is not JSON', async () => {
    expect(await refusal(workspace.write('broken.json', '{"id": "x",'))).toMatch(/broken\.json is not valid JSON/);
    expect(await refusal(workspace.write('empty.json', ''))).toMatch(/empty\.json is not valid JSON/);
  });

  test('must be one object', async () => {
    for (const content of ['[]', '"text"', '12', 'null', 'true']) {
      expect(await refusal(workspace.write('value.json', content))).toBe('the sync must be a JSON object');
    }
  });

  test('names every missing key at once', async () => {
    const message = await refusal(workspace.write('bare.json', '{}'));
    for (const key of ['id', 'source', 'target', 'sourceObject', 'targetObject', 'fieldMappings']) {
      expect(message).toMatch(new RegExp(`^${key}: `, 'm'));
    }
  });
});

type Case = [string, (sync: any) => void, RegExp];

const wrongValues: Case[] = [
  ['an unknown key', (sync) => (sync.batchsize = 100), /^batchsize: unknown key; known are .*batchSize/],
  ['an unknown key of an end', (sync) => (sync.source.konfig = {}), /^source\.konfig: unknown key/],
  [
    'an unknown key of a config',
    (sync) => (sync.source.config.clientID = 'x'),
    /source\.config\.clientID is unknown.*"clientId"/,
  ],
  ['an unknown key of a mapping', (sync) => (sync.fieldMappings[1].from = 'x'), /fieldMappings\[1\]\.from/],
  ['an unknown connector', (sync) => (sync.source.type = 'sailsforce'), /^source\.type: .*"sailsforce".*salesforce/],
  ['an id with a slash', (sync) => (sync.id = 'a/b'), /^id: use letters/],
  ['an id that is a number', (sync) => (sync.id = 7), /^id: must be a text/],
  ['an empty object name', (sync) => (sync.sourceObject = ''), /^sourceObject: must be a text that is not empty/],
  ['a batch size of 0', (sync) => (sync.batchSize = 0), /^batchSize: must be a whole number from 1 to 50000/],
  ['a batch size in words', (sync) => (sync.batchSize = 'many'), /^batchSize: must be a whole number/],
  ['a batch size that is too large for any integer', (sync) => (sync.batchSize = 1e30), /^batchSize: must be a whole/],
  ['too many batches in flight', (sync) => (sync.batchesInFlight = 99), /^batchesInFlight: .*1 to 16/],
  ['no mapping', (sync) => (sync.fieldMappings = []), /^fieldMappings: must be a list with at least one/],
  ['a mapping that is no object', (sync) => (sync.fieldMappings[1] = 'Name'), /fieldMappings\[1\]/],
  ['a mapping without a target', (sync) => delete sync.fieldMappings[1].target, /fieldMappings\[1\]\.target/],
  ['two mappings into one field', (sync) => (sync.fieldMappings[2].target = 'name'), /fieldMappings\[2\].*name/],
  ['an unknown strategy', (sync) => (sync.conflictResolution = 'newest'), /^conflictResolution: .*source_wins/],
  [
    'a rule for a field that is not there',
    (sync) => (sync.conflicts = { rules: { z: { rule: 'max' } } }),
    /^conflicts\.rules\.z: /,
  ],
  ['an unknown direction', (sync) => (sync.direction = 'sideways'), /^direction: .*two_way/],
  ['an unknown delete policy', (sync) => (sync.deletes = 'burn'), /^deletes: .*ignore.*soft.*hard.*unlink/],
  [
    'a limit beyond 100 %',
    (sync) => (sync.deletes = { policy: 'hard', limitPercent: 101 }),
    /^deletes\.limitPercent: /,
  ],
  ['a schedule that is no cron expression', (sync) => (sync.schedule = 'daily at 5'), /^schedule: /],
  ['a minute that does not exist', (sync) => (sync.schedule = '61 * * * *'), /^schedule: .*minute.*59/],
  ['an unknown time zone', (sync) => (sync.schedule = { cron: '@daily', timeZone: 'Mars/Base' }), /Mars\/Base/],
  ['a config that is a list', (sync) => (sync.target.config = []), /^target\.config: must be an object/],
  [
    'a setting of the wrong type',
    (sync) => (sync.source.config.bulkThreshold = 'x'),
    /^source\.config\.bulkThreshold must be a whole number/,
  ],
  [
    'a setting out of range',
    (sync) => (sync.source.config.overlapSeconds = 1),
    /^source\.config\.overlapSeconds must be between 60/,
  ],
  ['a missing setting', (sync) => delete sync.target.config.path, /^target\.config\.path is missing/],
  [
    'a choice that is none',
    (sync) => (sync.source.config.authentication = 'magic'),
    /^source\.config\.authentication must be one of .*jwt/,
  ],
  ['credentials that fit no login', (sync) => delete sync.source.config.clientSecret, /clientSecret: missing/],
  ['an address that is no URL', (sync) => (sync.source.config.loginUrl = 'not a url'), /loginUrl/],
];

test.each(wrongValues)('%s is an error that names the place and the fix', async (_, change, expected) => {
  const sync = workspace.accountsSync(twin, { source: salesforce(twin, { clientSecret: secret }) });
  change(sync);
  expect(await refusal(sync)).toMatch(expected);
});

test('several faults are told at once', async () => {
  const sync: any = workspace.accountsSync(twin, { batchSize: -1, deletes: 'burn' as 'hard' });
  sync.extra = true;
  const message = await refusal(sync);
  for (const place of [/^extra: /m, /^batchSize: /m, /^deletes: /m]) expect(message).toMatch(place);
});

describe('${NAME} references', () => {
  const withSecret = (clientSecret: string) =>
    workspace.accountsSync(twin, { source: salesforce(twin, { clientSecret }) });

  test('are filled in from the environment', async () => {
    workspace.env['ORG_SECRET'] = 'twin-secret';
    expect((await workspace.command('run', withSecret('${ORG_SECRET}'))).code).toBe(0);
    workspace.env['ORG_SECRET'] = 'secret';
    expect((await workspace.command('run', withSecret('twin-${ORG_SECRET}'))).code).toBe(0);
  });

  test('that are not set are named with their place, all of them', async () => {
    const sync = withSecret('${NOT_SET_1}');
    sync.target = { type: 'sqlite', config: { path: '${NOT_SET_2}' } };
    const message = await refusal(sync);
    expect(message).toContain('source.config.clientSecret: the environment variable NOT_SET_1 is not set');
    expect(message).toContain('target.config.path: the environment variable NOT_SET_2 is not set');
  });

  test('are taken literally after a second dollar sign', async () => {
    const name = '$${NOT_SET}';
    await workspace.command('run', workspace.accountsSync(twin, { targetObject: name }));
    expect(sqlite(workspace.target, 'SELECT count(*) FROM "${NOT_SET}";')).toBe('50');
  });
});

describe('a system that does not answer as it should', () => {
  test('a host that cannot be reached is named', async () => {
    const source = salesforce(twin, { loginUrl: 'http://127.0.0.1:1', clientSecret: secret });
    const message = await refusal(workspace.accountsSync(twin, { source }));
    expect(message).toMatch(/127\.0\.0\.1/);
    expect(message).toMatch(/connect/i);
  });

  test('a wrong password is told as such, without the password', async () => {
    const message = await refusal(workspace.accountsSync(twin, { source: salesforce(twin, { clientSecret: secret }) }));
    expect(message).toMatch(/login/);
    expect(message).toMatch(/check clientId, clientSecret/);
  });

  test('an object that is not there is named', async () => {
    expect(await refusal(workspace.accountsSync(twin, { sourceObject: 'Acount' }))).toMatch(/Acount/);
  });

  test('a field that is not there is named with its place, and the one that is meant', async () => {
    const sync = workspace.accountsSync(twin);
    sync.fieldMappings[1]!.source = 'Nmae';
    expect(await refusal(sync)).toMatch(/^fieldMappings\[1\]\.source: .*Nmae.*Name/);
  });

  test('a column that is not there is named', async () => {
    sqlite(workspace.target, 'CREATE TABLE accounts (id TEXT PRIMARY KEY, name TEXT);');
    expect(await refusal(workspace.accountsSync(twin))).toMatch(/fieldMappings\[2\]\.target: .*phone/);
  });

  test('a table that is not there is named, with the fix', async () => {
    sqlite(workspace.target, 'CREATE TABLE other (id TEXT PRIMARY KEY);');
    const target = { type: 'sqlite', config: { path: workspace.target } };
    expect(await refusal(workspace.accountsSync(twin, { target }))).toMatch(/no table "accounts".*other/);
  });

  test('a database file that is not there, or is none, is named', async () => {
    const target = (name: string) => ({ type: 'sqlite', config: { path: workspace.path(name) } });
    expect(await refusal(workspace.accountsSync(twin, { target: target('nowhere.db') }))).toMatch(/nowhere\.db/);
    workspace.write('picture.db', 'this is not a database, whatever its name says'.repeat(100));
    expect(await refusal(workspace.accountsSync(twin, { target: target('picture.db') }))).toMatch(/picture\.db/);
  });

  test('a read-only field of the target is named', async () => {
    const source = workspace.path('source.db');
    sqlite(source, "CREATE TABLE people (id TEXT PRIMARY KEY, name TEXT); INSERT INTO people VALUES ('a', 'Ann');");
    const sync: SyncFile = {
      id: 'people',
      source: { type: 'sqlite', config: { path: source } },
      target: salesforce(twin, { externalIdField: 'Ext__c' }),
      sourceObject: 'people',
      targetObject: 'Account',
      fieldMappings: [
        { source: 'id', target: 'Ext__c', required: true },
        { source: 'name', target: 'Name', required: true },
        { source: 'name', target: 'CreatedDate' },
      ],
    };
    expect(await refusal(sync)).toMatch(/fieldMappings\[2\]\.target: .*CreatedDate/);
  });

  test('a text that cannot be a number is told before anything is written', async () => {
    sqlite(workspace.target, 'CREATE TABLE accounts (id TEXT PRIMARY KEY, name TEXT, phone INTEGER);');
    const message = await refusal(workspace.accountsSync(twin));
    expect(message).toMatch(/fieldMappings\[2\].*phone/i);
    expect(sqlite(workspace.target, 'SELECT count(*) FROM accounts;')).toBe('0');
  });
});

test('a home folder that cannot be made is named', async () => {
  workspace.write('state', 'a file where the folder should be');
  expect(await refusal(workspace.accountsSync(twin))).toMatch(/state/);
});

test('a wrong encryption key is named, and not shown', async () => {
  workspace.env['ENCRYPTION_KEY'] = 'dG9vIHNob3J0';
  const message = await refusal(workspace.accountsSync(twin));
  expect(message).toMatch(/32 bytes/);
  expect(message).not.toContain('dG9vIHNob3J0');
});
