// `custom` transformations: functions of the program around the engine.
import { Engine, type EngineEvent, type FieldMapping, type HostFunction } from '../../lib';
import { Workspace } from '../e2e/support/workspace';
import { errorOf } from './open_engine';

jest.setTimeout(60_000);

let workspace: Workspace;
let engine: Engine;
let events: EngineEvent[];

beforeEach(() => {
  workspace = new Workspace();
  events = [];
  engine = new Engine({ home: workspace.home, logLevel: 'debug' }, (event) => events.push(event));
});
afterEach(async () => {
  await engine.close();
  workspace.remove();
});

const mapping = (more: Partial<FieldMapping> = {}, options?: unknown): FieldMapping[] => [
  {
    source: 'v',
    target: 'v',
    onError: 'fail_record',
    transformation: { type: 'custom', params: { function: 'score', ...(options !== undefined && { options }) } },
    ...more,
  },
];
const apply = (values: unknown[], fieldMappings = mapping()) =>
  engine.applyMapping({ fieldMappings, records: values.map((v) => ({ v })) });

test('a function is called once with all values of a page, in order and with their kinds', async () => {
  const calls: unknown[] = [];
  engine.register('score', (page) => {
    calls.push(page);
    return page.values.map((value) => [value, typeof value]);
  });
  const { results } = await apply(['a', 1.5, true, null, { b: [1] }, 'a'], mapping({}, { scale: 2 }));
  expect(calls).toEqual([{ values: ['a', 1.5, true, { b: [1] }, 'a'], options: { scale: 2 } }]);
  expect(results.map((one) => ('output' in one ? one.output.v : one))).toEqual([
    ['a', 'string'],
    [1.5, 'number'],
    [true, 'boolean'],
    null,
    [{ b: [1] }, 'object'],
    ['a', 'string'],
  ]);
});

test('a number that JavaScript cannot hold exactly comes as a text', async () => {
  const seen: unknown[] = [];
  engine.register('score', ({ values }) => {
    seen.push(...values);
    return values;
  });
  await engine.applyMapping({
    fieldMappings: [
      {
        ...mapping()[0]!,
        transformation: [
          { type: 'format', params: { number: {} } },
          { type: 'custom', params: { function: 'score' } },
        ],
      },
    ],
    records: [{ v: '12345678901234567.89' }, { v: '9007199254740993' }, { v: '0.10' }],
  });
  expect(seen).toEqual(['12345678901234567.89', '9007199254740993', 0.1]);
});

test('an Error in the place of a value fails that value alone', async () => {
  engine.register('score', ({ values }) => values.map((value) => (value === 'bad' ? new Error('is bad') : 1)));
  const { results, counters } = await apply(['good', 'bad']);
  expect(results).toEqual([
    { output: { v: 1 } },
    { rejected: { code: 'custom', field: 'v', message: 'v `bad` is bad' } },
  ]);
  expect(counters).toContainEqual(expect.objectContaining({ rule: 'custom', checked: 2, failed: 1 }));
  const handled = await apply(['good', 'bad'], mapping({ onError: 'null' }));
  expect(handled.results).toEqual([{ output: { v: 1 } }, { output: { v: null } }]);
});

test.each<[string, HostFunction, string]>([
  ['throws', () => Promise.reject(new Error('no luck')), 'function "score" failed: no luck'],
  ['gives too few values', () => [], 'function "score" gave 0 values for 1; it must give one for each'],
  ['gives no list', () => 7 as unknown as unknown[], 'it must give a list of values'],
])('a function that %s ends the call and says so', async (_, made, message) => {
  engine.register('score', made);
  const error = await errorOf(apply(['a']));
  expect(error.kind).toBe('invalid');
  expect(error.message).toContain(message);
});

test('a mapping does not compile before its function is registered, nor after its release', async () => {
  const missing = 'has registered no function `score`';
  expect((await errorOf(apply(['a']))).message).toContain(missing);
  const release = engine.register('score', ({ values }) => values);
  expect((await apply(['a'])).results).toEqual([{ output: { v: 'a' } }]);
  release();
  expect((await errorOf(apply(['a']))).message).toContain(missing);
  expect(() => engine.register('', ({ values }) => values)).toThrow('a function needs a name');
});

test('an engine that is closed does not wait for a function that is silent', async () => {
  let asked: () => void = () => {};
  const waiting = new Promise<void>((resolve) => (asked = resolve));
  engine.register('score', () => {
    asked();
    return new Promise<unknown[]>(() => {});
  });
  const mapped = errorOf(apply(['a']));
  await waiting;
  await engine.close();
  expect((await mapped).kind).toBe('cancelled');
});

test('the values that a function is asked for are no events', async () => {
  engine.register('score', ({ values }) => values);
  await apply(['very private']);
  expect(JSON.stringify(events)).not.toContain('very private');
});
