// Behind TLS: what is not trusted is not spoken to, and a server that offers HTTP/2 gets it.
import { makePrivateCa, type PrivateCa, startTlsFront, type TlsFront } from '../package/support/tls_front';
import { type Columns, expectSqliteEqualsOrg } from './support/compare';
import { type ProcessResult, temporaryFolder } from './support/processes';
import { startTwin, type Twin } from './support/twin';
import { salesforce, Workspace } from './support/workspace';

jest.setTimeout(120_000);

const accounts = 3_000;
const columns: Columns = [
  ['Id', 'id'],
  ['Name', 'name'],
  ['Phone', 'phone'],
];

const certificates = temporaryFolder();
let ca: PrivateCa;
let twin: Twin;
let front: TlsFront | undefined;
let workspace: Workspace;

beforeAll(async () => {
  ca = makePrivateCa(certificates.path);
  // Bulk results in many pages, so that there is something to fetch at once.
  twin = await startTwin(['--objects', `Account=${accounts}`, '--seed', '61']);
  await twin.control('POST', 'options', { bulkPageRows: 300 });
});
afterAll(async () => {
  await twin.stop();
  certificates.remove();
});
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(async () => {
  await front?.stop();
  front = undefined;
  workspace.remove();
});

function run(url: string, trusted?: string): Promise<ProcessResult> {
  if (trusted) workspace.env['NODE_EXTRA_CA_CERTS'] = trusted;
  const source = salesforce(twin, { loginUrl: url, bulkThreshold: 0 });
  return workspace.command('run', workspace.accountsSync(twin, { source }));
}

const expectEqual = () => expectSqliteEqualsOrg(twin, 'Account', workspace.target, 'accounts', columns);

function expectRefused({ code, json }: ProcessResult): void {
  expect(code).toBe(1);
  expect(json).toMatchObject({ status: 'failed', read: 0 });
  expect(json['error'].message).toMatch(/certificate/i);
  expect(json['error'].message).not.toContain('twin-secret');
  expect(front!.requests()).toBe(0);
}

test('a certificate of an unknown authority is refused before anything is said', async () => {
  front = await startTlsFront(twin.url, ca);
  expectRefused(await run(front.url));
});

test('a certificate of a trusted authority for another name is refused too', async () => {
  const elsewhere = temporaryFolder();
  const other = makePrivateCa(elsewhere.path, 'DNS:elsewhere.test');
  front = await startTlsFront(twin.url, other);
  expectRefused(await run(front.url, other.authority));
  elsewhere.remove();
});

test('an authority that the machine is told to trust is trusted', async () => {
  front = await startTlsFront(twin.url, ca);
  const { code, json } = await run(front.url, ca.authority);
  expect([code, json['created']]).toEqual([0, accounts]);
  expect(front.requests()).toBeGreaterThan(5);
  await expectEqual();
});

test('a server that offers HTTP/2 is read by one connection, many requests at once', async () => {
  const underWay = new Map<object, number>();
  let atOnce = 0;
  let met: () => void;
  const both = new Promise<void>((resolve) => (met = resolve));
  // The first page of results waits for the second one to be asked for.
  const before = async (path: string, connection: object | undefined) => {
    if (!connection || !path.includes('/results')) return;
    underWay.set(connection, (underWay.get(connection) ?? 0) + 1);
    atOnce = Math.max(atOnce, ...underWay.values());
    if ([...underWay.values()].reduce((sum, one) => sum + one, 0) >= 2) met();
    await both;
    underWay.set(connection, underWay.get(connection)! - 1);
  };
  front = await startTlsFront(twin.url, ca, { http2: true, before });
  const { code, json } = await run(front.url, ca.authority);
  expect([code, json['created']]).toEqual([0, accounts]);
  expect(atOnce).toBeGreaterThanOrEqual(2);
  // Those that must not be repeated have one of their own: the login and the making of the job.
  expect(front.connections()).toBeLessThanOrEqual(3);
  expect(front.requests()).toBeGreaterThan(10);
  await expectEqual();
});
