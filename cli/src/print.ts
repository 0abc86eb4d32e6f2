import type { Counts, PlanReport, RejectedRecord, RunReport, RunSummary, Schema } from '../../lib';

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
    line(`${record.sourceKey}: ${record.code}${where}: ${record.message}; ${record.attempts} attempts`);
    line(`  ${JSON.stringify(record.original)}`);
  }
}

function show(value: string | null): string {
  return value === null ? 'nothing' : JSON.stringify(value);
}
