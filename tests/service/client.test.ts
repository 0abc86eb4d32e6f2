// Every route of the document, called over HTTP by a client that is generated from the document.
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';

import { validate } from '@readme/openapi-parser';
import OpenAPIClientAxios, { type OpenAPIClient } from 'openapi-client-axios';

import { hold } from '../e2e/support/held_conflicts';
import { sqlite } from '../e2e/support/tables';
import { ApiDocument } from './support/api_document';
import { OpenService, sqliteIntegration } from './support/open_service';

let open: OpenService;
let document: ApiDocument;
let client: OpenAPIClient & Record<string, (...args: any[]) => Promise<any>>;
const called = new Set<string>();

beforeAll(async () => {
  open = await OpenService.create();
  sqlite(
    open.file('crm.db'),
    "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO people VALUES (1, 'Ada');",
  );
  await open.service.start();
  await open.app.listen({ host: '127.0.0.1', port: 0 });
  document = await ApiDocument.of(open);
  const baseURL = `http://127.0.0.1:${(open.app.server.address() as AddressInfo).port}`;
  const api = new OpenAPIClientAxios({
    definition: document.content,
    axiosConfigDefaults: { baseURL, headers: { 'X-API-Key': open.admin }, validateStatus: () => true },
  });
  client = await api.init();
});
afterAll(() => open.close());

/** Calls an operation by its id and holds the answer against the document. */
async function call(id: string, parameters: object | null = null, body?: unknown, config?: object): Promise<any> {
  const operation = document.operations.find((one) => one.id === id);
  if (!operation) throw new Error(`the document has no operation ${id}`);
  called.add(id);
  const { status, headers, data } = await client[id]!(parameters, body, config);
  const text = typeof data === 'string' ? data : JSON.stringify(data ?? '');
  expect(document.fault(operation, { status, headers, body: data, text })).toBeUndefined();
  return { status, headers, data };
}

test('the document is valid OpenAPI 3.1', async () => {
  expect(document.content.openapi).toBe('3.1.0');
  expect(await validate(structuredClone(document.content))).toMatchObject({ valid: true, warnings: [] });
});

test('every operation has a name of its own, a summary, a tag and a scope', () => {
  const ids = document.operations.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const operations of Object.values<Record<string, any>>(document.content.paths)) {
    for (const operation of Object.values(operations)) {
      expect(operation).toMatchObject({ summary: expect.any(String), tags: [expect.any(String)] });
      expect(operation.security).toBeDefined();
    }
  }
});

test('integrations', async () => {
  const { id: _, ...change } = sqliteIntegration(open, 'crm');
  expect((await call('createIntegration', null, sqliteIntegration(open, 'crm'))).status).toBe(201);
  expect((await call('createIntegration', null, sqliteIntegration(open, 'copy'))).status).toBe(201);
  expect((await call('listIntegrations')).data.items).toHaveLength(2);
  expect((await call('getIntegration', { id: 'crm' })).data.id).toBe('crm');
  expect((await call('replaceIntegration', { id: 'crm' }, { ...change, name: 'renamed' })).data.name).toBe('renamed');
  expect((await call('testIntegration', { id: 'crm' })).data.ok).toBe(true);
  const { data } = await call('getIntegrationSchema', { id: 'crm', object: 'people' });
  expect(data.objects[0].fields).toHaveLength(2);
});

test('mappings', async () => {
  const fieldMappings = [
    { source: 'id', target: 'id', required: true },
    { source: 'name', target: 'name' },
  ];
  expect((await call('createMapping', null, { id: 'people', name: 'people', fieldMappings })).status).toBe(201);
  expect((await call('listMappings')).data.items).toHaveLength(1);
  expect((await call('replaceMapping', { id: 'people' }, { name: 'two', fieldMappings })).data.version).toBe(2);
  expect((await call('getMapping', { id: 'people', version: 1 })).data.version).toBe(1);
  const { data } = await call('previewMapping', { id: 'people' }, { records: [{ id: 1, name: 'Ada' }] });
  expect(data.records).toEqual([{ output: { id: 1, name: 'Ada' } }]);
});

test('stored tables', async () => {
  expect((await call('putTable', { id: 'rates' }, { description: 'VAT', rows: { DE: 19, none: null } })).status).toBe(
    201,
  );
  expect((await call('putTable', { id: 'rates' }, { rows: { DE: 20 } })).status).toBe(200);
  expect((await call('listTables')).data.items).toMatchObject([{ id: 'rates', rowCount: 1, version: 2 }]);
  expect((await call('getTable', { id: 'rates' })).data.rows).toEqual({ DE: 20 });
});

const sync = {
  sourceId: 'crm',
  targetId: 'copy',
  mode: 'batch',
  config: { sourceObject: 'people', targetObject: 'people', mapping: { id: 'people' } },
};

/** Waits for what happens in the background. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 20_000; waited += 50) {
    if (await holds()) return;
    await new Promise((resume) => setTimeout(resume, 50));
  }
  throw new Error('it never came true');
}

test('syncs and their runs', async () => {
  const started = await call('startSync', null, { id: 'people', ...sync });
  expect([started.status, started.data.id]).toEqual([202, 'people']);
  await until(async () => (await call('getSyncStatus', { syncId: 'people' })).data.statistics.recordsSynced === 1);
  expect((await call('listSyncs')).data.items).toHaveLength(1);
  expect((await call('getSync', { syncId: 'people' })).status).toBe(200);
  const { data: runs } = await call('listRuns', { syncId: 'people' });
  const { id: runId } = runs.items[0];
  expect((await call('getRun', { runId })).data).toMatchObject({ status: 'succeeded', read: 1, written: 1 });
  const events = await call('followRun', { runId });
  expect(events.headers['content-type']).toContain('text/event-stream');
  expect(events.data).toContain('event: end');
  expect((await call('runSync', { syncId: 'people' }, { full: true })).status).toBe(202);
  await until(async () => (await call('listRuns', { syncId: 'people' })).data.items.length === 2);
  expect((await call('stopSync', null, { id: 'people' })).status).toBeLessThan(300);
  expect((await call('replaceSync', { syncId: 'people' }, sync)).status).toBe(200);
});

test('rejected records and plans', async () => {
  expect((await call('listRejected', { syncId: 'people' })).data.items).toEqual([]);
  expect((await call('replayRejected', { id: 1 }, { syncId: 'people' })).status).toBeLessThan(500);
  const { data, status } = await call('makePlan', null, { syncId: 'people', full: true });
  expect(status).toBe(202);
  await until(async () => (await call('getPlan', { id: data.id })).data.status !== 'planning');
  expect((await call('applyPlan', { id: data.id })).status).toBeLessThan(500);
});

test('conflicts and where values come from', async () => {
  const [first, second, third] = hold(path.join(open.folder, 'state'), 'people', [
    { key: '7' },
    { key: '8' },
    { key: '9' },
  ]);
  expect((await call('listConflicts', { syncId: 'people' })).data.items).toHaveLength(3);
  const { data: held } = await call('getConflict', { id: first });
  const fence = { sourceHash: held.sourceHash, targetHash: held.targetHash };
  expect((await call('resolveConflict', { id: first }, { take: 'source', ...fence })).data.state).toBe('decided');
  const { data } = await call('resolveConflicts', null, { filter: { syncId: 'people', key: '8' }, take: 'target' });
  expect(data.results.map(({ id }: { id: number }) => id)).toEqual([second]);
  expect((await call('undoConflict', { id: second })).data.state).toBe('open');
  const tried = await call('previewConflictRules', null, { syncId: 'people', rules: { name: { rule: 'max' } } });
  expect(tried.data.open.settled).toBeGreaterThan(0);
  expect((await call('getConflict', { id: third })).data.state).toBe('open');
  const applied = await call('applyConflictRules', null, { syncId: 'people', strategy: 'target_wins' });
  expect(applied.data.decided).toBeGreaterThan(0);
  expect((await call('getConflict', { id: third })).data.state).toBe('decided');
  expect((await call('explainRecord', { key: '1', syncId: 'people' })).status).toBe(200);
});

test('workflows without an n8n', async () => {
  const workflow = { name: 'x', trigger: { type: 'manual', config: {} }, nodes: [], connections: [] };
  const id = 'none';
  for (const [operation, parameters, body] of [
    ['createWorkflow', null, workflow],
    ['listWorkflows', null, undefined],
    ['getWorkflow', { id }, undefined],
    ['executeWorkflow', { id }, {}],
    ['listExecutions', { id }, undefined],
    ['getExecution', { id, executionId: '1' }, undefined],
  ] as const) {
    const { status, data } = await call(operation, parameters, body);
    expect([operation, status, data.code]).toEqual([operation, 503, 'not-configured']);
  }
});

test('health', async () => {
  expect((await call('isAlive')).status).toBe(200);
  expect((await call('isReady')).status).toBe(200);
  expect((await call('getHealth')).data).toMatchObject({ service: 'ok', database: 'ok', redis: 'not_configured' });
});

test('keys and the audit log', async () => {
  const { data: made } = await call('createKey', null, { name: 'reader', scopes: ['sync:read'] });
  expect(made.key).toMatch(/^nds_/);
  expect((await call('listKeys')).data.items.map(({ id }: { id: string }) => id)).toContain(made.id);
  expect((await call('deleteKey', { id: made.id })).status).toBe(204);
  expect((await call('rotateEncryptionKeys')).data).toEqual({ rewrapped: 0, current: expect.any(Number) });
  expect((await call('eraseKey', null, { name: 'integration/none' })).status).toBe(404);
  expect((await call('listAudit', { action: 'sync.create' })).status).toBe(200);
  expect((await call('verifyAudit')).data.ok).toBe(true);
});

test('what nobody needs any more goes', async () => {
  expect((await call('deleteSync', { syncId: 'people' })).status).toBe(204);
  expect((await call('deleteMapping', { id: 'people' })).status).toBe(204);
  expect((await call('deleteTable', { id: 'rates' })).status).toBe(204);
  for (const id of ['crm', 'copy']) expect((await call('deleteIntegration', { id })).status).toBe(204);
});

test('no operation of the document was left out', () => {
  expect(document.operations.map(({ id }) => id).filter((id) => !called.has(id))).toEqual([]);
});
