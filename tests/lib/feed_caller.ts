// Reads a change feed the way a careful program does, and keeps a model of what it has to get.
import type { ChangesRequest, Engine, ConfiguredEnd } from '../../lib';
import { Dice, FeedModel, type TrueRecord } from './feed_model';
import type { OpenEngine } from './open_engine';

/** One object of one system, and what its users do with it. */
export interface World {
  source: ConfiguredEnd;
  object: string;
  fields: string[];
  look(): Promise<Map<string, TrueRecord>>;
  /** One random change: new records, edits (many of one stamp, or late commits), deletions, or time that passes. */
  change(dice: Dice): Promise<void>;
}

/** Reads until nothing is left. Some batches are lost by a crash: their token never comes back. */
export class Caller {
  #token?: string;
  batches = 0;
  repeated = 0;

  constructor(
    readonly request: ChangesRequest,
    readonly model: FeedModel,
  ) {}

  /** One call. `crash`: the answer gets lost before its token is kept. True: there is more. */
  async call(reader: Engine, crash: boolean): Promise<boolean> {
    const { records, token, more } = await reader.changes({ ...this.request, accept: this.#token });
    expect(records.length).toBeLessThanOrEqual(this.request.limit!);
    this.model.offer(records);
    if (crash) {
      this.repeated += 1;
      return true;
    }
    this.#token = token;
    this.model.accept();
    this.batches += 1;
    return more;
  }

  async drain(reader: Engine): Promise<void> {
    // A pass that was under way ends where it was to end when it began: what came since is in the one after it.
    for (let pass = 0; pass < 2; pass += 1) while (await this.call(reader, false));
    expect(this.model.missing()).toEqual([]);
  }
}

/** Users change things while the feed is read; the engine is opened anew now and then. */
export async function live(world: World, engine: OpenEngine, seed: number): Promise<Caller> {
  const rounds = 40;
  const dice = new Dice(seed);
  const from = seed % 2 === 0 ? 'start' : 'now';
  const model = new FeedModel(await world.look(), from === 'now');
  const { source, object, fields } = world;
  const caller = new Caller({ id: `feed-${seed}`, source, object, fields, from, limit: 4 + dice.roll(40) }, model);
  await caller.call(engine.now, false);
  for (let round = 0; round < rounds; round += 1) {
    await world.change(dice);
    model.observe(await world.look());
    for (let calls = dice.roll(3); calls > 0; calls -= 1) await caller.call(engine.now, dice.roll(4) === 0);
    if (dice.roll(10) === 0) await engine.reopen();
    if (dice.roll(6) === 0) await caller.drain(engine.now);
  }
  await caller.drain(engine.now);
  // Once everything was given, a feed is silent.
  const given = model.accepted;
  await caller.drain(engine.now);
  expect(model.accepted).toBe(given);
  return caller;
}
