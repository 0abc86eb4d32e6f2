import { type INode, NodeApiError, NodeOperationError } from 'n8n-workflow';

import { EngineError, type ErrorKind } from '../lib';

export type NodeError = NodeApiError | NodeOperationError;

/** The kinds that another system answered, with the HTTP status that n8n shows for them and acts on. */
const httpCodes: Partial<Record<ErrorKind, string>> = { unauthorized: '401', throttled: '429', unavailable: '503' };

const fixes: Record<ErrorKind, string> = {
  invalid: 'Correct the parameter that is named, then run the node again.',
  unauthorized: 'Open the credential, test it, and reconnect it if the test fails.',
  throttled: 'Wait until the limit of the other system is reset, or lower the load. The next run goes on from here.',
  unavailable: 'The other system or the network did not answer. The next run goes on from here.',
  conflict: 'Another run of this sync is active. Wait for it, or cancel it.',
  cancelled: 'The run was stopped. The next run goes on from here.',
  internal: 'Run the node again. If it stays, report it with the code and the log of n8n.',
};

/** What an error of the engine, or of a run's report, is made of. */
interface Cause {
  message: string;
  kind: ErrorKind;
  code: string;
  field: string;
}

/**
 * Gives anything that was thrown as the error that n8n shows: NodeApiError for what another system answered,
 * NodeOperationError for the rest. The description names the field, the code and the fix.
 */
export function nodeError(node: INode, thrown: unknown, itemIndex?: number): NodeError {
  if (thrown instanceof NodeApiError || thrown instanceof NodeOperationError) return thrown;
  if (thrown instanceof EngineError) return errorOf(node, thrown, itemIndex);
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return new NodeOperationError(node, error, { itemIndex });
}

/** The error of a run that ended with status `failed`. */
export function reportError(
  node: INode,
  error: { kind: string; message: string; code: string; field: string },
): NodeError {
  const kind = error.kind in fixes ? (error.kind as ErrorKind) : 'internal';
  return errorOf(node, { ...error, kind });
}

function errorOf(node: INode, { message, kind, code, field }: Cause, itemIndex?: number): NodeError {
  const description = [field && `Field: ${field}.`, code && `Code: ${code}.`, fixes[kind]].filter(Boolean).join(' ');
  const httpCode = httpCodes[kind];
  if (!httpCode) return new NodeOperationError(node, message, { description, itemIndex });
  return new NodeApiError(node, { message, code }, { message, description, httpCode, itemIndex });
}

/** The error of one row that the org refused. */
export function rowError(
  node: INode,
  { code, message, field, retryable }: { code: string; message: string; field: string; retryable: boolean },
  itemIndex: number,
): NodeError {
  const fix = retryable ? 'This may pass: run the node again for this item.' : 'Correct the value of this item.';
  const description = [field && `Field: ${field}.`, code && `Code: ${code}.`, fix].filter(Boolean).join(' ');
  return new NodeApiError(node, { message, code }, { message, description, httpCode: '400', itemIndex });
}
