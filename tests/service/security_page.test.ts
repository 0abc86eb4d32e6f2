import * as fs from 'node:fs';
import * as path from 'node:path';

const root = path.join(__dirname, '../..');
const page = fs.readFileSync(path.join(root, 'docs/security.md'), 'utf8');

test('every protection that docs/security.md names has a test, and the test is there', () => {
  const rows = page.split('\n').filter((line) => /^\| (?!---|against)/.test(line));
  expect(rows.length).toBeGreaterThan(25);
  for (const row of rows) {
    const named = [...row.matchAll(/`(tests\/[^`]+)`/g)].map(([, file]) => file!);
    expect([row, named.length]).not.toEqual([row, 0]);
    for (const file of named) expect([file, fs.existsSync(path.join(root, file))]).toEqual([file, true]);
  }
});
