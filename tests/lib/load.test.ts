import * as fs from 'node:fs';
import * as path from 'node:path';

import { candidates, loadNative } from '../../lib/load';
import { projectFolder, temporaryFolder } from '../e2e/support/processes';

const folder = temporaryFolder();
afterAll(() => folder.remove());

function packageFolder(name: string): string {
  const root = path.join(folder.path, name);
  fs.mkdirSync(root);
  fs.writeFileSync(path.join(root, 'package.json'), '{"version": "1.2.3"}');
  return root;
}

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (thrown) {
    return (thrown as Error).message;
  }
  throw new Error('nothing was thrown');
}

test('a local build is looked for first, then what the package ships for this platform and C library', () => {
  const [first, , shipped] = candidates('/package', '1.2.3');
  expect(first).toBe('/package/build/release/data_sync.node');
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  const platform = `${process.platform}-${process.arch}-${header.glibcVersionRuntime ? 'gnu' : 'musl'}`;
  expect(shipped).toBe(`/package/prebuilds/data_sync-1.2.3-${platform}.node`);
});

test('without a binary the error says what was tried, on which platform, and what helps', () => {
  const root = packageFolder('empty');
  const message = messageOf(() => loadNative(root));
  expect(message).toMatch(new RegExp(`on ${process.platform}-${process.arch}(-gnu|-musl)?, Node ${process.version}`));
  for (const file of candidates(root, '1.2.3')) expect(message).toContain(`${file}: not there`);
  expect(message).toContain('npm run build');
});

test('a binary that cannot be loaded is told with the reason', () => {
  const root = packageFolder('broken');
  const [file] = candidates(root, '1.2.3');
  fs.mkdirSync(path.dirname(file!), { recursive: true });
  fs.writeFileSync(file!, 'not a shared library');
  const message = messageOf(() => loadNative(root));
  expect(message).toMatch(/data_sync\.node: .*(file too short|invalid ELF header|not a mach-o|not a valid)/);
});

test('what the package ships is loaded when there is no local build', () => {
  const root = packageFolder('shipped');
  const shipped = candidates(root, '1.2.3')[2]!;
  fs.mkdirSync(path.dirname(shipped));
  fs.copyFileSync(path.join(projectFolder, 'build', 'release', 'data_sync.node'), shipped);
  expect(Object.keys(loadNative(root)).sort()).toEqual(['call', 'close', 'open', 'version']);
});
