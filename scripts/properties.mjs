// Plays generated scripts against the two-way sync, optimised, on every processor: docs/conflicts.md, Properties.
//
//   npm run properties                      1,000,000 scripts
//   npm run properties -- --scripts 50000   as many as that
//   npm run properties -- --seed 123        replays one
import { availableParallelism } from 'node:os';
import { captured, failWith, isMain, PlainError, projectFolder, run } from './command.mjs';
import { setUp } from './setup.mjs';

const scriptsDefault = 1_000_000;
const chunkScripts = 5_000;
/** A chunk takes seconds; one that takes this long does not end, which is a fault as well. */
const chunkMinutesMax = 10;

/**
 * What is played, in runs of one process each.
 * @param {string[]} words
 * @returns {{ seed: number, scripts: number }[]}
 */
export function scriptChunks(words) {
  const [option = '--scripts', text = String(scriptsDefault), ...rest] = words;
  const number = Number(text);
  if (!['--scripts', '--seed'].includes(option) || !Number.isSafeInteger(number) || number < 1 || rest.length > 0) {
    throw new PlainError('usage: npm run properties [-- --scripts N | --seed N]');
  }
  if (option === '--seed') return [{ seed: number, scripts: 1 }];
  const chunks = [];
  for (let seed = 1; seed <= number; seed += chunkScripts) {
    chunks.push({ seed, scripts: Math.min(chunkScripts, number - seed + 1) });
  }
  return chunks;
}

async function playAll(chunks) {
  const program = `${projectFolder}/build/scripts/tests/native/sync_test`;
  const filter = '--gtest_filter=TwoWayProperties.HoldUnderGeneratedScripts';
  const total = chunks.reduce((sum, { scripts }) => sum + scripts, 0);
  let [next, played] = [0, 0];
  const worker = async () => {
    while (next < chunks.length) {
      const { seed, scripts } = chunks[next++];
      const env = { DATA_SYNC_SEED: String(seed), DATA_SYNC_SCRIPTS: String(scripts) };
      const { code, output, late } = await captured(program, [filter], { env, minutesMax: chunkMinutesMax });
      if (code !== 0) {
        next = chunks.length;
        const fault = late ? `no end within ${chunkMinutesMax} minutes` : 'a property does not hold';
        throw new PlainError(`${output}\n${fault} in scripts ${seed} to ${seed + scripts - 1}`);
      }
      played += scripts;
      console.log(`${played.toLocaleString('en')} of ${total.toLocaleString('en')} scripts hold`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

async function main() {
  const chunks = scriptChunks(process.argv.slice(2).filter((word) => word !== '--'));
  await setUp(['build', 'test']);
  await run('cmake', ['--preset', 'scripts']);
  await run('cmake', ['--build', '--preset', 'scripts', '--target', 'sync_test']);
  await playAll(chunks);
}

if (isMain(import.meta.url)) main().catch(failWith);
