// A decision about a conflict that comes while its sync is at work.
import { failedReport, EngineError, type RunReport } from '../../../lib';
import { newSyncState, type SyncState } from '../../../service/src/sync/sync_document';
import { SyncWork } from '../../../service/src/sync/sync_work';

const now = () => new Date('2026-05-01T12:00:00Z');
const report: RunReport = {
  ...failedReport(new EngineError('', { kind: 'internal' })),
  status: 'succeeded',
  syncId: 's',
};
delete report.error;

/** The state that a run leaves behind which began as `before`, when it is `meanwhile` at its end. */
async function after(before: SyncState, meanwhile: Partial<SyncState>): Promise<SyncState> {
  const sync = { id: 's', body: { sourceId: 'a', targetId: 'b', mode: 'batch', config: { fieldMappings: [] } } };
  const engine = { book: { get: () => Promise.resolve(sync) }, run: () => Promise.resolve(report) };
  const work = new SyncWork({
    engine: engine as never,
    events: { begin: () => {}, end: () => {} } as never,
    now,
    batchSizeDefault: 10,
  });
  const edit = await work.perform({ id: 's', body: before } as never);
  return edit({ ...before, ...meanwhile });
}

const running: SyncState = { ...newSyncState, desired: 'running' };

test('makes it run once more', async () => {
  const left = await after(running, { decidedAt: '2026-05-01T11:59:00Z' });
  expect(left).toMatchObject({ desired: 'running', due: now().toISOString() });
});

test('is carried out by a run that began after it, and asks for no other', async () => {
  const left = await after({ ...running, decidedAt: '2026-05-01T11:59:00Z' }, {});
  expect(left.due).toBeUndefined();
  expect(left.desired).toBe('stopped');
});
