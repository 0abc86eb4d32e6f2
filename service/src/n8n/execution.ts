import type { WorkflowExecution } from '../schemas/workflow';
import type { N8nError, N8nExecution, N8nItem } from './types';

/** Items of an output that are shown; the rest is in n8n. */
export const outputItemsMax = 1_000;
const messageCharactersMax = 2_000;

const failed = new Set(['error', 'crashed', 'canceled']);

/**
 * An execution of n8n as this API tells it. `called` is the node that this service calls: what it was called with is
 * the input. The output are the items that the node gave which ended last; binary data stays in n8n.
 */
export function executionOf(execution: N8nExecution, called: string, now: Date): WorkflowExecution {
  const { id, workflowId, startedAt, stoppedAt, data, dataTooLargeToDisplay } = execution;
  const result = data?.resultData;
  const status = statusOf(execution);
  const input = itemsOf(execution, called)[0]?.json['body'] ?? null;
  const output = result?.lastNodeExecuted ? itemsOf(execution, result.lastNodeExecuted) : undefined;
  return {
    id,
    workflowId,
    status,
    // n8n has no start yet for an execution that waits for its turn.
    startTime: startedAt ?? now.toISOString(),
    ...(stoppedAt && status !== 'running' && { endTime: stoppedAt }),
    input,
    ...(status === 'success' && output && { output: output.slice(0, outputItemsMax).map(({ json }) => json) }),
    ...((dataTooLargeToDisplay || (output?.length ?? 0) > outputItemsMax) && { outputCut: true }),
    ...(status === 'error' && { error: errorOf(execution.status, result?.error, result?.lastNodeExecuted) }),
  };
}

export function statusOf({ status }: N8nExecution): WorkflowExecution['status'] {
  if (status === 'success') return 'success';
  return failed.has(status) ? 'error' : 'running';
}

/** What a node gave in its last run, at the first output that has something. */
function itemsOf({ data }: N8nExecution, node: string): N8nItem[] {
  const runs = data?.resultData?.runData;
  const outputs = runs && Object.hasOwn(runs, node) ? runs[node]?.at(-1)?.data?.main : undefined;
  return outputs?.find((items) => items && items.length > 0) ?? [];
}

function errorOf(status: string, error?: N8nError | null, lastNode?: string | null) {
  const byStatus = status === 'canceled' ? 'the execution was cancelled in n8n' : 'the execution failed';
  const text = [error?.message ?? byStatus, error?.description].filter((part) => part).join(': ');
  const node = error?.node?.name ?? lastNode ?? undefined;
  return { message: text.slice(0, messageCharactersMax), ...(node !== undefined && { node }) };
}
