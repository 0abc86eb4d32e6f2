// When a sync runs next, by how its last run ended.
import type { Engine } from '../../../lib';
import { firstDue, nextDue } from '../../../service/src/sync/next_due';

const endedAt = new Date('2026-05-01T12:00:00Z');
const scheduledAt = new Date('2026-05-01T15:00:00Z');
const engine = { nextRun: () => Promise.resolve(scheduledAt) } as unknown as Engine;
const objects = { sourceObject: 'A', targetObject: 'b' };
const once = { mode: 'batch' as const, config: objects };
const nightly = { mode: 'batch' as const, config: { ...objects, schedule: '0 15 * * *' } };
const live = { mode: 'realtime' as const, config: { ...objects, pollSeconds: 20 } };

const failed = (kind: string, runId = 1) => ({
  status: 'failed' as const,
  runId,
  error: { kind, message: '', code: '', field: '' },
});
const ended = (status: 'succeeded' | 'held') => ({ status, runId: 1 });

const seconds = (due: Date | undefined) => due && (due.getTime() - endedAt.getTime()) / 1000;

test('after a success: the schedule, the poll, or nothing', async () => {
  expect(await nextDue(engine, nightly, ended('succeeded'), 0, endedAt)).toEqual(scheduledAt);
  expect(seconds(await nextDue(engine, live, ended('succeeded'), 0, endedAt))).toBe(20);
  expect(await nextDue(engine, once, ended('succeeded'), 0, endedAt)).toBeUndefined();
});

test('a run that was held waits for a person, whatever the schedule', async () => {
  for (const sync of [once, nightly, live])
    expect(await nextDue(engine, sync, ended('held'), 0, endedAt)).toBeUndefined();
});

test('a failure that may pass is tried again, later each time, and not after the schedule', async () => {
  const waits = await Promise.all(
    [0, 1, 2, 6].map((failures) => nextDue(engine, once, failed('unavailable'), failures, endedAt)),
  );
  expect(waits.map(seconds)).toEqual([10, 20, 40, 640]);
  expect(await nextDue(engine, once, failed('unavailable'), 7, endedAt)).toBeUndefined();
  const soon = { nextRun: () => Promise.resolve(new Date('2026-05-01T12:00:30Z')) } as unknown as Engine;
  expect(seconds(await nextDue(soon, nightly, failed('throttled'), 5, endedAt))).toBe(30);
  expect(seconds(await nextDue(engine, live, failed('unavailable'), 30, endedAt))).toBe(3_600);
});

test('a failure that will not pass by itself waits for the schedule, or for a person', async () => {
  expect(await nextDue(engine, once, failed('invalid'), 0, endedAt)).toBeUndefined();
  expect(await nextDue(engine, nightly, failed('unauthorized'), 0, endedAt)).toEqual(scheduledAt);
  expect(seconds(await nextDue(engine, live, failed('invalid'), 0, endedAt))).toBe(3_600);
});

test('a sync that runs elsewhere is asked for again soon', async () => {
  expect(seconds(await nextDue(engine, once, failed('conflict', 0), 0, endedAt))).toBe(5);
});

test('the first run: at once, or when the schedule says so', async () => {
  expect(await firstDue(engine, { ...once, sourceId: 's', targetId: 't' }, endedAt)).toEqual(endedAt);
  expect(await firstDue(engine, { ...live, sourceId: 's', targetId: 't' }, endedAt)).toEqual(endedAt);
  expect(await firstDue(engine, { ...nightly, sourceId: 's', targetId: 't' }, endedAt)).toEqual(scheduledAt);
});
