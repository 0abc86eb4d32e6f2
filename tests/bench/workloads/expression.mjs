// B12: expressions on one core, typed, with the cost limit on, against JSONata.
import { join } from 'node:path';
import { measuredPeer, programFolder, textOf } from '../runner/programs.mjs';
import { exactly, target } from '../runner/targets.mjs';

export const expression = {
  id: 'B12',
  name: 'expression',
  title: 'expressions, evaluated one by one, one core',
  async run({ data, say }) {
    const lines = (await textOf(join(programFolder, 'bench_expression'), [])).trim().split('\n');
    const cases = new Map(lines.map((line) => JSON.parse(line)).map((one) => [one.case, one]));
    const { result: jsonata } = await measuredPeer('expression_jsonata', { data });
    const rate = (name) => exactly(cases.get(name).evaluationsPerCpuSecond);
    for (const name of cases.keys())
      say(`${name}: ${rate(name).median.toLocaleString('en')} evaluations per CPU second`);
    say(`JSONata: ${jsonata.evaluations.toLocaleString('en')} evaluations per CPU second`);
    return {
      results: new Map(),
      targets: [
        target('double', 'at least', 20_000_000, rate('double'), 'evaluations per CPU s'),
        target('decimal', 'at least', 8_000_000, rate('decimal'), 'evaluations per CPU s'),
        target('double, against JSONata', 'at least', 100, exactly(rate('double').median / jsonata.evaluations), 'x'),
      ],
    };
  },
};
