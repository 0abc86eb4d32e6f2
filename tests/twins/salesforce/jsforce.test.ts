/**
 * Proof of the twin by software that was not written for it: jsforce logs in, queries, writes and runs bulk jobs
 * against it. What jsforce cannot do here, our connector cannot be tested on.
 */
import { Connection, OAuth2 } from 'jsforce';
import { startSalesforceTwin, type SalesforceTwin } from './index';

const VERSION = '64.0';
const PASSWORD = 'twin-passwordtwin-token';
const ACCOUNTS = 5500;

let twin: SalesforceTwin;
let org: Connection;

const oauth2 = () => ({ clientId: 'twin-client', clientSecret: 'twin-secret', loginUrl: twin.url });
const connection = () => new Connection({ version: VERSION, instanceUrl: twin.url, oauth2: oauth2(), maxRequest: 4 });

async function effects(object: string): Promise<Record<string, number>> {
  const response = await fetch(`${twin.url}/__twin/stats`);
  const stats = (await response.json()) as { effects: Record<string, Record<string, number>> };
  return stats.effects[object] ?? { inserted: 0, updated: 0, deleted: 0 };
}

beforeAll(async () => {
  twin = await startSalesforceTwin({
    objects: { Account: ACCOUNTS, Contact: 300, Invoice__c: 20 },
    seed: 7,
    bulkDelayMs: 5,
  });
  org = connection();
  await org.authorize({ grant_type: 'client_credentials' });
});

afterAll(() => twin.close());

describe('jsforce logs in', () => {
  test('with user name and password over OAuth 2.0 and learns who it is', async () => {
    const fresh = connection();
    const user = await fresh.login('admin@twin.test', PASSWORD);
    expect(user.organizationId).toMatch(/^00D\w{15}$/);
    const identity = await fresh.identity();
    expect(identity.username).toBe('admin@twin.test');
    expect(identity.user_id).toBe(user.id);
  });

  test('over SOAP, and is refused with a wrong password', async () => {
    const fresh = new Connection({ version: VERSION, loginUrl: twin.url });
    // Without OAuth settings login() speaks SOAP.
    const user = await fresh.login('admin@twin.test', PASSWORD);
    expect(user.id).toMatch(/^005\w{15}$/);
    expect((await fresh.query('SELECT Id FROM Account LIMIT 1')).totalSize).toBe(1);
    await expect(fresh.login('admin@twin.test', 'wrong')).rejects.toThrow(/Invalid username, password/);
  });

  test('is refused over OAuth 2.0 with the error Salesforce gives', async () => {
    await expect(connection().login('admin@twin.test', 'wrong')).rejects.toThrow('authentication failure');
  });

  test('with a refresh token, and refreshes by itself when the session has expired', async () => {
    const fresh = new Connection({
      version: VERSION,
      instanceUrl: twin.url,
      oauth2: new OAuth2(oauth2()),
      refreshToken: 'twin-refresh',
      accessToken: 'expired',
    });
    let refreshed = 0;
    fresh.on('refresh', () => refreshed++);
    expect((await fresh.query('SELECT COUNT() FROM Contact')).totalSize).toBe(300);
    expect(refreshed).toBe(1);
  });
});

describe('jsforce reads', () => {
  test('every row of a query over many pages with autoFetch', async () => {
    const rows = await org.query<{ Id: string }>('SELECT Id, Name FROM Account', {
      autoFetch: true,
      maxFetch: 100_000,
    });
    expect(rows.totalSize).toBe(ACCOUNTS);
    expect(new Set(rows.records.map((row) => row.Id)).size).toBe(ACCOUNTS);
  });

  test('pages of the size it asks for', async () => {
    const page = await org.query('SELECT Id FROM Account', {
      autoFetch: false,
      headers: { 'Sforce-Query-Options': 'batchSize=250' },
    });
    expect(page.records).toHaveLength(250);
    expect(page.done).toBe(false);
    const next = await org.queryMore(page.nextRecordsUrl!);
    expect(next.records).toHaveLength(250);
  });

  test('parents, children, aggregates and sorted text', async () => {
    const contacts = await org.query<{ Name: string; Account: { Name: string; Owner: { Name: string } } | null }>(
      'SELECT Name, Account.Name, Account.Owner.Name FROM Contact WHERE AccountId != null ORDER BY Name DESC LIMIT 50',
    );
    const names = contacts.records.map((row) => row.Name.toLowerCase());
    expect([...names].sort().reverse()).toEqual(names);
    expect(contacts.records[0]!.Account!.Owner.Name).toEqual(expect.any(String));
    const parents = await org.query<{ Contacts: { totalSize: number; records: { AccountId: string }[] } }>(
      'SELECT Id, (SELECT Id, AccountId FROM Contacts) FROM Account WHERE Id IN (SELECT AccountId FROM Contact)',
    );
    const children = parents.records.map((row) => row.Contacts.totalSize).reduce((a, b) => a + b, 0);
    const linked = await org.query<{ n: number }>('SELECT COUNT(Id) n FROM Contact WHERE AccountId != null');
    expect(children).toBe(linked.records[0]!.n);
  });

  test('with its query builder, conditions and dates', async () => {
    const found = await org
      .sobject('Account')
      .find(
        { Industry: { $in: ['Energy', 'Retail'] }, AnnualRevenue: { $gt: 1000 }, Name: { $like: 'Acme%' } },
        'Id, Name, Industry, AnnualRevenue',
      )
      .sort({ AnnualRevenue: -1 })
      .limit(5);
    expect(found.length).toBeGreaterThan(0);
    for (const row of found) expect(row['Name']).toMatch(/^Acme/);
    const amounts = found.map((row) => Number(row['AnnualRevenue']));
    expect([...amounts].sort((a, b) => b - a)).toEqual(amounts);
  });

  test('deleted rows only through queryAll', async () => {
    const made = await org.sobject('Account').create({ Name: 'To be deleted', Ext__c: 'J-deleted' });
    await org.sobject('Account').destroy(made.id!);
    const soql = "SELECT Id, IsDeleted FROM Account WHERE Ext__c = 'J-deleted'";
    expect((await org.query(soql)).totalSize).toBe(0);
    const all = await org.query<{ IsDeleted: boolean }>(soql, { scanAll: true });
    expect(all.records.map((row) => row.IsDeleted)).toEqual([true]);
  });

  test('describe, describeGlobal, limits and the limit header', async () => {
    const account = await org.describe('Account');
    const key = account.fields.find((f) => f.name === 'Ext__c')!;
    expect(key).toMatchObject({ type: 'string', externalId: true, unique: true, length: 64 });
    expect(account.fields.find((f) => f.name === 'AnnualRevenue')).toMatchObject({
      type: 'currency',
      precision: 18,
      scale: 2,
    });
    expect(account.childRelationships.map((child) => child.relationshipName)).toContain('Contacts');
    const names = (await org.describeGlobal()).sobjects.map((one) => one.name);
    expect(names).toEqual(expect.arrayContaining(['Account', 'Contact', 'User', 'Organization', 'Invoice__c']));
    const limits = await org.request<Record<string, { Max: number; Remaining: number }>>('/limits');
    expect(limits['DailyApiRequests']!.Remaining).toBeLessThan(limits['DailyApiRequests']!.Max);
    expect(org.limitInfo.apiUsage!.used).toBeGreaterThan(0);
  });

  test('updated and deleted ids of a window', async () => {
    const made = await org.sobject('Contact').create({ LastName: 'Window', Ext__c: 'J-window' });
    await org.sobject('Contact').destroy(made.id!);
    const from = new Date(Date.now() - 3_600_000);
    const to = new Date(Date.now() + 120_000);
    const deleted = await org.sobject('Contact').deleted(from, to);
    expect(deleted.deletedRecords.map((row) => row.id)).toContain(made.id);
    const updated = await org.sobject('Contact').updated(from, to);
    expect(updated.ids).not.toContain(made.id);
  });
});

describe('jsforce writes', () => {
  test('one record: create, retrieve, update, delete, and the errors between', async () => {
    const accounts = org.sobject('Account');
    const made = await accounts.create({
      Name: '  Padded name  ',
      Website: '',
      NumberOfEmployees: 12,
      Founded__c: '1999-12-31',
    });
    const read = await accounts.retrieve(made.id!);
    expect(read).toMatchObject({
      Name: 'Padded name',
      Website: null,
      NumberOfEmployees: 12,
      Founded__c: '1999-12-31',
      Active__c: false,
    });
    await accounts.update({ Id: made.id!, Name: 'Renamed', NumberOfEmployees: null });
    expect(await accounts.retrieve(made.id!)).toMatchObject({ Name: 'Renamed', NumberOfEmployees: null });
    await accounts.destroy(made.id!);
    await expect(accounts.destroy(made.id!)).rejects.toMatchObject({ errorCode: 'ENTITY_IS_DELETED' });
    await expect(accounts.create({ Website: 'x' })).rejects.toMatchObject({ errorCode: 'REQUIRED_FIELD_MISSING' });
    await expect(accounts.create({ Name: 'x', Nope__c: 1 })).rejects.toMatchObject({ errorCode: 'INVALID_FIELD' });
    await expect(org.sobject('Nope__c').create({ Name: 'x' })).rejects.toMatchObject({ errorCode: 'INVALID_TYPE' });
  });

  test('by external id: creates, then updates, and is told when the key is not unique', async () => {
    const accounts = org.sobject('Account');
    const first = await accounts.upsert({ Ext__c: 'J-upsert', Name: 'One' }, 'Ext__c');
    expect(first).toMatchObject({ success: true, created: true });
    const second = await accounts.upsert({ Ext__c: 'J-upsert', Name: 'Two' }, 'Ext__c');
    expect(second).toMatchObject({ id: first.id, success: true, created: false });
    await expect(org.sobject('Contact').upsert({ Legacy__c: 'L-1', LastName: 'x' }, 'Legacy__c')).rejects.toMatchObject(
      { name: 'MULTIPLE_CHOICES' },
    );
  });

  test('collections of more than 200 in order, with the bad rows marked', async () => {
    const accounts = org.sobject('Account');
    const before = await effects('Account');
    const rows = Array.from({ length: 450 }, (_, i) => ({
      Name: i === 220 ? '' : `Batch ${i}`,
      Ext__c: `J-batch-${i}`,
    }));
    const created = await accounts.create(rows, { allowRecursive: true, allOrNone: false });
    expect(created).toHaveLength(450);
    expect(created.flatMap((result, i) => (result.success ? [] : [i]))).toEqual([220]);
    expect(created[220]!.errors[0]).toMatchObject({ statusCode: 'REQUIRED_FIELD_MISSING', fields: ['Name'] });
    const ids = created.flatMap((result) => (result.success ? [result.id] : []));
    const updated = await accounts.update(
      ids.map((Id) => ({ Id, Phone: '+31 20 123' })),
      { allowRecursive: true },
    );
    expect(updated.every((result) => result.success)).toBe(true);
    const upserted = await accounts.upsert(
      rows.map((row) => ({ ...row, Name: 'Upserted' })),
      'Ext__c',
      { allowRecursive: true },
    );
    expect(upserted.filter((result) => 'created' in result && result.created === true)).toHaveLength(1);
    const destroyed = await accounts.destroy(ids, { allowRecursive: true });
    expect(destroyed.every((result) => result.success)).toBe(true);
    const after = await effects('Account');
    expect(after['inserted']! - before['inserted']!).toBe(450);
    expect(after['deleted']! - before['deleted']!).toBe(449);
  });

  test('all or none takes everything back', async () => {
    const before = await effects('Contact');
    const results = await org
      .sobject('Contact')
      .create([{ LastName: 'Fine', Ext__c: 'J-none' }, { FirstName: 'No last name' }], { allOrNone: true });
    expect(results.map((result) => result.success)).toEqual([false, false]);
    expect((await org.query("SELECT Id FROM Contact WHERE Ext__c = 'J-none'")).totalSize).toBe(0);
    expect(await effects('Contact')).toEqual(before);
  });

  test('several ids in one call, missing ones as null', async () => {
    const { records } = await org.query<{ Id: string }>('SELECT Id FROM Account LIMIT 3');
    const ids = [...records.map((row) => row.Id), '001xx000003zzzzAAA'];
    const read = (await org.sobject('Account').retrieve(ids, { fields: ['Id', 'Name'] })) as ({ Id: string } | null)[];
    expect(read.map((row) => row?.Id ?? null)).toEqual([...ids.slice(0, 3), null]);
  });
});

describe('jsforce runs bulk jobs', () => {
  const bulk = () => {
    org.bulk2.pollInterval = 20;
    org.bulk2.pollTimeout = 20_000;
    return org.bulk2;
  };

  test('a query job gives the rows of the REST query', async () => {
    const soql = "SELECT Id, Name, Description, AnnualRevenue FROM Account WHERE Industry = 'Energy'";
    const stream = await bulk().query(soql);
    const rows = (await stream.toArray()) as { Id: string; Name: string; Description: string }[];
    const rest = await org.query<{ Id: string; Name: string; Description: string | null }>(soql, { autoFetch: true });
    expect(rows).toHaveLength(rest.totalSize);
    const byId = new Map(rows.map((row) => [row.Id, row]));
    for (const row of rest.records) {
      expect(byId.get(row.Id)).toMatchObject({ Name: row.Name, Description: row.Description ?? '' });
    }
  });

  test('an ingest job inserts, and tells good rows from bad ones', async () => {
    const input = Array.from({ length: 1000 }, (_, i) => ({
      Name: `Bulk ${i}, "quoted"`,
      Ext__c: `J-bulk-${i}`,
      Industry: i === 500 ? 'Nonsense' : 'Energy',
      Founded__c: '2001-02-03',
    }));
    const results = await bulk().loadAndWaitForResults({ object: 'Account', operation: 'insert', input });
    expect(results.successfulResults).toHaveLength(999);
    expect(results.unprocessedRecords).toHaveLength(0);
    expect(results.failedResults).toHaveLength(1);
    expect(results.failedResults[0]!['sf__Error']).toMatch(/^INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST:.*Nonsense/);
    const row = await org.query<{ Name: string }>("SELECT Name FROM Account WHERE Ext__c = 'J-bulk-7'");
    expect(row.records[0]!.Name).toBe('Bulk 7, "quoted"');
  });

  test('an ingest job upserts: an empty cell leaves a field, #N/A clears it, a key finds the parent', async () => {
    await org.sobject('Contact').create({ LastName: 'Kept', Title: 'Cleared', Department: 'Stays', Ext__c: 'J-cells' });
    const input =
      'Ext__c,LastName,Title,Department,Account.Ext__c\nJ-cells,Changed,#N/A,,A-0000001\nJ-new,New,,,A-0000002\n';
    const results = await bulk().loadAndWaitForResults({
      object: 'Contact',
      operation: 'upsert',
      externalIdFieldName: 'Ext__c',
      input,
    });
    expect(results.failedResults).toEqual([]);
    expect(results.successfulResults.map((row) => row['sf__Created'])).toEqual(['false', 'true']);
    const { records } = await org.query(
      "SELECT LastName, Title, Department, Account.Ext__c FROM Contact WHERE Ext__c = 'J-cells'",
    );
    expect(records[0]).toMatchObject({
      LastName: 'Changed',
      Title: null,
      Department: 'Stays',
      Account: { Ext__c: 'A-0000001' },
    });
  });
});
