/** Ordered faults: each strikes as often as ordered, in the shape Salesforce uses, and then no more. */
import { DATA, TwinClient } from './test_client';

let twin: TwinClient;

beforeAll(async () => {
  twin = await TwinClient.start({ objects: { Account: 2100 } });
});
afterEach(() => twin.call('DELETE', '/__twin/faults'));
afterAll(() => twin.close());

describe('faults', () => {
  const soql = 'SELECT Id, Name FROM Account LIMIT 200';

  test.each([
    [{ kind: '401' }, 401, 'INVALID_SESSION_ID'],
    [{ kind: 'request_limit' }, 403, 'TotalRequests'],
    [{ kind: 'concurrent_limit' }, 403, 'ConcurrentRequests'],
    [{ kind: '503' }, 503, 'SERVER_UNAVAILABLE'],
    [{ kind: '500' }, 500, 'UNKNOWN_EXCEPTION'],
    [{ kind: 'html', status: 420 }, 420, 'setting things up'],
    [{ kind: 'xml', status: 500 }, 500, '<errorCode>'],
    [{ kind: 'query_timeout' }, 400, 'QUERY_TIMEOUT'],
  ])('%j strikes once', async (fault, status, text) => {
    await twin.faults(fault);
    const struck = await twin.query(soql);
    expect(struck.status).toBe(status);
    expect(struck.text).toContain(text);
    expect((await twin.query(soql)).status).toBe(200);
  });

  test('an answer without body, an OAuth error and a session that ends at the third query', async () => {
    await twin.faults({ kind: 'empty' }, { kind: 'oauth_error', match: 'oauth2/token' });
    expect(await twin.query(soql)).toMatchObject({ status: 406, text: '' });
    expect((await twin.grant({ grant_type: 'client_credentials' })).body.error).toBe('invalid_grant');
    await twin.faults({ kind: 'expire_tokens', match: '/query', after: 2 });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await twin.query(soql)).status);
    expect(statuses).toEqual([200, 200, 401]);
    await twin.logIn();
  });

  test('429 comes with and without Retry-After, after two calls that pass', async () => {
    await twin.faults({ kind: '429', retryAfter: 7, after: 2 }, { kind: '429', after: 2 });
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push(await twin.query(soql));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429, 200]);
    expect(answers[2]!.headers.get('retry-after')).toBe('7');
  });

  test('an answer lost after the effect leaves the effect', async () => {
    const insert = (key: string) => twin.call('POST', `${DATA}/sobjects/Account`, { Name: 'Lost answer', Ext__c: key });
    const count = async (key: string) =>
      (await twin.query(`SELECT Id FROM Account WHERE Ext__c = '${key}'`)).body.totalSize;
    await twin.faults({ kind: 'cut', when: 'before', match: 'POST' });
    await expect(insert('T-cut-before')).rejects.toThrow();
    expect(await count('T-cut-before')).toBe(0);
    await twin.faults({ kind: 'cut', when: 'after', match: 'POST' });
    await expect(insert('T-cut-after')).rejects.toThrow();
    expect(await count('T-cut-after')).toBe(1);
    await twin.faults({ kind: '500', when: 'after', match: 'POST' });
    expect((await insert('T-500-after')).status).toBe(500);
    expect(await count('T-500-after')).toBe(1);
  });

  test('bodies break off: cut, truncated gzip, half a JSON text', async () => {
    await twin.faults({ kind: 'cut', when: 'body', bytes: 300 });
    await expect(twin.query(soql)).rejects.toThrow();
    for (const kind of ['truncated_gzip', 'bad_json']) {
      await twin.faults({ kind });
      const half = await twin.query(soql);
      expect([kind, half.status, half.headers.get('content-encoding'), half.body]).toEqual([kind, 200, 'gzip', null]);
    }
    const job = (
      await twin.call('POST', `${DATA}/jobs/query`, { operation: 'query', query: 'SELECT Id, Name FROM Account' })
    ).body;
    await new Promise((resolve) => setTimeout(resolve, 30));
    await twin.faults({ kind: 'cut', when: 'body', bytes: 5000, match: '/results' });
    await expect(twin.call('GET', `${DATA}/jobs/query/${job.id}/results`)).rejects.toThrow();
    expect((await twin.call('GET', `${DATA}/jobs/query/${job.id}/results`)).text.split('\n').length).toBeGreaterThan(
      2000,
    );
  });

  test('an endless body goes on until the client hangs up', async () => {
    await twin.faults({ kind: 'endless' });
    const response = await fetch(`${twin.url}${DATA}/limits`, { headers: { authorization: `Bearer ${twin.token}` } });
    let bytes = 0;
    for await (const chunk of response.body!) {
      bytes += (chunk as Uint8Array).length;
      if (bytes > 5_000_000) break;
    }
    expect(bytes).toBeGreaterThan(5_000_000);
  });
});
