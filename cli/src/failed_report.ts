import type { EngineError, RunReport } from '../../lib';

/** The report of a command that failed before it had moved a record: whoever reads the last line finds every key. */
export function failedReport(error: EngineError): Omit<RunReport, 'syncId' | 'runId' | 'mode' | 'resumed'> {
  const { kind, message, code, field } = error;
  return {
    status: 'failed',
    read: 0,
    written: 0,
    created: 0,
    updated: 0,
    deleted: 0,
    unchanged: 0,
    filtered: 0,
    rejected: 0,
    in_review: 0,
    superseded: 0,
    pages: 0,
    apiCalls: 0,
    seconds: process.uptime(),
    recordsPerSecond: 0,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
    guaranteeClass: 'A',
    warnings: [],
    error: { kind, message, code, field },
  };
}
