// B11: conflict decisions on one core, 25 fields, three pairs in ten edited on both sides.
import { join } from 'node:path';
import { programFolder, textOf } from '../runner/programs.mjs';
import { target } from '../runner/targets.mjs';

export const conflicts = {
  id: 'B11',
  name: 'conflicts',
  title: 'conflict decisions, 25 fields, 30 % edited on both sides, one core',
  async run({ say }) {
    const lines = (await textOf(join(programFolder, 'bench_conflicts'), [])).trim().split('\n');
    const targets = lines.map((line) => {
      const { case: name, pairsPerCpuSecond, min, max } = JSON.parse(line);
      say(`${name}: ${pairsPerCpuSecond.toLocaleString('en')} pairs per CPU second`);
      return target(name, 'at least', 1_000_000, { median: pairsPerCpuSecond, min, max }, 'pairs per CPU s');
    });
    return { results: new Map(), targets };
  },
};
