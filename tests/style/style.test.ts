import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { badSamples, goodSamples } from './samples';

const script = join(__dirname, '..', '..', 'scripts', 'style.mjs');
const layers = ['layer(base LINKS fmt::fmt)', 'layer(record DEPENDS base)', 'layer(connectors DEPENDS base record)']
  .concat('layer(store DEPENDS base)', 'layer(sync DEPENDS base connectors store)', 'layer(engine DEPENDS base sync)')
  .join('\n');

interface Verdict {
  code: number | null;
  /** "path [rule]" of every violation. */
  found: string[];
}

/** Runs the style test over a project of these files (path to text). */
function check(files: Record<string, string>): Verdict {
  const root = mkdtempSync(join(tmpdir(), 'data-sync-style-'));
  try {
    for (const [path, text] of Object.entries({ 'CMakeLists.txt': layers, ...files })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const run = spawnSync(process.execPath, [script, '--root', root], { encoding: 'utf8' });
    const rows = [...run.stderr.matchAll(/^([^:\n]+):\d+: .* (\[[\w-]+\])$/gm)];
    return { code: run.status, found: rows.map(([, path, rule]) => `${path} ${rule}`) };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

describe('the style test', () => {
  const badPaths = badSamples.map(({ path }) => path);

  it('has samples with different paths, so that each can be told from the others', () => {
    expect(new Set(badPaths).size).toBe(badPaths.length);
  });

  describe('goes red', () => {
    let verdict: Verdict;
    beforeAll(() => {
      const files = badSamples.flatMap(({ beside, ...sample }) => (beside ? [beside, sample] : [sample]));
      verdict = check(Object.fromEntries(files.map(({ path, text }) => [path, text])));
    });

    it.each(badSamples)('on $why', ({ path, rule }) => {
      expect(verdict.found.filter((place) => place.startsWith(`${path} `))).toEqual([`${path} [${rule}]`]);
    });

    it('with exit code 1', () => {
      expect(verdict.code).toBe(1);
    });
  });

  it('accepts code that keeps the rules, the near misses included', () => {
    const files = Object.fromEntries(goodSamples.map(({ path, text }) => [path, text]));
    expect(check(files)).toEqual({ code: 0, found: [] });
  });

  it('goes red on a layer that depends on one declared below it', () => {
    const verdict = check({ 'CMakeLists.txt': 'layer(base DEPENDS record)\nlayer(record)\n' });
    expect(verdict).toEqual({ code: 1, found: ['CMakeLists.txt [layers]'] });
  });

  describe('with a waiver', () => {
    const header = { 'native/base/old.hpp': 'namespace nexpo {}\n' };
    const waivers = (...rows: object[]) => ({ 'scripts/style/waivers.json': JSON.stringify(rows) });

    it('lets the named rule be broken in the named file', () => {
      const waiver = { rule: 'pragma-once', path: 'native/base/old.hpp', reason: 'included twice on purpose' };
      expect(check({ ...header, ...waivers(waiver) })).toEqual({ code: 0, found: [] });
    });

    it('goes red when the waiver excuses nothing any more', () => {
      const waiver = { rule: 'print', path: 'native/base/old.hpp', reason: 'it used to print' };
      const found = ['native/base/old.hpp [pragma-once]', 'scripts/style/waivers.json [waivers]'];
      expect(check({ ...header, ...waivers(waiver) })).toEqual({ code: 1, found });
    });

    it('goes red when the waiver gives no reason', () => {
      const waiver = { rule: 'pragma-once', path: 'native/base/old.hpp' };
      const found = ['scripts/style/waivers.json [waivers]'];
      expect(check({ ...header, ...waivers(waiver) })).toEqual({ code: 1, found });
    });

    it('goes red when the waiver names a rule that does not exist', () => {
      const waiver = { rule: 'no-such-rule', path: 'native/base/old.hpp', reason: 'a slip of the pen' };
      const found = ['native/base/old.hpp [pragma-once]', 'scripts/style/waivers.json [waivers]'];
      expect(check({ ...header, ...waivers(waiver) })).toEqual({ code: 1, found });
    });
  });
});
