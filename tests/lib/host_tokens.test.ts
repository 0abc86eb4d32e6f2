// Logins that the program around the engine owns.
import { Engine, type ConfiguredEnd, type EngineEvent, type HostToken } from '../../lib';
import { startTwin, type Twin } from '../e2e/support/twin';
import { Workspace } from '../e2e/support/workspace';
import { errorOf } from './open_engine';

jest.setTimeout(120_000);

let twin: Twin;
let workspace: Workspace;
let engine: Engine;
let events: EngineEvent[];

beforeAll(async () => {
  twin = await startTwin(['--objects', 'Account=2500', '--seed', '22']);
});
afterAll(() => twin.stop());
beforeEach(() => {
  workspace = new Workspace();
  events = [];
  engine = new Engine({ home: workspace.home, allowLoopback: true, logLevel: 'debug' }, (event) => events.push(event));
});
afterEach(async () => {
  await twin.clearFaults();
  await engine.close();
  workspace.remove();
});

const end = (credential = 'acme'): ConfiguredEnd => ({
  type: 'salesforce',
  config: { auth: 'host', credential, instanceUrl: twin.url },
});

/** Logs in as the host would, by a flow that the engine knows nothing of. */
async function logIn(): Promise<HostToken> {
  const form = { grant_type: 'client_credentials', client_id: 'twin-client', client_secret: 'twin-secret' };
  const answer = await fetch(`${twin.url}/services/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) });
  const body = (await answer.json()) as { access_token: string; instance_url: string };
  return { accessToken: body.access_token, instanceUrl: body.instance_url };
}

const reading = { object: 'Account', fields: ['Id'], limit: 2_500 };

test('the host is asked for the first token, and again with the refused one when the session has ended', async () => {
  const asked: (string | undefined)[] = [];
  const given: string[] = [];
  engine.provideToken('acme', async ({ stale }) => {
    asked.push(stale);
    const token = await logIn();
    given.push(token.accessToken);
    return token;
  });
  await twin.faults({ kind: 'expire_tokens', match: 'ORDER BY', after: 1 });
  expect((await engine.read(end(), reading)).records).toHaveLength(2_500);
  expect(asked).toEqual([undefined, given[0]]);
  for (const secret of given) expect(JSON.stringify(events)).not.toContain(secret);
});

test('calls that need a token at once share one request to the host', async () => {
  let requests = 0;
  engine.provideToken('acme', async () => {
    requests += 1;
    const token = await logIn();
    await new Promise((resolve) => setTimeout(resolve, 200));
    return token;
  });
  const answers = await Promise.all(Array.from({ length: 5 }, () => engine.testConnection(end())));
  expect(answers.every((answer) => answer.ok)).toBe(true);
  expect(requests).toBe(1);
});

test('a host that gives the refused token again ends the call, and the token is in no message', async () => {
  const token = await logIn();
  engine.provideToken('acme', () => token);
  await twin.faults({ kind: 'expire_tokens' });
  const error = await errorOf(engine.read(end(), reading));
  expect(error).toMatchObject({ kind: 'unauthorized', field: 'credential' });
  expect(error.message).toContain('acme');
  expect(error.message).not.toContain(token.accessToken);
});

test('what the source throws is the reason of the call', async () => {
  engine.provideToken('acme', () => Promise.reject(new Error('the account was disconnected')));
  const error = await errorOf(engine.read(end(), reading));
  expect(error).toMatchObject({ kind: 'unauthorized', field: 'credential' });
  expect(error.message).toContain('the account was disconnected');
});

test.each([
  ['no text', { accessToken: 7 }],
  ['nothing', {}],
  ['no object', 'token'],
])('a source that gives %s for a token ends the call at once', async (_, token) => {
  engine.provideToken('acme', () => token as unknown as HostToken);
  expect(await errorOf(engine.read(end(), reading))).toMatchObject({ kind: 'unauthorized', field: 'credential' });
});

test('a credential without a source is refused, also after its release', async () => {
  expect((await errorOf(engine.read(end('other'), reading))).message).toContain('other');
  const release = engine.provideToken('acme', logIn);
  await engine.read(end(), { ...reading, limit: 1 });
  release();
  expect((await errorOf(engine.read(end(), reading))).kind).toBe('unauthorized');
});

test('an engine that is closed does not wait for a host that is silent', async () => {
  let asked: () => void = () => {};
  const waiting = new Promise<void>((resolve) => (asked = resolve));
  engine.provideToken('acme', () => {
    asked();
    return new Promise<HostToken>(() => {});
  });
  const reads = errorOf(engine.read(end(), reading));
  await waiting;
  await engine.close();
  expect((await reads).kind).toBe('cancelled');
});

test('a sync runs by tokens of the host', async () => {
  engine.provideToken('acme', logIn);
  const report = await engine.run(workspace.accountsSync(twin, { source: end() }));
  expect(report).toMatchObject({ status: 'succeeded', created: 2_500 });
});

test.each([
  ['credential', { credential: undefined }],
  ['instanceUrl', { instanceUrl: undefined }],
  ['authentication', { authentication: 'jwt' }],
])('host tokens with a wrong %s are refused by name', async (field, wrong) => {
  const config = { ...end().config, ...wrong };
  expect(await errorOf(engine.read({ type: 'salesforce', config }, reading))).toMatchObject({ kind: 'invalid', field });
});
