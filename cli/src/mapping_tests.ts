import { type Engine, EngineError, type MappedRecord, type MappingPreview, type SyncFile } from '../../lib';

type Tests = MappingPreview['tests'];

/** Runs the tests that the mapping of a sync carries. @throws EngineError that names the place of every fault. */
export async function testMapping(engine: Engine, file: SyncFile): Promise<Tests> {
  const { fieldMappings, validation, tests } = file;
  if (!tests) return [];
  const preview = await engine.previewMapping({ fieldMappings, validation, tests, records: [] });
  const faults = preview.diagnostics.map(({ path, reason, fix }) => `${path}: ${reason}${fix && `; ${fix}`}`);
  if (faults.length > 0) throw new EngineError(faults.join('\n'), { kind: 'invalid' });
  return preview.tests;
}

/** A line for each test; of one that failed, what was wanted and what came out. */
export function printTests(file: SyncFile, tests: Tests): void {
  for (const [place, { name, ok, got }] of tests.entries()) {
    process.stdout.write(`test ${ok ? 'ok' : 'FAILED'}: ${name}\n`);
    if (ok) continue;
    process.stdout.write(`  wanted ${JSON.stringify(file.tests?.[place]?.expect)}\n  got ${textOf(got)}\n`);
  }
}

function textOf(got: MappedRecord): string {
  if ('output' in got) return JSON.stringify(got.output);
  return `a rejection, ${got.rejected.code}: ${got.rejected.message}`;
}
