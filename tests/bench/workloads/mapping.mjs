// B1: the mapping core, bytes to bytes, on one core, against JavaScript and JSONata from the same bytes; and once more
// with a mapping that uses many functions of the catalogue, expressions and rules.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogueMappings, expectedByCatalogue } from '../data/catalogue.mjs';
import { fieldMappings } from '../data/mapping.mjs';
import { measuredPeer, programFolder, textOf } from '../runner/programs.mjs';
import { exactly, target } from '../runner/targets.mjs';

export const mapping = {
  id: 'B1',
  name: 'mapping',
  title: 'the mapping core, from bytes to bytes, one core',
  async run({ data, say }) {
    const cases = new Map([
      ...(await measure(data, fieldMappings, 'mapped.json')),
      ...(await measure(data, catalogueMappings, expectedByCatalogue(data), 'json')).map(([, one]) => [
        'catalogue',
        one,
      ]),
    ]);
    const { result: peer } = await measuredPeer('mapping_javascript', { data });
    const { result: jsonata } = await measuredPeer('mapping_jsonata', { data });
    // Per CPU second is what one core gives, also when the machine does something else besides.
    const rate = (name) => exactly(cases.get(name).recordsPerCpuSecond);
    for (const name of cases.keys()) say(`${name}: ${rate(name).median.toLocaleString('en')} records per CPU second`);
    const medians = Object.entries(peer).map(([name, { median }]) => `${name} ${median.toLocaleString('en')}`);
    say(`JavaScript, records per CPU second: ${medians.join(', ')}`);
    say(`JSONata: ${jsonata.json.toLocaleString('en')} records per CPU second`);
    const times = (ours, theirs) => exactly(ours.median / theirs.median);
    return {
      results: new Map(),
      targets: [
        target('JSON', 'at least', 1_100_000, rate('json'), 'records per CPU s'),
        target('CSV', 'at least', 1_900_000, rate('csv'), 'records per CPU s'),
        target('JSON, against lean JavaScript', 'at least', 10, times(rate('json'), peer.json), 'x'),
        target('JSON, against JSONata', 'at least', 100, times(rate('json'), exactly(jsonata.json)), 'x'),
        target('CSV, against lean JavaScript', 'at least', 10, times(rate('csv'), peer.csv), 'x'),
        target('the catalogue, against lean JavaScript', 'at least', 5, times(rate('catalogue'), peer.catalogue), 'x'),
      ],
    };
  },
};

/** [case, what it took] of one mapping, or of one case of it. */
async function measure(data, mappings, expected, ...only) {
  const file = join(data, 'mappings.json');
  writeFileSync(file, JSON.stringify(mappings));
  const lines = (await textOf(join(programFolder, 'bench_mapping'), [data, file, expected, ...only]))
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line)).map((one) => [one.case, one]);
}
