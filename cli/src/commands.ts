import type { Conflict, RulesApplied, RunReport, Side, SyncFile } from '../../lib';
import { actor, openEngine, type Options, printJson, withEngine, wrong } from './engine';
import { printTests, testMapping } from './mapping_tests';
import { ProgressLine } from './progress_line';
import {
  printConflicts,
  printExplanation,
  printFields,
  printPlan,
  printRejected,
  printReport,
  printRuled,
  printRuledSum,
  printRuns,
} from './print';
import { readSyncFile } from './sync_file';

function exitCode(report: RunReport): number {
  if (report.status !== 'succeeded') return 1;
  return report.rejected > 0 ? 2 : 0;
}

/** The first signal commits the page in flight and stops; the second does what it does to any other program. */
function stopOnSignal(stop: () => Promise<unknown>): () => void {
  const release = () => process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  let asked = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (asked) {
      release();
      process.kill(process.pid, signal);
      return;
    }
    asked = true;
    process.stderr.write('\nstopping after the page in flight; once more to end at once\n');
    void stop();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return release;
}

export async function run(options: Options, path: string): Promise<number> {
  const file = readSyncFile(path);
  const progress = new ProgressLine(!options.json && process.stderr.isTTY);
  const report = (one: RunReport) => (options.json ? printJson(one) : printReport(one));
  let last = 0;
  const engine = openEngine(options, (event) => {
    if (event.type === 'progress') progress.show(event);
    if (event.type !== 'run') return;
    progress.clear();
    report(event.report);
    last = exitCode(event.report);
  });
  const release = stopOnSignal(() => engine.stop(file.id));
  return withEngine(engine, async () => {
    try {
      if (options.watch) {
        await engine.runOnSchedule(file);
        return last;
      }
      const done = await engine.run(file, { full: options.full, approve: options.approve });
      progress.clear();
      report(done);
      return exitCode(done);
    } finally {
      progress.clear();
      release();
    }
  });
}

export async function plan(options: Options, path: string): Promise<number> {
  const file = readSyncFile(path);
  const engine = openEngine(options);
  return withEngine(engine, async () => {
    const planned = await engine.plan(file, { full: options.full, samples: Number(options.samples ?? 10) });
    if (options.json) printJson(planned);
    else printPlan(planned);
    return 0;
  });
}

/** The mapping's own tests, then a connection to both systems. */
export async function test(options: Options, path: string): Promise<number> {
  const file = readSyncFile(path);
  const engine = openEngine(options);
  return withEngine(engine, async () => {
    const tests = await testMapping(engine, file);
    const result = await engine.test(file);
    if (options.json) printJson({ ...result, tests });
    else {
      printTests(file, tests);
      for (const side of ['source', 'target'] as const) {
        process.stdout.write(`${side} ${result[side].ok ? 'ok' : 'FAILED'}: ${result[side].message}\n`);
      }
    }
    return result.source.ok && result.target.ok && tests.every(({ ok }) => ok) ? 0 : 1;
  });
}

export async function schema(options: Options, path: string): Promise<number> {
  const file = readSyncFile(path);
  const engine = openEngine(options);
  return withEngine(engine, async () => {
    const both = await engine.schema(file);
    if (options.json) printJson(both);
    else {
      printFields('source', both.source);
      printFields('target', both.target);
    }
    return 0;
  });
}

export async function status(options: Options, sync?: string): Promise<number> {
  const engine = openEngine(options);
  return withEngine(engine, async () => {
    const runs = await engine.status(sync ?? '');
    if (options.json) printJson({ runs });
    else printRuns(runs);
    return 0;
  });
}

export async function rejected(options: Options, path: string): Promise<number> {
  const file = readSyncFile(path);
  const engine = openEngine(options);
  return withEngine(engine, async () => {
    if (options.replay) {
      const report = await engine.run(file, { replay: true });
      if (options.json) printJson(report);
      else printReport(report);
      return exitCode(report);
    }
    const records = await engine.rejected(file.id, 0, 1000);
    if (options.json) printJson({ records });
    else printRejected(records);
    return 0;
  });
}

export async function conflicts(options: Options, path: string): Promise<number> {
  const file = readSyncFile(path);
  const engine = openEngine(options);
  return withEngine(engine, async () => {
    const state = options.state === 'all' ? undefined : (options.state as Conflict['state'] | undefined);
    const held: Conflict[] = [];
    let after: number | undefined = 0;
    while (after !== undefined) {
      const page: { conflicts: Conflict[]; next?: number } = await engine.conflicts.list({
        syncId: file.id,
        limit: 1000,
        after,
        ...(state !== undefined && { state }),
      });
      held.push(...page.conflicts);
      after = page.next;
    }
    if (options.json) printJson({ conflicts: held });
    else printConflicts(held);
    return 0;
  });
}

export async function decide(options: Options, path: string, id?: string): Promise<number> {
  const file = readSyncFile(path);
  if (options.rules) return decideByRules(options, file, id);
  if (id === undefined) throw wrong('id', 'say which conflict, or --rules for all that the rules of the file settle');
  const engine = openEngine(options);
  return withEngine(engine, async () => {
    const { syncId, sourceHash, targetHash } = await engine.conflicts.get(numberOf(id));
    if (syncId !== file.id) throw wrong('id', `conflict ${id} is of sync "${syncId}", not of "${file.id}"`);
    const fields = fieldsOf(options.field ?? []);
    const decided = await engine.conflicts.decide({
      id: numberOf(id),
      sourceHash,
      targetHash,
      ...(options.take !== undefined && { take: options.take as Side }),
      ...(Object.keys(fields).length > 0 && { fields }),
      actor: actor(),
    });
    if (options.json) printJson(decided);
    else printConflicts([decided]);
    return 0;
  });
}

async function decideByRules(options: Options, file: SyncFile, id?: string): Promise<number> {
  if (id !== undefined || options.take !== undefined || (options.field ?? []).length > 0)
    throw wrong('rules', 'rules decide all that they settle: leave out the id, --take and --field');
  const engine = openEngine(options);
  return withEngine(engine, async () => {
    const sum = { looked: 0, decided: 0, moved: 0, left: 0 };
    for (let after: number | undefined = 0; after !== undefined;) {
      const part: RulesApplied = await engine.conflicts.applyRules({
        ...file.conflicts,
        syncId: file.id,
        strategy: file.conflictResolution ?? 'source_wins',
        after,
        actor: actor(),
      });
      for (const name of ['looked', 'decided', 'moved', 'left'] as const) sum[name] += part[name];
      if (!options.json) printRuled(part.results);
      after = part.after;
    }
    if (options.json) printJson(sum);
    else printRuledSum(sum);
    return 0;
  });
}

export async function explain(options: Options, path: string, key: string): Promise<number> {
  const file = readSyncFile(path);
  const engine = openEngine(options);
  return withEngine(engine, async () => {
    const told = await engine.explain(file, key, options.side as Side | undefined);
    if (options.json) printJson(told);
    else printExplanation(told);
    return 0;
  });
}

function numberOf(id: string): number {
  if (/^[1-9]\d{0,15}$/.test(id)) return Number(id);
  throw wrong('id', `"${id}" is no number of a conflict; data-sync conflicts FILE shows them`);
}

/** `name=source`. The name may have a "=" of its own. */
function fieldsOf(words: string[]): Record<string, Side> {
  const fields: Record<string, Side> = {};
  for (const word of words) {
    const [, name, side] = /^(.+)=(source|target)$/s.exec(word) ?? [];
    if (name === undefined) throw wrong('field', `--field ${word}: write NAME=source or NAME=target`);
    fields[name] = side as Side;
  }
  return fields;
}

export async function forget(options: Options, path: string): Promise<number> {
  const file = readSyncFile(path);
  const engine = openEngine(options);
  return withEngine(engine, async () => {
    await engine.forget(file);
    if (options.json) printJson({ forgotten: file.id });
    else process.stdout.write(`${file.id}: links, conflicts, runs and rejected records are forgotten\n`);
    return 0;
  });
}
