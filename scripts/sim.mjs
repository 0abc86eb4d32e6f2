// Replays one world of the simulation: npm run sim -- SEED
import { failWith, PlainError, run } from './command.mjs';
import { setUp } from './setup.mjs';

async function main() {
  const seed = process.argv[2];
  if (!/^[0-9]+$/.test(seed ?? '')) throw new PlainError('name the seed to replay: npm run sim -- 123');
  await setUp(['build', 'test']);
  await run('cmake', ['--preset', 'dev']);
  await run('cmake', ['--build', '--preset', 'dev', '--target', 'sync_test']);
  await run('build/dev/tests/native/sync_test', ['--gtest_filter=Simulation.*'], { env: { DATA_SYNC_SEED: seed } });
}

main().catch(failWith);
