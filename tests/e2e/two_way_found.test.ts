// What generated scripts have found over real HTTP, as single cases.
import { Engine, type SyncFile } from '../../lib';
import { orgFields, OrgPeople } from './support/org_people';
import { sqlitePeople, type StampedPeople } from './support/stamped_people';
import { startTwin, type Twin } from './support/twin';
import { salesforce, Workspace } from './support/workspace';

jest.setTimeout(60_000);

let workspace: Workspace;
let twin: Twin;
let engine: Engine;
let table: StampedPeople;
let org: OrgPeople;
let began: number;

beforeEach(async () => {
  workspace = new Workspace();
  twin = await startTwin(['--objects', 'Account=0']);
  engine = new Engine({ home: workspace.home, allowLoopback: true });
  table = sqlitePeople(workspace.path('people.db'), 'people');
  await twin.control('POST', 'clock', { advanceSeconds: -500 });
  org = await OrgPeople.in(twin);
  began = Date.now() - 500_000;
});
afterEach(async () => {
  await engine.close();
  await twin.stop();
  workspace.remove();
});

const sync = (conflicts: SyncFile['conflicts'] = {}): SyncFile => ({
  id: 'both',
  source: salesforce(twin),
  target: table.end,
  sourceObject: 'Account',
  targetObject: 'people',
  fieldMappings: Object.entries(orgFields).map(([target, source]) => ({ source, target })),
  direction: 'two_way',
  matchOn: 'ext',
  conflictResolution: 'merge',
  deletes: 'hard',
  conflicts,
});
const at = (seconds: number) => new Date(began + seconds * 1_000).toISOString();
const change = (seconds: number, sets: string) =>
  table.byPerson([`UPDATE people SET ${sets}, changed_at = '${at(seconds)}' WHERE ext = 'k1'`], at(seconds + 1));
const pass = (seconds: number) => twin.control('POST', 'clock', { advanceSeconds: seconds });
/** name, phone, website of both sides. */
const both = async () => {
  const cells = (await org.rows()).get('k1')?.cells;
  return { org: cells && [cells.name, cells.phone, cells.website], table: table.rows().get('k1')?.slice(1, 4) };
};

async function link(): Promise<string> {
  const id = await org.create({ ext: 'k1', name: 'n', phone: '1', website: 'w1' });
  table.byPerson([], at(1));
  await engine.run(sync());
  await pass(5);
  return id;
}

test('P1: an edit in the second in which a run wrote the record is seen by the next run', async () => {
  const id = await link();
  change(5, `phone = '2'`);
  // Stamps of the org are whole seconds: let the write and the edit fall into one.
  await new Promise((resolve) => setTimeout(resolve, 1_020 - (Date.now() % 1_000)));
  await engine.run(sync());
  await org.edit(id, { website: 'w2' });
  for (let runs = 0; runs < 2; runs += 1) {
    await pass(5);
    await engine.run(sync());
  }
  expect(await both()).toEqual({ org: ['n', '2', 'w2'], table: ['n', '2', 'w2'] });
});

test.each(['update_wins', 'decision'])(
  'P4: a record made anew is not overwritten by its predecessor: %s',
  async (how) => {
    const id = await link();
    await org.remove('k1', id);
    await org.create({ ext: 'k1', name: 'another', phone: '99', website: null });
    change(5, `website = 'w2'`);
    const rules: SyncFile['conflicts'] = { deleteUpdate: how === 'update_wins' ? how : 'review' };
    await engine.run(sync(rules));
    for (const one of (await engine.conflicts.list({ state: 'open', kind: 'delete_update' })).conflicts) {
      const { id: number, sourceHash, targetHash } = one;
      await engine.conflicts.decide({ id: number, sourceHash, targetHash, take: 'target' });
    }
    await pass(5);
    await engine.run(sync(rules));
    const { conflicts } = await engine.conflicts.list();
    const kept = JSON.stringify([await both(), conflicts.map(({ review }) => review)]);
    expect(kept).toContain('another');
    expect(kept).toContain('"99"');
  },
);

test('stop() lets the page in flight be committed, and the run has the status stopped', async () => {
  await link();
  change(5, `phone = '2'`);
  await twin.faults({ kind: 'slow', match: 'composite/sobjects', delayMs: 1_500 });
  const running = engine.run(sync());
  setTimeout(() => void engine.stop('both'), 500);
  const { status, error, updated } = await running;
  expect({ status, error, updated }).toEqual({ status: 'stopped', error: undefined, updated: 1 });
});
