import { startTwin } from '../support/twin';
import { type Host, startHost, syncNode, webhook } from './support/host';

let host: Host;
const app = { clientId: 'twin-client', environment: 'production' };

beforeAll(async () => {
  const twin = await startTwin(['--objects', 'Account=3000']);
  const overwrites = { salesforceOAuth2Api: { accessTokenUrl: `${twin.url}/services/oauth2/token` } };
  host = await startHost(twin, { CREDENTIALS_OVERWRITE_DATA: JSON.stringify(overwrites) });
}, 600_000);

afterEach(() => host.twin.clearFaults());

afterAll(() => host.stop());

async function run(name: string, authentication: string, type: string, credential: { id: string; name: string }) {
  const node = {
    ...syncNode(host, host.file(`${name}.db`), { authentication }),
    credentials: { [type]: credential },
  };
  const id = await host.n8n.workflow(name, [webhook(name), node]);
  await host.n8n.activate(id);
  return host.n8n.webhook(name);
}

it('lets n8n log in with its own JWT credential, and again when the session ends in the middle of a run', async () => {
  const privateKey = await (await fetch(`${host.twin.url}/__twin/jwt-key`)).text();
  const data = { ...app, username: 'admin@twin.test', privateKey, myDomainUrl: host.twin.url };
  const credential = await host.n8n.credential('salesforceJwtApi', data);
  await host.twin.resetCalls();
  await host.twin.faults({ kind: 'expire_tokens', match: 'ORDER BY', after: 1 });
  const { body } = await run('jwt', 'jwt', 'salesforceJwtApi', credential);
  expect(body[0]).toMatchObject({ status: 'succeeded', created: 3000 });
  const { tokenCalls, faultsFired } = await host.twin.stats();
  expect(faultsFired).toEqual({ expire_tokens: 1 });
  expect(tokenCalls).toBe(2);
});

it('lets n8n refresh its own OAuth2 credential, and keep the refresh token that replaces the old one', async () => {
  await host.twin.control('POST', 'options', { rotateRefreshToken: true });
  const token = { access_token: 'ended-long-ago', refresh_token: 'twin-refresh', instance_url: host.twin.url };
  const data = { ...app, clientSecret: 'twin-secret', oauthTokenData: token };
  const made = await host.n8n.rest('POST', '/rest/credentials', { name: 'OAuth', type: 'salesforceOAuth2Api', data });
  const credential = { id: made.data.id, name: 'OAuth' };
  await host.twin.resetCalls();
  const first = await run('oauth', 'oAuth2', 'salesforceOAuth2Api', credential);
  expect(first.body[0]).toMatchObject({ status: 'succeeded', created: 3000 });
  expect((await host.twin.stats()).tokenCalls).toBe(1);

  // The first refresh token is void now. A second refresh works only if n8n has kept what replaced it.
  await host.twin.faults({ kind: 'expire_tokens' });
  const second = await host.n8n.webhook('oauth');
  expect(second.body[0]).toMatchObject({ status: 'succeeded', mode: 'incremental' });
  expect((await host.twin.stats()).tokenCalls).toBe(2);
});

it('says that a credential has to be connected, when nobody has', async () => {
  const credential = await host.n8n.credential('salesforceOAuth2Api', { ...app, clientSecret: 'twin-secret' });
  const node = { ...syncNode(host, host.file('open.db'), { authentication: 'oAuth2' }) };
  const id = await host.n8n.workflow('open', [
    webhook('open'),
    { ...node, credentials: { salesforceOAuth2Api: credential } },
  ]);
  await host.n8n.activate(id);
  expect((await host.n8n.webhook('open')).status).toBe(500);
  const { error } = (await host.n8n.executions(id)).at(-1).data.resultData;
  expect(error.message).toContain('not connected to Salesforce yet');
  expect(error.httpCode).toBe('401');
});
