/** The generated data and the queries over it. */
import { startSalesforceTwin } from './index';
import { TwinClient, lines } from './test_client';

let twin: TwinClient;

beforeAll(async () => {
  twin = await TwinClient.start({ objects: { Account: 6000, Contact: 600 }, seed: 3, nul: true });
});
afterEach(() => twin.call('DELETE', '/__twin/faults'));
afterAll(() => twin.close());

describe('data', () => {
  test('the same seed gives the same rows, another seed gives others', async () => {
    const [same, other] = await Promise.all(
      [3, 4].map((seed) => startSalesforceTwin({ objects: { Account: 50 }, seed })),
    );
    const texts = await Promise.all(
      [same!, other!].map(async ({ url }) => (await fetch(`${url}/__twin/dump/Account`)).text()),
    );
    const again = await startSalesforceTwin({ objects: { Account: 50 }, seed: 3 });
    expect(await (await fetch(`${again.url}/__twin/dump/Account`)).text()).toBe(texts[0]);
    expect(texts[1]).not.toBe(texts[0]);
    await Promise.all([same!.close(), other!.close(), again.close()]);
  });

  test('holds what careless readers damage: 18 digits, NUL, look-alikes of null, masses of equal stamps', async () => {
    const { text } = await twin.call('GET', '/__twin/dump/Account');
    expect(text).toMatch(/"AnnualRevenue":\d{16}\.\d{2}[,}]/);
    const rows = lines(text);
    expect(rows.some((row) => row.Description?.includes('\0'))).toBe(true);
    expect(rows.some((row) => row.Description === '#N/A')).toBe(true);
    expect(rows.some((row) => row.Description?.includes('\n') && row.Description.includes('"'))).toBe(true);
    const perStamp = new Map<string, number>();
    for (const row of rows) perStamp.set(row.SystemModstamp, (perStamp.get(row.SystemModstamp) ?? 0) + 1);
    expect(Math.max(...perStamp.values())).toBeGreaterThan(2000);
  });
});

describe('queries', () => {
  test('a keyset walk over (SystemModstamp, Id) sees every row once, ties of thousands included', async () => {
    let stamp = '2000-01-01T00:00:00Z';
    let id = '000000000000000AAA';
    const seen: string[] = [];
    for (;;) {
      const { body } = await twin.query(
        `SELECT Id, SystemModstamp FROM Account WHERE (SystemModstamp > ${stamp} OR (SystemModstamp = ${stamp} ` +
          `AND Id > '${id}')) AND SystemModstamp < 2026-12-01T00:00:00Z ORDER BY SystemModstamp, Id LIMIT 700`,
      );
      seen.push(...body.records.map((row: { Id: string }) => row.Id));
      if (body.records.length < 700) break;
      const last = body.records.at(-1);
      stamp = last.SystemModstamp.replace('+0000', 'Z');
      id = last.Id;
    }
    const truth = (await twin.dump('Account')).filter((row) => !row.IsDeleted).map((row) => row.Id);
    expect(seen).toHaveLength(truth.length);
    expect([...seen].sort()).toEqual([...truth].sort());
  });

  test('conditions agree with a plain filter over the dump', async () => {
    const rows = (await twin.dump('Account')).filter((row) => !row.IsDeleted);
    const cases: [string, (row: any) => boolean][] = [
      [
        "Industry IN ('Energy','Retail') AND Active__c = true",
        (r) => ['Energy', 'Retail'].includes(r.Industry) && r.Active__c,
      ],
      ["NOT (Rating = 'Hot' OR Rating = null)", (r) => r.Rating !== 'Hot' && r.Rating !== null],
      ["Rating != 'Hot'", (r) => r.Rating !== 'Hot'],
      [
        "Tags__c INCLUDES ('Key;EU','Trial')",
        (r) => {
          const tags = (r.Tags__c ?? '').split(';');
          return (tags.includes('Key') && tags.includes('EU')) || tags.includes('Trial');
        },
      ],
      ["Name LIKE 'o\\'brien%inc._'", (r) => /^o'brien.*inc\..$/i.test(r.Name)],
      ["Name LIKE '%labs%'", (r) => /labs/i.test(r.Name)],
      ['NumberOfEmployees >= 49000', (r) => r.NumberOfEmployees !== null && r.NumberOfEmployees >= 49_000],
      ['AnnualRevenue > 9000000000000000', (r) => r.AnnualRevenue > 9e15],
      ['Founded__c < 1901-06-01', (r) => r.Founded__c !== null && r.Founded__c < '1901-06-01'],
      ['ParentId != null', (r) => r.ParentId !== null],
    ];
    for (const [where, keep] of cases) {
      const { body } = await twin.query(`SELECT COUNT() FROM Account WHERE ${where}`);
      expect([where, body.totalSize]).toEqual([where, rows.filter(keep).length]);
    }
  });

  test.each([
    ['SELECT Nope FROM Account', 'INVALID_FIELD'],
    ['SELECT Id FROM Nope', 'INVALID_TYPE'],
    ['SELECT Id FROM', 'MALFORMED_QUERY'],
    ["SELECT Id FROM Account WHERE Name = 'a' AND Phone = 'b' OR Phone = 'c'", 'MALFORMED_QUERY'],
    ["SELECT Id FROM Account WHERE SystemModstamp > '2026-01-01T00:00:00Z'", 'INVALID_FIELD'],
    ["SELECT Id FROM Account WHERE Description = 'x'", 'INVALID_FIELD'],
    ['SELECT Id FROM Account ORDER BY Tags__c', 'MALFORMED_QUERY'],
    ["SELECT Id FROM Account WHERE Id = 'nonsense'", 'INVALID_QUERY_FILTER_OPERATOR'],
    ['SELECT Id FROM Account OFFSET 2001', 'NUMBER_OUTSIDE_VALID_RANGE'],
    ['SELECT FIELDS(ALL) FROM Account', 'MALFORMED_QUERY'],
  ])('%s is refused with %s', async (soql, code) => {
    const { status, body } = await twin.query(soql);
    expect([status, body[0].errorCode]).toEqual([400, code]);
  });

  test('a locator dies after two days of the org clock and when a fault says so', async () => {
    const first = await twin.query('SELECT Id FROM Account');
    expect((await twin.call('GET', first.body.nextRecordsUrl)).body.records).toHaveLength(2000);
    await twin.faults({ kind: 'locator_expired', match: '/query/' });
    expect((await twin.call('GET', first.body.nextRecordsUrl)).body[0].errorCode).toBe('INVALID_QUERY_LOCATOR');
    expect((await twin.call('GET', first.body.nextRecordsUrl)).body[0].errorCode).toBe('INVALID_QUERY_LOCATOR');
    const second = await twin.query('SELECT Id FROM Account');
    await twin.control('clock', { advanceSeconds: 172_801 });
    await twin.logIn();
    expect((await twin.call('GET', second.body.nextRecordsUrl)).body[0].errorCode).toBe('INVALID_QUERY_LOCATOR');
    await twin.control('clock', { advanceSeconds: -172_801 });
  });

  test('column metadata describes parents, children and aggregates, as the Salesforce CLI asks for it', async () => {
    const soql = 'SELECT Id, Name, Owner.Name, (SELECT LastName FROM Contacts) FROM Account';
    const { body } = await twin.call('GET', `/services/data/v60.0/query?columns=true&q=${encodeURIComponent(soql)}`);
    expect(body).toMatchObject({ entityName: 'Account', keyPrefix: '001', idSelected: true, groupBy: false });
    const names = body.columnMetadata.map((column: any) => [column.columnName, column.apexType, column.aggregate]);
    expect(names.slice(0, 3)).toEqual([
      ['Id', 'Id', false],
      ['Name', 'String', false],
      ['Owner.Name', 'String', false],
    ]);
    expect(body.columnMetadata[3]).toMatchObject({ aggregate: true, joinColumns: [{ columnName: 'LastName' }] });
  });

  test('aggregates agree with the dump', async () => {
    const { body } = await twin.query(
      'SELECT Rating, COUNT(Id) n, MIN(Founded__c) oldest, MAX(NumberOfEmployees) most, SUM(NumberOfEmployees) ' +
        'FROM Account GROUP BY Rating',
    );
    const rows = (await twin.dump('Account')).filter((row) => !row.IsDeleted);
    expect(body.records).toHaveLength(4);
    for (const record of body.records) {
      const group = rows.filter((row) => row.Rating === record.Rating);
      const staff = group.map((row) => Number(row.NumberOfEmployees ?? 0));
      const founded = group.map((row) => row.Founded__c).filter((date) => date !== null);
      expect(record).toMatchObject({
        n: group.length,
        oldest: founded.sort()[0],
        most: Math.max(...staff),
        expr0: staff.reduce((a, b) => a + b, 0),
      });
    }
  });

  test('a formula over the parent changes without a new stamp on the child', async () => {
    const soql =
      'SELECT Id, SystemModstamp, AccountIndustry__c, AccountId FROM Contact WHERE AccountId != null LIMIT 1';
    const before = (await twin.query(soql)).body.records[0];
    const Industry = before.AccountIndustry__c === 'Energy' ? 'Retail' : 'Energy';
    await twin.control('mutate', { object: 'Account', updateIds: [before.AccountId], set: { Industry } });
    const after = (await twin.query(`${soql.split(' WHERE ')[0]} WHERE Id = '${before.Id}'`)).body.records[0];
    expect(after).toMatchObject({ SystemModstamp: before.SystemModstamp, AccountIndustry__c: Industry });
  });

  test('a long child list has pages of its own', async () => {
    const parent = (await twin.query('SELECT Id FROM Account LIMIT 1')).body.records[0].Id;
    const children = (await twin.query('SELECT Id FROM Contact LIMIT 230')).body.records;
    await twin.control('mutate', {
      object: 'Contact',
      updateIds: children.map((row: { Id: string }) => row.Id),
      set: { AccountId: parent },
    });
    const { body } = await twin.query(`SELECT Id, (SELECT Id FROM Contacts) FROM Account WHERE Id = '${parent}'`);
    const list = body.records[0].Contacts;
    expect(list.totalSize).toBeGreaterThanOrEqual(230);
    expect(list.done).toBe(false);
    const rest = await twin.call('GET', list.nextRecordsUrl);
    expect([...list.records, ...rest.body.records]).toHaveLength(list.totalSize);
  });
});
