import type { EngineError } from './errors';
import { noCounts, type RunReport } from './reports';

/** The report of a run that failed before it had moved a record: whoever reads reports finds every member. */
export function failedReport({ kind, message, code, field }: EngineError): Omit<RunReport, 'syncId'> {
  return {
    runId: 0,
    status: 'failed',
    mode: 'incremental',
    resumed: false,
    ...noCounts,
    pages: 0,
    apiCalls: 0,
    seconds: 0,
    phases: { fetch: 0, map: 0, decide: 0, write: 0, commit: 0 },
    recordsPerSecond: 0,
    peakRssMb: 0,
    guaranteeClass: 'A',
    warnings: [],
    planHash: '',
    rules: [],
    error: { kind, message, code, field },
  };
}
