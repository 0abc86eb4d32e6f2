// Who does which work when: the supervisor over a real store, with work that only notes what happened to it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pino } from 'pino';

import { type BookDocument, Engine } from '../../../lib';
import { Supervisor } from '../../../service/src/sync/supervisor';
import type { Work, WorkBody } from '../../../service/src/sync/work';

const kind = 'chore';
const leaseMs = 30_000;

interface ChoreBody extends WorkBody {
  wanted: boolean;
  done: number;
}

/** Work that lasts until it is let go. */
class Chores implements Work<ChoreBody> {
  readonly kind = kind;
  readonly begun: string[] = [];
  readonly stopped: string[] = [];
  readonly #ends = new Map<string, () => void>();
  failing = false;

  perform({ id }: BookDocument<ChoreBody>): Promise<(body: ChoreBody) => ChoreBody> {
    this.begun.push(id);
    if (this.failing) return Promise.reject(new Error('no luck'));
    return new Promise((resolve) => {
      this.#ends.set(id, () => resolve(({ due: _, ...body }) => ({ ...body, done: body.done + 1 })));
    });
  }

  stop(id: string): Promise<void> {
    this.stopped.push(id);
    this.end(id);
    return Promise.resolve();
  }

  unwanted({ wanted }: ChoreBody): boolean {
    return !wanted;
  }

  end(id: string): void {
    this.#ends.get(id)!();
  }
}

let folder: string;
let engine: Engine;
let time: Date;
const now = () => time;
const supervisors: Supervisor[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'data-sync-supervisor-'));
  engine = new Engine({ home: folder });
  time = new Date('2026-05-01T12:00:00Z');
});
afterEach(async () => {
  await Promise.all(supervisors.splice(0).map((one) => one.stop()));
  await engine.close();
  rmSync(folder, { recursive: true });
});

/** A supervisor that looks only when it is told to, and shares the store with all others. */
async function supervise(chores: Chores, how: { concurrency?: number; alone?: boolean } = {}): Promise<Supervisor> {
  const supervisor = new Supervisor([chores as unknown as Work], {
    book: engine.book,
    log: pino({ enabled: false }),
    now,
    concurrency: 10,
    alone: false,
    tickMs: 1e9,
    leaseMs,
    ...how,
  });
  supervisors.push(supervisor);
  await supervisor.start();
  return supervisor;
}

async function chore(id: string, body: Partial<ChoreBody> = {}): Promise<void> {
  await engine.book.put(kind, id, { wanted: true, done: 0, due: time.toISOString(), ...body });
}

async function read(id: string): Promise<ChoreBody> {
  return (await engine.book.get<ChoreBody>(kind, id))!.body;
}

/** Lets what was started in the background come to its end. */
async function settle(id: string): Promise<ChoreBody> {
  for (;;) {
    const body = await read(id);
    if (!body.claim) return body;
  }
}

function pass(millis: number): void {
  time = new Date(time.getTime() + millis);
}

test('what is due is done once, and not again before it is due again', async () => {
  await chore('a');
  await chore('later', { due: '2026-05-01T12:00:01.000Z' });
  const chores = new Chores();
  const supervisor = await supervise(chores);
  await supervisor.wake();
  expect(chores.begun).toEqual(['a']);
  chores.end('a');
  expect(await settle('a')).toEqual({ wanted: true, done: 1 });
  pass(1_000);
  await supervisor.wake();
  expect(chores.begun).toEqual(['a', 'later']);
  chores.end('later');
});

test('of two supervisors over one store each document has one worker', async () => {
  const ids = Array.from({ length: 20 }, (_, index) => `chore-${index}`);
  const [one, other] = [new Chores(), new Chores()];
  const both = [await supervise(one, { concurrency: 12 }), await supervise(other, { concurrency: 12 })];
  for (const id of ids) await chore(id);
  // Both read the same list before either has claimed anything.
  await Promise.all(both.map((supervisor) => supervisor.wake()));
  expect([...one.begun, ...other.begun].sort()).toEqual([...ids].sort());
  for (const chores of [one, other]) for (const id of chores.begun) chores.end(id);
  for (const id of ids) expect(await settle(id)).toEqual({ wanted: true, done: 1 });
});

test('work whose owner is gone is taken over when its claim has run out, and not before', async () => {
  await chore('a', { claim: { owner: 'gone', until: new Date(time.getTime() + leaseMs).toISOString() } });
  const chores = new Chores();
  const supervisor = await supervise(chores);
  pass(leaseMs - 1);
  await supervisor.wake();
  expect(chores.begun).toEqual([]);
  pass(1);
  await supervisor.wake();
  expect(chores.begun).toEqual(['a']);
  chores.end('a');
});

test('a claim is renewed while its owner lives', async () => {
  await chore('a');
  const [chores, others] = [new Chores(), new Chores()];
  const [owner, other] = [await supervise(chores), await supervise(others)];
  for (let step = 0; step < 10; step += 1) {
    pass(leaseMs / 2);
    await owner.wake();
    await other.wake();
  }
  expect([chores.begun, others.begun]).toEqual([['a'], []]);
  chores.end('a');
});

test('a process that owns its store takes up at once what it left claimed', async () => {
  await chore('a', { claim: { owner: 'the process before', until: '2030-01-01T00:00:00.000Z' } });
  const chores = new Chores();
  await supervise(chores, { alone: true });
  expect(chores.begun).toEqual(['a']);
  chores.end('a');
});

test('work that is no longer wanted is asked to stop, once', async () => {
  await chore('a');
  const chores = new Chores();
  const supervisor = await supervise(chores);
  const found = (await engine.book.get<ChoreBody>(kind, 'a'))!;
  await engine.book.put(kind, 'a', { ...found.body, wanted: false }, { ifRevision: found.revision });
  await supervisor.wake();
  expect(chores.stopped).toEqual(['a']);
  expect(await settle('a')).toEqual({ wanted: false, done: 1 });
});

test('stop() ends everything in good order and leaves no claim', async () => {
  await chore('a');
  await chore('b');
  const chores = new Chores();
  const supervisor = await supervise(chores);
  await supervisor.stop();
  expect(chores.stopped.sort()).toEqual(['a', 'b']);
  expect(await read('a')).toEqual({ wanted: true, done: 1 });
  await chore('c');
  await supervisor.wake();
  expect(chores.begun.sort()).toEqual(['a', 'b']);
});

test('no more works are under way than allowed; the one that waits longest is next', async () => {
  await chore('young', { due: '2026-05-01T11:00:00.000Z' });
  await chore('old', { due: '2026-05-01T10:00:00.000Z' });
  await chore('oldest', { due: '2026-05-01T09:00:00.000Z' });
  const chores = new Chores();
  const supervisor = await supervise(chores, { concurrency: 1 });
  expect(chores.begun).toEqual(['oldest']);
  chores.end('oldest');
  await settle('oldest');
  await supervisor.wake();
  expect(chores.begun).toEqual(['oldest', 'old']);
  chores.end('old');
  await settle('old');
  await supervisor.wake();
  chores.end('young');
});

test('work that throws is tried again later', async () => {
  await chore('a');
  const chores = new Chores();
  chores.failing = true;
  const supervisor = await supervise(chores);
  expect(await settle('a')).toEqual({ wanted: true, done: 0, due: '2026-05-01T12:00:10.000Z' });
  chores.failing = false;
  pass(10_000);
  await supervisor.wake();
  chores.end('a');
  expect(await settle('a')).toEqual({ wanted: true, done: 1 });
});
