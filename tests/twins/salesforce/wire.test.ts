/** What every call has in common: versions, paths, headers, limits. */
import { DATA, TwinClient } from './test_client';

let twin: TwinClient;

beforeAll(async () => {
  twin = await TwinClient.start({ objects: { Account: 5 } });
});
afterAll(() => twin.close());

describe('the wire', () => {
  test('versions are offered in order, old ones are gone', async () => {
    const { body } = await twin.call('GET', '/services/data');
    expect(body.map((one: any) => one.version)).toEqual([
      '58.0',
      '59.0',
      '60.0',
      '61.0',
      '62.0',
      '63.0',
      '64.0',
      '65.0',
      '66.0',
    ]);
    expect(body.at(-1)).toEqual({ label: "Spring '26", url: '/services/data/v66.0', version: '66.0' });
    expect((await twin.call('GET', '/services/data/v57.0/limits')).status).toBe(410);
    expect((await twin.call('GET', '/services/data/v99.0/limits')).status).toBe(404);
  });

  test('double slashes, the case of object names and + for a space do not matter', async () => {
    expect((await twin.call('GET', `/${DATA}//sobjects/aCCount/describe`)).body.name).toBe('Account');
    expect(
      (await twin.call('GET', `${DATA}/query?q=SELECT+Id+FROM+account+LIMIT+1`)).body.records[0].attributes.type,
    ).toBe('Account');
  });

  test('the limit header comes with and without the part of the app, and is absent from bulk calls', async () => {
    const headers = [];
    for (let i = 0; i < 2; i++)
      headers.push((await twin.query('SELECT Id FROM User LIMIT 1')).headers.get('sforce-limit-info')!);
    expect(headers.filter((text) => text.includes('per-app-api-usage='))).toHaveLength(1);
    expect(headers.every((text) => /^api-usage=\d+\/\d+/.test(text))).toBe(true);
    expect((await twin.call('GET', `${DATA}/jobs/query`)).headers.get('sforce-limit-info')).toBeNull();
  });

  test('headers of more than 16 KB are answered with an HTML page', async () => {
    const { status, text } = await twin.call('GET', `${DATA}/limits`, undefined, { 'x-long': 'x'.repeat(17_000) });
    expect([status, text]).toEqual([431, expect.stringContaining('Bad Message 431')]);
  });

  test('every further call is refused once the daily limit is used up', async () => {
    await twin.control('options', { apiLimit: 1 });
    expect((await twin.query('SELECT Id FROM User')).body).toEqual([
      { message: 'TotalRequests Limit exceeded.', errorCode: 'REQUEST_LIMIT_EXCEEDED' },
    ]);
    await twin.control('options', { apiLimit: 1_000_000 });
  });
});
