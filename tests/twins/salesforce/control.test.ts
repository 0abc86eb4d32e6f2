/** The control endpoints, and that what they order happens. */
import { DATA, TwinClient, lines } from './test_client';

let twin: TwinClient;

beforeAll(async () => {
  twin = await TwinClient.start({ objects: { Account: 3000, Invoice__c: 30 } });
});
afterEach(() => twin.call('DELETE', '/__twin/faults'));
afterAll(() => twin.close());

describe('control', () => {
  test('mutate changes what it says, with one stamp, and the ledger tells who did it', async () => {
    const before = await twin.stats();
    const report = await twin.control('mutate', {
      object: 'Account',
      insert: 5,
      update: 40,
      delete: 3,
      hardDelete: 2,
      merge: 1,
      seed: 9,
      ids: true,
    });
    expect(report).toMatchObject({ inserted: 5, updated: 40, deleted: 3, hardDeleted: 2, merged: 1 });
    const after = await twin.stats();
    expect(after.effects).toEqual(before.effects);
    expect(after.rows.Account - before.rows.Account).toBe(5 - 6);
    const rows = new Map((await twin.dump('Account')).map((row) => [row.Id, row]));
    const touched = [...report.ids.inserted, ...report.ids.updated, ...report.ids.deleted].map((id: string) =>
      rows.get(id),
    );
    expect(new Set(touched.map((row) => row.SystemModstamp)).size).toBe(1);
    expect(rows.get(report.ids.merged[0])).toMatchObject({
      IsDeleted: true,
      MasterRecordId: expect.stringMatching(/^001/),
    });
    for (const id of report.ids.hardDeleted) expect(rows.has(id)).toBe(false);
    const ledger = lines((await twin.call('GET', '/__twin/ledger?object=Account')).text);
    expect(ledger.filter((effect) => report.ids.deleted.includes(effect.id)).map(({ op, by }) => [op, by])).toEqual(
      Array(3).fill(['deleted', 'mutate']),
    );
  });

  test('late rows appear behind a cursor that has passed', async () => {
    const { ids } = await twin.control('mutate', { object: 'Account', insert: 2, lateBy: 600, ids: true });
    const row = (await twin.query(`SELECT SystemModstamp FROM Account WHERE Id = '${ids.inserted[0]}'`)).body
      .records[0];
    const age = Date.now() - Date.parse(row.SystemModstamp.replace('+0000', 'Z'));
    expect(Math.round(age / 60_000)).toBe(10);
  });

  test('the Date header and new stamps follow the org clock', async () => {
    await twin.control('clock', { advanceSeconds: 86_400 });
    await twin.logIn();
    const made = await twin.call('POST', `${DATA}/sobjects/Account`, { Name: 'Tomorrow' });
    const shift = Date.parse(made.headers.get('date')!) - Date.now();
    expect(Math.round(shift / 3_600_000)).toBe(24);
    await twin.control('clock', { advanceSeconds: -86_400 });
  });

  test('schema drift shows in describe, in 304 and in the values', async () => {
    const url = `${DATA}/sobjects/Invoice__c/describe`;
    await twin.control('clock', { advanceSeconds: 10 });
    await twin.logIn();
    const since = { 'if-modified-since': (await twin.call('GET', url)).headers.get('date')! };
    expect((await twin.call('GET', url, undefined, since)).status).toBe(304);
    await twin.control('schema', {
      object: 'Invoice__c',
      addField: { name: 'Note__c', type: 'string', length: 20 },
      removeField: 'Due__c',
    });
    await twin.control('schema', {
      object: 'Invoice__c',
      changeType: { field: 'Amount__c', type: 'string', length: 30 },
    });
    const changed = await twin.call('GET', url, undefined, since);
    expect(changed.status).toBe(200);
    const types = Object.fromEntries(changed.body.fields.map((f: any) => [f.name, f.type]));
    expect(types).toMatchObject({ Note__c: 'string', Amount__c: 'string' });
    expect(types).not.toHaveProperty('Due__c');
    const row = (await twin.query('SELECT Note__c, Amount__c FROM Invoice__c LIMIT 1')).body.records[0];
    expect(row).toMatchObject({ Note__c: null, Amount__c: expect.stringMatching(/^\d+/) });
    expect((await twin.query('SELECT Due__c FROM Invoice__c')).body[0].errorCode).toBe('INVALID_FIELD');
    await twin.control('clock', { advanceSeconds: -10 });
  });

  test('getUpdated and getDeleted keep to their windows and to latestDateCovered', async () => {
    await twin.control('options', { coveredLagSeconds: 7200 });
    const { ids } = await twin.control('mutate', { object: 'Account', update: 3, hardDelete: 2, seed: 21, ids: true });
    const time = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
    const ask = (kind: string, start: string, end: string) =>
      twin.call(
        'GET',
        `${DATA}/sobjects/account/${kind}/?start=${encodeURIComponent(start)}&end=${encodeURIComponent(end)}`,
      );
    const updated = (await ask('updated', time(-3600), time(120))).body;
    expect(updated.ids).toEqual(expect.arrayContaining(ids.updated));
    const lag = Date.now() - Date.parse(updated.latestDateCovered.replace('+0000', 'Z'));
    expect(Math.round(lag / 3_600_000)).toBe(2);
    const deleted = (await ask('deleted', time(-3600), time(120))).body.deletedRecords.map((row: any) => row.id);
    expect(deleted).toEqual(expect.arrayContaining(ids.hardDeleted));
    for (const [start, end] of [
      [-40 * 86_400, 0],
      [60, 0],
    ] as const) {
      expect((await ask('updated', time(start), time(end))).body[0].errorCode).toBe('INVALID_REPLICATION_DATE');
    }
    await twin.control('options', { coveredLagSeconds: 0 });
  });

  test('a bad order is refused with the reason', async () => {
    expect(await twin.faults({ kind: 'nope' })).toMatchObject({
      error: expect.stringContaining('unknown fault kind nope'),
    });
    expect(await twin.faults({ kind: '429', cuont: 1 })).toEqual({ error: 'fault 429: unknown key cuont' });
    expect(await twin.control('options', { port: 1 })).toEqual({ error: 'unknown option port' });
  });

  test('the client id of Sforce-Call-Options is counted', async () => {
    await twin.call('GET', `${DATA}/limits`, undefined, {
      'sforce-call-options': 'client=data-sync, defaultNamespace=x',
    });
    expect((await twin.stats()).byClient['data-sync']).toBe(1);
  });
});
