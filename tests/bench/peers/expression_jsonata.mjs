// Peer of expressions: the same expression in JSONata, compiled once and evaluated object by object; evaluations per
// CPU second.
import { deepStrictEqual } from 'node:assert';
import jsonata from 'jsonata';
import { report } from './collections.mjs';

const [rows, rounds] = [1_000, 100];
const expression = jsonata('price * 1.19 + fee / 3 - discount');
const records = Array.from({ length: rows }, (_, row) => ({
  price: (row % 977) + 0.25,
  fee: (row % 31) + 0.5,
  discount: (row % 13) + 0.75,
}));

for (const record of records) {
  const { price, fee, discount } = record;
  deepStrictEqual(await expression.evaluate(record), price * 1.19 + fee / 3 - discount);
}
const before = process.cpuUsage();
let digest = 0;
for (let round = 0; round < rounds; round += 1) {
  for (const record of records) digest += await expression.evaluate(record);
}
const { user, system } = process.cpuUsage(before);
if (!Number.isFinite(digest)) throw new Error('a result is no number');
report({ evaluations: Math.round((rows * rounds) / ((user + system) / 1e6)) });
