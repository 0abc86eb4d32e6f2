import type {
  Conflict,
  Counts,
  Editor,
  FieldExplanation,
  PlanReport,
  RecordExplanation,
  RejectedRecord,
  RulesApplied,
  RunReport,
  RunSummary,
  Schema,
  Side,
  TableBody,
  TableSummary,
} from '../../lib';

const number = (value: number) => value.toLocaleString('en');
const line = (text = '') => process.stdout.write(`${text}\n`);

/** `150,000 read = 150,000 written + 0 unchanged + ...`: the conservation law, as it came out. */
export function conservation(counts: Counts): string {
  const parts = (['written', 'unchanged', 'filtered', 'rejected', 'in_review', 'superseded'] as const).map(
    (name) => `${number(counts[name])} ${name}`,
  );
  return `${number(counts.read)} read = ${parts.join(' + ')}`;
}

export function printReport(report: RunReport): void {
  line(`${report.syncId}: ${report.status}${report.resumed ? ' (resumed)' : ''}, ${report.mode} run ${report.runId}`);
  line(`  ${conservation(report)}`);
  line(`  ${number(report.created)} created, ${number(report.updated)} updated, ${number(report.deleted)} deleted`);
  line(
    `  ${report.seconds.toFixed(2)} s, ${number(Math.round(report.recordsPerSecond))} records/s, ` +
      `${number(report.apiCalls)} API calls, peak memory ${report.peakRssMb.toFixed(0)} MB, ` +
      `delivery class ${report.guaranteeClass}`,
  );
  for (const warning of report.warnings) line(`  note: ${warning}`);
  if (report.error) line(`  ${report.error.kind}: ${report.error.message}`);
  if (report.rejected > 0) line('  see them with: data-sync rejected FILE');
}

export function printPlan(plan: PlanReport): void {
  line(`${plan.syncId}: a ${plan.mode} run would do this`);
  line(`  ${conservation(plan)}`);
  line(`  ${number(plan.created)} to create, ${number(plan.updated)} to update, ${number(plan.deleted)} to delete`);
  for (const warning of plan.warnings) line(`  note: ${warning}`);
  for (const difference of plan.differences) {
    line(`  ${difference.action} ${difference.key}`);
    for (const { field, from, to } of difference.fields) line(`    ${field}: ${show(from)} -> ${show(to)}`);
  }
}

export function printFields(side: string, schema: Schema | null): void {
  if (!schema) {
    line(`${side}: not there yet; a run creates it`);
    return;
  }
  line(`${side}: ${schema.object}, key ${schema.keyField || 'none'}, changes by ${schema.versionField || 'nothing'}`);
  for (const field of schema.fields) {
    const notes = [field.nativeType || field.type, field.required ? 'required' : '', field.unique ? 'unique' : ''];
    line(`  ${field.name.padEnd(32)} ${notes.filter(Boolean).join(', ')}`);
  }
}

export function printRuns(runs: RunSummary[]): void {
  if (runs.length === 0) line('no runs yet');
  for (const run of runs) {
    line(`${run.syncId}: ${run.status}, ${run.mode} run ${run.runId}, started ${run.startedAt}`);
    line(`  ${conservation(run)}; ${number(run.linked)} linked, ${number(run.rejectedNow)} rejected now`);
    if (run.error) line(`  ${run.error}`);
  }
}

export function printRejected(records: RejectedRecord[]): void {
  if (records.length === 0) line('no rejected records');
  for (const record of records) {
    const where = record.field ? ` (${record.field})` : '';
    const side = record.side === 'target' ? 'target ' : '';
    line(`${side}${record.sourceKey}: ${record.code}${where}: ${record.message}; ${record.attempts} attempts`);
    line(`  ${JSON.stringify(record.original)}`);
  }
}

export function printConflicts(conflicts: Conflict[]): void {
  if (conflicts.length === 0) line('no conflicts');
  for (const conflict of conflicts) {
    line(`${conflict.id}: ${conflict.key}, ${conflict.kind}, ${conflict.state}${detailOf(conflict)}`);
    for (const { field, base, source, target, rule } of conflict.review) {
      const by = rule === undefined ? '' : ` (${rule})`;
      line(`  ${field}: source ${show(source)}, target ${show(target)}, before ${show(base)}${by}`);
    }
    printEditor('source', conflict.sourceBy);
    printEditor('target', conflict.targetBy);
    if (conflict.reason !== undefined) line(`  ${conflict.reason}`);
  }
}

function printEditor(side: Side, editor?: Editor): void {
  if (editor) line(`  last changed in the ${side} by ${editor.self ? 'the login of this sync' : editor.user}`);
}

/** What became of each conflict that rules were put to. */
export function printRuled(results: RulesApplied['results']): void {
  for (const { id, key, take, fields, decided, message } of results) {
    const ways = fields.map(({ field, took }) => `${field}: ${show(took)}`).join(', ');
    line(`${id}: ${key}, ${decided ? `decided: ${take ?? ways}` : `not decided: ${message ?? ''}`}`);
  }
}

export function printRuledSum({
  looked,
  decided,
  moved,
  left,
}: Pick<RulesApplied, 'looked' | 'decided' | 'moved' | 'left'>): void {
  line(`${number(looked)} open: ${number(decided)} decided, ${number(left)} left, ${number(moved)} moved meanwhile`);
}

function detailOf({ outcome, decision, actor, openedAt }: Conflict): string {
  const word = decision === undefined ? '' : `: ${JSON.stringify(decision)}`;
  const who = actor === undefined ? '' : ` by ${actor}`;
  return `${outcome === undefined ? '' : ` (${outcome})`}${word}${who}, since ${openedAt}`;
}

export function printExplanation(told: RecordExplanation): void {
  const { source, target, pair, link, fields, conflicts, rejected } = told;
  line(`source ${source ? `${source.key}, version ${source.version || 'unknown'}` : 'has no such record'}`);
  line(`target ${target ? `${target.key}, version ${target.version || 'unknown'}` : 'has no such record'}`);
  if (link) line(`linked to ${link.targetKey}${link.inDoubt ? ', in doubt since a crash' : ''}`);
  if (pair) line(`matched by ${pair.key}${pair.deleted ? ', deleted' : ''}${pair.held ? ', held' : ''}`);
  for (const field of fields) printField(field);
  if (rejected) line(`rejected: ${rejected.code}: ${rejected.message}`);
  if (conflicts.length > 0) printConflicts(conflicts);
}

function printField(field: FieldExplanation): void {
  const state = field.state === undefined ? '' : `, ${field.state}`;
  line(`  ${field.target}: ${show(field.mapped)}, in the target ${show(field.inTarget)}${state}`);
  if (field.source !== undefined) line(`    ${field.source}: ${show(field.from)}`);
  for (const { step, value, fault } of field.steps ?? [])
    line(`    ${step}: ${fault === undefined ? show(value) : `failed, ${fault}`}`);
  if (field.base !== undefined) line(`    agreed on: ${show(field.base)}`);
  if (field.decidedBy) {
    const { conflict, outcome, rule, actor } = field.decidedBy;
    line(`    conflict ${conflict} ${outcome}: ${actor ?? rule ?? 'by itself'}`);
  }
}

export function printTables(tables: TableSummary[]): void {
  if (tables.length === 0) line('no stored tables');
  for (const { id, rowCount, updatedAt, description } of tables) {
    const rows = rowCount === 1 ? '1 row' : `${number(rowCount)} rows`;
    line(`${id}: ${rows}, changed ${updatedAt}${description === undefined ? '' : `: ${description}`}`);
  }
}

export function printTable(summary: TableSummary, rows: TableBody['rows']): void {
  printTables([summary]);
  for (const [from, to] of Object.entries(rows)) line(`  ${JSON.stringify(from)}: ${JSON.stringify(to)}`);
}

function show(value: unknown): string {
  return value === null || value === undefined ? 'nothing' : JSON.stringify(value);
}
