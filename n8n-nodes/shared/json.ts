import { type IExecuteFunctions, NodeOperationError } from 'n8n-workflow';

/** What a JSON parameter holds: text as it was typed, or what an expression gave. Blank text is nothing. */
export function parsed(context: IExecuteFunctions, value: unknown, label: string): unknown {
  if (typeof value !== 'string') return value;
  if (!value.trim()) return undefined;
  try {
    return JSON.parse(value) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NodeOperationError(context.getNode(), `${label} is not JSON: ${reason}`);
  }
}

/** A JSON parameter that holds a list. @throws NodeOperationError that shows `example` for one that holds none. */
export function parsedList(context: IExecuteFunctions, value: unknown, label: string, example: string): unknown[] {
  const list = parsed(context, value, label) ?? [];
  if (Array.isArray(list)) return list;
  const description = `Write a list: ${example}.`;
  throw new NodeOperationError(context.getNode(), `${label} is not a list`, { description });
}
