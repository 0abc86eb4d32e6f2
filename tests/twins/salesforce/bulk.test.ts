/** Bulk API 2.0 jobs. */
import { DATA, TwinClient } from './test_client';

let twin: TwinClient;

beforeAll(async () => {
  twin = await TwinClient.start({ objects: { Account: 6000 } });
});
afterEach(() => twin.call('DELETE', '/__twin/faults'));
afterAll(() => twin.close());

describe('bulk', () => {
  const done = async (kind: string, id: string) => {
    for (;;) {
      const { body } = await twin.call('GET', `${DATA}/jobs/${kind}/${id}`);
      if (['JobComplete', 'Failed'].includes(body.state)) return body;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const ingest = async (csv: string, special: object = {}) => {
    const job = (
      await twin.call('POST', `${DATA}/jobs/ingest`, {
        object: 'Account',
        operation: 'insert',
        contentType: 'CSV',
        ...special,
      })
    ).body;
    expect((await twin.call('PUT', `/${job.contentUrl}`, csv, { 'content-type': 'text/csv' })).status).toBe(201);
    await twin.call('PATCH', `${DATA}/jobs/ingest/${job.id}`, { state: 'UploadComplete' });
    return {
      ...(await done('ingest', job.id)),
      failed: (await twin.call('GET', `${DATA}/jobs/ingest/${job.id}/failedResults`)).text,
    };
  };

  test('result pages come in any order; the last locator is the word null; another version is a conflict', async () => {
    await twin.control('options', { bulkPageRows: 2500 });
    const job = (await twin.call('POST', `${DATA}/jobs/query`, { operation: 'query', query: 'SELECT Id FROM Account' }))
      .body;
    const { numberRecordsProcessed } = await done('query', job.id);
    const pages = (await twin.call('GET', `${DATA}/jobs/query/${job.id}/resultPages`)).body;
    expect(pages.done).toBe(true);
    const urls: string[] = pages.resultPages.map((page: { resultUrl: string }) => page.resultUrl);
    const answers = await Promise.all(urls.map((url) => twin.call('GET', url)));
    expect(answers.at(-1)!.headers.get('sforce-locator')).toBe('null');
    const ids = answers.flatMap(({ text }) => text.trim().split('\n').slice(1));
    expect(new Set(ids).size).toBe(numberRecordsProcessed);
    expect((await twin.call('GET', `/services/data/v65.0/jobs/query/${job.id}/results`)).status).toBe(409);
  });

  test('compound fields, aggregates and unsupported objects are refused', async () => {
    const create = async (soql: string) =>
      (await twin.call('POST', `${DATA}/jobs/query`, { operation: 'query', query: soql })).body[0];
    expect(await create('SELECT BillingAddress FROM Account')).toMatchObject({
      message: expect.stringContaining('compound'),
    });
    expect(await create('SELECT COUNT(Id) FROM Account')).toMatchObject({ errorCode: 'API_ERROR' });
    expect(await create('SELECT Id FROM Organization')).toMatchObject({ errorCode: 'INVALIDENTITY' });
  });

  test('an unknown column and a wrong line ending fail the job with the reason', async () => {
    expect(await ingest('Name,Nope\na,b\n')).toMatchObject({
      state: 'Failed',
      errorMessage: 'InvalidBatch : Field name not found : Nope',
    });
    expect((await ingest('Name\r\na\r\n')).errorMessage).toMatch(/LineEnding is invalid/);
    expect(await ingest('Name\r\na\r\n', { lineEnding: 'CRLF' })).toMatchObject({
      state: 'JobComplete',
      numberRecordsFailed: 0,
    });
  });

  test('locked rows fail one by one, the others go through', async () => {
    await twin.faults({ kind: 'lock_row', match: 'PATCH /services/data/v66.0/jobs/ingest', every: 2 });
    const result = await ingest('Name\na\nb\nc\n');
    expect(result).toMatchObject({ numberRecordsProcessed: 3, numberRecordsFailed: 1 });
    expect(result.failed).toContain('UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record: --');
  });

  test('a job that fails half-way tells what it did not reach', async () => {
    await twin.faults({ kind: 'job_failed', match: 'PATCH /services/data/v66.0/jobs/ingest' });
    const result = await ingest('Name\na\nb\nc\nd\n');
    expect(result).toMatchObject({ state: 'Failed', numberRecordsProcessed: 2, numberRecordsFailed: 0 });
    const rest = await twin.call('GET', `${DATA}/jobs/ingest/${result.id}/unprocessedrecords`);
    expect(rest.text).toBe('"Name"\n"c"\n"d"\n');
  });

  test('successful rows can come in another order, none lost', async () => {
    const names = Array.from({ length: 300 }, (_, i) => `Order ${i}`);
    const { id } = await ingest(`Name\n${names.join('\n')}\n`);
    const read = async () =>
      (await twin.call('GET', `${DATA}/jobs/ingest/${id}/successfulResults`)).text
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split('"')[5]);
    expect(await read()).toEqual(names);
    await twin.faults({ kind: 'shuffle_results' });
    const shuffled = await read();
    expect(shuffled).not.toEqual(names);
    expect([...shuffled].sort()).toEqual([...names].sort());
  });

  test('rows are updated and deleted by id, and a repeated key fails in its chunk', async () => {
    const { body } = await twin.query('SELECT Id FROM Account LIMIT 2');
    const [first, second] = body.records.map((row: { Id: string }) => row.Id);
    expect(await ingest(`Id,Phone\n${first},+1\n`, { operation: 'update' })).toMatchObject({ numberRecordsFailed: 0 });
    expect(await twin.count('Account', `Id = '${first}' AND Phone = '+1'`)).toBe(1);
    await ingest(`Id\n${second}\n`, { operation: 'hardDelete' });
    expect((await twin.dump('Account')).some((row) => row.Id === second)).toBe(false);
    const twice = await ingest('Ext__c,Name\nB-1,a\nB-1,b\n', { operation: 'upsert', externalIdFieldName: 'Ext__c' });
    expect(twice).toMatchObject({
      numberRecordsFailed: 2,
      failed: expect.stringContaining('DUPLICATE_VALUE:Duplicate'),
    });
  });

  test('a small job fits into one multipart call', async () => {
    const form = new FormData();
    form.append(
      'job',
      new Blob([JSON.stringify({ object: 'Contact', operation: 'insert' })], { type: 'application/json' }),
    );
    form.append('content', new Blob(['LastName,Ext__c\nMultipart,T-multi\n'], { type: 'text/csv' }), 'content');
    const response = await fetch(`${twin.url}${DATA}/jobs/ingest`, {
      method: 'POST',
      body: form,
      headers: { authorization: `Bearer ${twin.token}` },
    });
    const job = (await response.json()) as { id: string; state: string };
    expect(job.state).toBe('UploadComplete');
    expect(await done('ingest', job.id)).toMatchObject({
      state: 'JobComplete',
      numberRecordsProcessed: 1,
      numberRecordsFailed: 0,
    });
  });
});
