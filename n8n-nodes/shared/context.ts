import type { IExecuteFunctions, ILoadOptionsFunctions, IPollFunctions } from 'n8n-workflow';

/** Where a node's code runs: in an execution, while a list of the editor is filled, or in a poll. */
export type Context = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions;

/** The value of a parameter, read once for the whole call: an expression in it is evaluated for the first item. */
export function parameterOf(context: Context, name: string, fallback?: unknown): unknown {
  if ('getInputData' in context) return context.getNodeParameter(name, 0, fallback);
  return context.getNodeParameter(name, fallback);
}

/** The value of a resource locator, without the spaces that come along with copied text. */
export function locatorOf(context: Context, name: string): string {
  const locator = parameterOf(context, name, '');
  const value = typeof locator === 'object' && locator !== null && 'value' in locator ? locator.value : locator;
  return typeof value === 'string' ? value.trim() : '';
}
