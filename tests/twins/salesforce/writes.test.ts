/** The rules for writes. */
import { DATA, TwinClient } from './test_client';

let twin: TwinClient;

beforeAll(async () => {
  twin = await TwinClient.start({ objects: { Account: 50 } });
});
afterAll(() => twin.close());

describe('writes', () => {
  const upsert = (records: object[]) =>
    twin.call('PATCH', `${DATA}/composite/sobjects/Account/Ext__c`, {
      allOrNone: false,
      records: records.map((record) => ({ attributes: { type: 'Account' }, ...record })),
    });

  test('each rule has its code', async () => {
    const cases: [object, string][] = [
      [{ Name: 'x'.repeat(256) }, 'STRING_TOO_LONG'],
      [{ Industry: 'Nope' }, 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST'],
      [{ ParentId: 'short' }, 'MALFORMED_ID'],
      [{ ParentId: '001xx000003zzzzAAA' }, 'INVALID_CROSS_REFERENCE_KEY'],
      [{ Nope__c: 1 }, 'INVALID_FIELD'],
      [{ CreatedDate: '2026-01-01' }, 'INVALID_FIELD_FOR_INSERT_UPDATE'],
      [{ NumberOfEmployees: 'many' }, 'INVALID_TYPE_ON_FIELD_IN_RECORD'],
      [{ AnnualRevenue: '1e17' }, 'NUMBER_OUTSIDE_VALID_RANGE'],
      [{ Parent: { Ext__c: 'none' } }, 'INVALID_FIELD'],
      [{ Name: null }, 'REQUIRED_FIELD_MISSING'],
    ];
    const { body } = await upsert(cases.map(([fields], i) => ({ Ext__c: `T-rule-${i}`, Name: 'ok', ...fields })));
    expect(body.map((result: any) => result.errors[0]?.statusCode)).toEqual(cases.map(([, code]) => code));
    const email = await twin.call('POST', `${DATA}/sobjects/Contact`, { LastName: 'x', Email: 'not an address' });
    expect(email.body[0].errorCode).toBe('INVALID_EMAIL_ADDRESS');
  });

  test('18 digits go in and come out unchanged', async () => {
    const records =
      '{"attributes":{"type":"Account"},"Ext__c":"T-digits","Name":"x","AnnualRevenue":1234567890123456.78}';
    await twin.call('PATCH', `${DATA}/composite/sobjects/Account/Ext__c`, `{"records":[${records}]}`);
    const { text } = await twin.query("SELECT AnnualRevenue FROM Account WHERE Ext__c = 'T-digits'");
    expect(text).toContain('"AnnualRevenue":1234567890123456.78');
  });

  test('the same external id twice in one call fails both rows and writes nothing', async () => {
    const { body } = await upsert([
      { Ext__c: 'T-twice', Name: 'a' },
      { Ext__c: 'T-TWICE', Name: 'b' },
    ]);
    expect(body.map((result: any) => result.errors[0].statusCode)).toEqual(['DUPLICATE_VALUE', 'DUPLICATE_VALUE']);
    expect((await twin.query("SELECT Id FROM Account WHERE Ext__c = 'T-twice'")).body.totalSize).toBe(0);
  });

  test('composite passes ids on by reference and takes all back when one fails', async () => {
    const steps = (lastName: string) => [
      {
        method: 'POST',
        url: `${DATA}/sobjects/Account`,
        referenceId: 'a',
        body: { Name: 'Parent', Ext__c: `T-c-${lastName}` },
      },
      {
        method: 'POST',
        url: `${DATA}/sobjects/Contact`,
        referenceId: 'c',
        body: { LastName: lastName, AccountId: '@{a.id}' },
      },
      { method: 'GET', url: `${DATA}/query?q=SELECT+Account.Name+FROM+Contact+WHERE+Id='@{c.id}'`, referenceId: 'q' },
    ];
    const good = await twin.call('POST', `${DATA}/composite`, { allOrNone: true, compositeRequest: steps('Child') });
    expect(good.body.compositeResponse.map((one: any) => one.httpStatusCode)).toEqual([201, 201, 200]);
    expect(good.body.compositeResponse[2].body.records[0].Account.Name).toBe('Parent');
    await twin.call('POST', `${DATA}/composite`, { allOrNone: true, compositeRequest: steps('') });
    expect((await twin.query("SELECT Id FROM Account WHERE Ext__c = 'T-c-'")).body.totalSize).toBe(0);
  });

  test('If-Unmodified-Since refuses a row that changed later', async () => {
    const { body } = await twin.query('SELECT Id FROM Account LIMIT 1');
    const url = `${DATA}/sobjects/Account/${body.records[0].Id}`;
    const since = { 'if-unmodified-since': new Date('2001-01-01').toUTCString() };
    expect((await twin.call('PATCH', url, { Phone: '1' }, since)).status).toBe(412);
    expect((await twin.call('PATCH', url, { Phone: '1' })).status).toBe(204);
  });
});
