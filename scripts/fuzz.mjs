// Throws random input at a part of the engine, under the sanitizers, for as long as it is told to.
//
//   npm run fuzz -- expression                  10 minutes
//   npm run fuzz -- expression --minutes 60     as long as that
//   npm run fuzz -- expression --seed 123       replays one input
import { failWith, isMain, PlainError, run } from './command.mjs';
import { setUp } from './setup.mjs';

const targets = new Map([['expression', { layer: 'transformer', filter: 'ExpressionFuzz.*' }]]);
const minutesDefault = '10';

/** @param {string[]} words */
export function fuzzPlan(words) {
  const target = targets.get(words[0]);
  if (!target) throw new PlainError(`say what to fuzz: ${[...targets.keys()].join(', ')}`);
  const [option = '--minutes', number = minutesDefault, ...rest] = words.slice(1);
  if (!['--minutes', '--seed'].includes(option) || !/^[0-9]+$/.test(number) || rest.length > 0) {
    throw new PlainError('usage: npm run fuzz -- expression [--minutes N | --seed N]');
  }
  // Every run goes another way than the last one; the seed of a fault is printed.
  const seed = option === '--seed' ? number : String(Date.now() * 1000);
  const env = { DATA_SYNC_SEED: seed, ...(option === '--minutes' && { DATA_SYNC_FUZZ_MINUTES: number }) };
  return { ...target, env };
}

async function main() {
  const { layer, filter, env } = fuzzPlan(process.argv.slice(2).filter((word) => word !== '--'));
  await setUp(['build', 'test']);
  await run('cmake', ['--preset', 'asan']);
  await run('cmake', ['--build', '--preset', 'asan', '--target', `${layer}_test`]);
  await run(`build/asan/tests/native/${layer}_test`, [`--gtest_filter=${filter}`], { env });
}

if (isMain(import.meta.url)) main().catch(failWith);
