import * as fs from 'node:fs';
import * as path from 'node:path';

import type {
  IDataObject,
  IExecuteFunctions,
  ILoadOptionsFunctions,
  INode,
  INodeExecutionData,
  IPollFunctions,
  NodeExecutionHint,
} from 'n8n-workflow';

/** What a node asks n8n for, answered from plain values. A path of a parameter is followed as n8n follows it. */
export interface FakeState {
  type?: string;
  parameters: Record<string, any>;
  credentials?: Record<string, IDataObject>;
  items?: IDataObject[];
  /** Of each input, whole; in the place of `items`. */
  inputs?: INodeExecutionData[][];
  /** What the node told the panel. */
  hints?: NodeExecutionHint[];
  continueOnFail?: boolean;
  mode?: string;
  staticData?: IDataObject;
  cancel?: AbortSignal;
  /** Folders that nodes may open files in; none given: all. */
  allowedFolder?: string;
  /** Answers an expression without its "=" for the item at `index`. */
  evaluate?: (expression: string, index: number) => unknown;
  /** What n8n does with an authenticated call. */
  call?: (type: string, request: { url: string }) => Promise<unknown>;
}

function functionsOf(state: FakeState): Record<string, unknown> {
  const read = (name: string, fallback?: unknown) => {
    const value = name.split('.').reduce<any>((at, step) => at?.[step], state.parameters);
    return value === undefined ? fallback : value;
  };
  const node = {
    id: 'node-1',
    name: 'Salesforce Sync',
    type: state.type ?? 'n8n-nodes-data-sync.salesforceSync',
    typeVersion: 1,
    position: [0, 0],
    parameters: state.parameters,
    credentials: Object.fromEntries(
      Object.keys(state.credentials ?? {}).map((type) => [type, { id: '7', name: type }]),
    ),
  } as unknown as INode;
  return {
    read,
    getNode: () => node,
    getWorkflow: () => ({ id: 'workflow-1', name: 'My Workflow', active: true }),
    getMode: () => state.mode ?? 'trigger',
    continueOnFail: () => state.continueOnFail ?? false,
    getCredentials: (type: string) => {
      const data = state.credentials?.[type];
      return data ? Promise.resolve(structuredClone(data)) : Promise.reject(new Error(`no credential ${type}`));
    },
    helpers: {
      resolvePath: (file: string) =>
        new Promise((resolve) => resolve(path.join(fs.realpathSync(path.dirname(file)), path.basename(file)))),
      isFilePathBlocked: (file: string) => !file.startsWith(state.allowedFolder ?? '/'),
      httpRequestWithAuthentication: (type: string, request: { url: string }) => state.call?.(type, request),
    },
  };
}

/** The functions of an execution. */
export function executing(state: FakeState): IExecuteFunctions {
  const { read, ...shared } = functionsOf(state);
  return {
    ...shared,
    getNodeParameter: (name: string, _index: number, fallback?: unknown) => (read as any)(name, fallback),
    getInputData: (input = 0) => state.inputs?.[input] ?? (state.items ?? [{}]).map((json) => ({ json })),
    addExecutionHints: (...hints: NodeExecutionHint[]) => (state.hints ??= []).push(...hints),
    getExecutionCancelSignal: () => state.cancel,
    evaluateExpression: (expression: string, index: number) => state.evaluate?.(expression, index),
  } as unknown as IExecuteFunctions;
}

/** The functions of a list in the editor: no access to files. */
export function choosing(state: FakeState): ILoadOptionsFunctions {
  const { read, helpers, ...shared } = functionsOf(state);
  const { httpRequestWithAuthentication } = helpers as Record<string, unknown>;
  return { ...shared, getNodeParameter: read, helpers: { httpRequestWithAuthentication } } as any;
}

/** The functions of a poll. */
export function polling(state: FakeState): IPollFunctions {
  const { read, ...shared } = functionsOf(state);
  const staticData = (state.staticData ??= {});
  return { ...shared, getNodeParameter: read, getWorkflowStaticData: () => staticData } as any;
}
