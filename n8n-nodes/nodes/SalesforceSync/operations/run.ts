import { type IDataObject, type IExecuteFunctions, type INodeExecutionData, NodeOperationError } from 'n8n-workflow';

import type { Engine, RejectedRecord, RunReport } from '../../../lib';
import { sharedEngine } from '../../../shared/engine';
import { reportError } from '../../../shared/errors';
import { type OpenSync, readSync } from '../../../shared/sync';

/** Rejected records that the summary shows. "Get Rejected Records" gives the rest. */
const rejectedShown = 10;

/** Runs the sync to its end, once for all incoming items, and gives one item: the report. */
export function runSync(this: IExecuteFunctions): Promise<INodeExecutionData[]> {
  return summaryOf(this, false);
}

/** Runs the sync after it has tried all its rejected records again. */
export function replayRejected(this: IExecuteFunctions): Promise<INodeExecutionData[]> {
  return summaryOf(this, true);
}

async function summaryOf(context: IExecuteFunctions, replay: boolean): Promise<INodeExecutionData[]> {
  const engine = await sharedEngine();
  const sync = await readSync(context);
  try {
    const report = await runUntilCancelled(context, engine, sync, replay);
    throwIfUnfinished(context, report);
    const rejected = report.rejected > 0 ? await engine.rejected(report.syncId, 0, rejectedShown) : [];
    return [{ json: summary(report, rejected), pairedItem: { item: 0 } }];
  } finally {
    sync.release();
  }
}

/** Cancelling the execution stops the run after the page in flight. */
async function runUntilCancelled(
  context: IExecuteFunctions,
  engine: Engine,
  { file, full, approve }: OpenSync,
  replay: boolean,
): Promise<RunReport> {
  const cancelled = context.getExecutionCancelSignal();
  const stop = (): void => void engine.stop(file.id).catch(() => undefined);
  cancelled?.addEventListener('abort', stop, { once: true });
  try {
    cancelled?.throwIfAborted();
    return await engine.run(file, { full, approve, replay });
  } finally {
    cancelled?.removeEventListener('abort', stop);
  }
}

function throwIfUnfinished(context: IExecuteFunctions, report: RunReport): void {
  const { status, error } = report;
  if (status === 'failed' && error) throw reportError(context.getNode(), error);
  if (status === 'succeeded' || context.getExecutionCancelSignal()?.aborted) return;
  if (status === 'held') {
    throw new NodeOperationError(context.getNode(), `The run was held: ${error?.message ?? ''}`, {
      description: 'Look at the operation Preview. If it is what you want, turn on the option Approve Large Changes.',
    });
  }
  throw new NodeOperationError(context.getNode(), `The run ended with status ${status}`, {
    description: `It was stopped after ${report.read} records, all of them committed. The next run goes on from there.`,
  });
}

/** What people look for first comes first. */
function summary(report: RunReport, rejected: RejectedRecord[]): IDataObject {
  const { syncId, status, mode, read, created, updated, deleted, unchanged, ...rest } = report;
  const first = { syncId, status, mode, read, created, updated, deleted, unchanged, rejected: rest.rejected };
  return { ...first, ...rest, rejectedRecords: rejected.map(reasonOf) };
}

/** Without the original, which may be large: "Get Rejected Records" gives it. */
function reasonOf({ id, sourceKey, code, message, field, retryable, attempts }: RejectedRecord): IDataObject {
  return { id, sourceKey, code, message, field, retryable, attempts };
}
