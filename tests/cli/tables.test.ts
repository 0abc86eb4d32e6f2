import { Engine, type SyncFile } from '../../lib';
import { sqlite } from '../e2e/support/tables';
import { Workspace } from '../e2e/support/workspace';

jest.setTimeout(120_000);

let workspace: Workspace;
beforeEach(() => (workspace = new Workspace()));
afterEach(() => workspace.remove());

const tables = (...words: string[]) => workspace.plain('tables', ...words);

test('a table is stored, shown, listed, replaced and removed', async () => {
  expect((await tables()).stdout).toBe('no stored tables\n');
  const file = workspace.write('rates.json', { DE: 19, 'a "b"': 'x', none: null });
  const made = await tables('vat-rates', '--set', file);
  expect([made.code, made.stderr]).toEqual([0, '']);
  expect(made.stdout).toMatch(/^vat-rates: 3 rows, changed 20\S+Z\n$/);
  const { stdout } = await tables('vat-rates');
  expect(stdout.split('\n').slice(1)).toEqual(['  "DE": 19', '  "a \\"b\\"": "x"', '  "none": null', '']);

  const again = await tables('vat-rates', '--set', workspace.write('rates.json', { DE: 21 }), '--json');
  expect(again.json).toMatchObject({ id: 'vat-rates', rowCount: 1, version: 2 });
  expect((await tables('vat-rates', '--json')).json).toEqual({ ...again.json, rows: { DE: 21 } });
  expect((await tables('--json')).json).toEqual({ tables: [again.json] });

  expect((await tables('vat-rates', '--delete', '--json')).json).toEqual({ deleted: 'vat-rates' });
  expect((await tables('--json')).json).toEqual({ tables: [] });
});

test('tables of others are listed to the last and keep their descriptions; who changed them is noted', async () => {
  const ids = Array.from({ length: 12 }, (_, at) => `t${10 + at}`);
  const engine = new Engine({ home: workspace.home });
  try {
    for (const id of ids) await engine.book.put('table', id, { description: `of ${id}`, rows: { a: 1 } });
    expect(((await tables('--json')).json['tables'] as { id: string }[]).map(({ id }) => id)).toEqual(ids);
    const { stdout } = await tables('t10', '--set', workspace.write('rows.json', { 'planted-key': 'planted' }));
    expect(stdout).toMatch(/^t10: 1 row, .*Z: of t10\n$/);
    await tables('t10', '--delete');
    const { entries } = await engine.audit.list({ subject: 'table/t10' });
    expect(entries).toMatchObject([
      { action: 'table.update', detail: { rows: 1 }, actor: expect.stringMatching(/^cli:/) },
      { action: 'table.delete', actor: expect.stringMatching(/^cli:/) },
    ]);
    expect(JSON.stringify(entries)).not.toContain('planted');
  } finally {
    await engine.close();
  }
});

test('a run looks up what was stored, and reads everything when that has changed', async () => {
  const source = workspace.path('source.db');
  sqlite(source, "CREATE TABLE orders (id INTEGER PRIMARY KEY, country TEXT); INSERT INTO orders VALUES (1, 'DE');");
  const sync: SyncFile = {
    id: 'orders',
    source: { type: 'sqlite', config: { path: source } },
    target: { type: 'sqlite', config: { path: workspace.target, createTable: true } },
    sourceObject: 'orders',
    targetObject: 'invoices',
    fieldMappings: [
      { source: 'id', target: 'id', required: true },
      {
        source: 'country',
        target: 'rate',
        onError: 'fail_record',
        transformation: { type: 'lookup', params: { stored: 'rates' } },
      },
    ],
  };
  const rate = () => sqlite(workspace.target, 'SELECT rate FROM invoices');
  const missing = await workspace.command('run', sync);
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('there is no stored table `rates`')]);
  await tables('rates', '--set', workspace.write('rates.json', { DE: 19 }));
  expect((await workspace.command('run', sync)).code).toBe(0);
  expect(rate()).toBe('19');
  await tables('rates', '--set', workspace.write('rates.json', { DE: 20 }));
  expect((await workspace.command('run', sync)).json).toMatchObject({ read: 1, written: 1 });
  expect(rate()).toBe('20');
});

test('what cannot be is refused with the reason, and nothing is stored', async () => {
  const refusal = async (...words: string[]) => {
    const { code, stderr } = await tables(...words);
    expect(code).toBe(1);
    return stderr;
  };
  const file = (content: string | object) => workspace.write('rows.json', content);
  const good = file({ a: 1 });
  expect(await refusal('nowhere')).toContain('there is no stored table "nowhere"');
  expect(await refusal('nowhere', '--delete')).toContain('there is no stored table "nowhere"');
  expect(await refusal('--set', good)).toContain('needs the id');
  expect(await refusal('--delete')).toContain('needs the id');
  expect(await refusal('a', '--set', good, '--delete')).toContain('cannot be used with');
  expect(await refusal('a/b', '--set', good)).toContain('"a/b" is no id of a table');
  expect(await refusal('a', '--set', workspace.path('absent.json'))).toContain('absent.json');
  expect(await refusal('a', '--set', file('from,to\nDE,19\n'))).toContain('rows.json is not valid JSON');
  expect(await refusal('a', '--set', file('[1]'))).toContain('must be an object {from: to}');
  expect(await refusal('a', '--set', file({ b: [1] }))).toContain('rows.json: "b": must be a text, a number');
  expect(await refusal('a', '--set', file('{"b": 12345678901234567890}'))).toContain('write it as a text');
  expect(await refusal('a', '--set', file({ ['x'.repeat(1001)]: 1 }))).toContain('1000 bytes at most');
  const many = Object.fromEntries(Array.from({ length: 100_001 }, (_, at) => [at, at]));
  expect(await refusal('a', '--set', file(many))).toContain('100000 rows at most, not 100001');
  expect((await tables('--json')).json).toEqual({ tables: [] });
});
