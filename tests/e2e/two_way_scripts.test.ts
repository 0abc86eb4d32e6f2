// Properties P1 to P16 of docs/conflicts.md under generated scripts, between a simulated org and a table, over HTTP.
//
//   DATA_SYNC_TWIN_SCRIPTS=500   plays so many scripts with each kind of table
//   DATA_SYNC_SEED=12            begins with this seed
import { Engine } from '../../lib';
import { postgresPeople, sqlitePeople, type StampedPeople } from './support/stamped_people';
import { dropDatabase, freshDatabase } from './support/tables';
import { startTwin, type Twin } from './support/twin';
import { broken } from './support/two_way_properties';
import { TwoWayScript } from './support/two_way_script';
import { Workspace } from './support/workspace';

jest.setTimeout(120_000);

const serverUrl = process.env['DATA_SYNC_TEST_PG'];
const firstSeed = Number(process.env['DATA_SYNC_SEED'] ?? 1);
const wanted = process.env['DATA_SYNC_TWIN_SCRIPTS'];

interface System {
  name: string;
  scripts: number;
  open(workspace: Workspace): (name: string) => StampedPeople;
  close(): void;
}

const systems: System[] = [
  {
    name: 'SQLite',
    scripts: 30,
    open: (workspace) => (name) => sqlitePeople(workspace.path(`${name}.db`), name),
    close: () => undefined,
  },
  {
    name: 'PostgreSQL',
    scripts: serverUrl ? 10 : 0,
    open: () => {
      const url = freshDatabase(serverUrl!, 'data_sync_scripts');
      return (name) => postgresPeople(url, name);
    },
    close: () => dropDatabase(serverUrl!, 'data_sync_scripts'),
  },
];

describe.each(systems.filter(({ scripts }) => scripts > 0))('a simulated org and $name', (system) => {
  const seeds = Array.from({ length: Number(wanted ?? system.scripts) }, (_, i) => firstSeed + i);
  let twin: Twin;
  let workspace: Workspace;
  let engine: Engine;
  let makeTable: (name: string) => StampedPeople;

  beforeAll(async () => {
    workspace = new Workspace();
    makeTable = system.open(workspace);
    twin = await startTwin(['--objects', 'Account=0', '--bulk-delay-ms', '0']);
    engine = new Engine({ home: workspace.home, allowLoopback: true });
  });
  afterAll(async () => {
    await engine.close();
    await twin.stop();
    system.close();
    workspace.remove();
  });

  test.each(seeds)('the properties hold in the script DATA_SYNC_SEED=%i', async (seed) => {
    const script = new TwoWayScript(seed, twin, makeTable(`people_${seed}`), engine, workspace);
    try {
      await script.play();
      expect(await broken(script)).toEqual([]);
    } catch (thrown) {
      const replay = `DATA_SYNC_SEED=${seed} DATA_SYNC_TWIN_SCRIPTS=1`;
      throw new Error([(thrown as Error).message, replay, ...script.journal].join('\n'), { cause: thrown });
    }
  });
});
