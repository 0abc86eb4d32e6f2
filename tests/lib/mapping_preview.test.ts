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

test('a mapping is applied to many records, one result for each', async () => {
  const scale = { type: 'format' as const, params: { number: { scale: 1 } } };
  const fieldMappings = [
    { source: 'Id', target: 'id', required: true },
    { source: 'n', target: 'n', transformation: scale, onError: 'null' as const },
  ];
  const records = Array.from({ length: 3000 }, (_, n) => (n === 7 ? {} : { Id: n, n: n === 9 ? 'x' : `${n}.25` }));
  const { results, warnings } = await engine.now.applyMapping({ fieldMappings, records });
  expect(results).toHaveLength(3000);
  expect(results.slice(6, 10)).toEqual([
    { output: { id: 6, n: 6.2 } },
    { rejected: { code: 'required', field: 'id', message: 'Id is missing, and id is required' } },
    { output: { id: 8, n: 8.2 } },
    { output: { id: 9, n: null } },
  ]);
  expect(warnings).toEqual([expect.stringContaining('n: 1 of 3000 values')]);
  const error = await errorOf(engine.now.applyMapping({ fieldMappings: [], records }));
  expect([error.kind, error.message]).toEqual(['invalid', expect.stringContaining('fieldMappings')]);
});

test('a mapping is tried on the tests that it carries', async () => {
  const fieldMappings = [{ source: 'a', target: 'b' }];
  const tests = [
    { name: 'as it is', input: { a: 1 }, expect: { b: 1 } },
    { input: { a: 1 }, expect: { rejected: 'required' } },
  ];
  const preview = await engine.now.previewMapping({ fieldMappings, tests, records: [] });
  expect(preview.tests).toEqual([
    { name: 'as it is', ok: true, got: { output: { b: 1 } } },
    { name: 'tests[1]', ok: false, got: { output: { b: 1 } } },
  ]);
});
