import { previewRecordsMax } from '../../lib';
import { errorOf, OpenEngine } from './open_engine';

let engine: OpenEngine;

beforeAll(() => {
  engine = new OpenEngine();
});
afterAll(() => engine.close());

test('a preview gives what a write would send, and names the place of a fault', async () => {
  const fieldMappings = [{ source: 'Id', target: 'id', required: true }];
  const good = await engine.now.previewMapping({ fieldMappings, records: [{ Id: 7 }, {}] });
  expect(good.records).toEqual([
    { output: { id: 7 } },
    { rejected: { code: 'required', field: 'id', message: 'Id is missing, and id is required' } },
  ]);
  const twice = await engine.now.previewMapping({ fieldMappings: [...fieldMappings, ...fieldMappings], records: [{}] });
  expect(twice).toMatchObject({ records: [], diagnostics: [{ path: 'fieldMappings[1].target' }] });
});

test('a preview takes so many records and no more', async () => {
  const records = Array.from({ length: previewRecordsMax + 1 }, () => ({}));
  const error = await errorOf(engine.now.previewMapping({ fieldMappings: [{ source: 'a', target: 'b' }], records }));
  expect(error.field).toBe('records');
});

test('the next run of a schedule is a date, or none', async () => {
  const after = new Date('2026-01-01T12:00:00Z');
  expect(await engine.now.nextRun('@daily', after)).toEqual(new Date('2026-01-02T00:00:00Z'));
  expect(await engine.now.nextRun({ cron: '0 0 30 2 *' }, after)).toBeNull();
  expect((await engine.now.nextRun('* * * * *'))!.getTime()).toBeGreaterThan(Date.now() - 60_000);
  const error = await errorOf(engine.now.nextRun('at times'));
  expect([error.kind, error.field]).toEqual(['invalid', 'schedule']);
});
