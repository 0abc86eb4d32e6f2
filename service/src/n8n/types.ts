/** Shapes of n8n's public API v1, as far as they are used. */

export interface N8nNode {
  id: string;
  name: string;
  type: string;
  typeVersion: number;
  position: [number, number];
  parameters: Record<string, unknown>;
  credentials?: Record<string, { id: string; name: string }>;
  webhookId?: string;
  [more: string]: unknown;
}

/** Where one output of a node leads to. */
export interface N8nLink {
  node: string;
  type: string;
  index: number;
}

/** By name of the node, then by type of the connection: one list for each output. */
export type N8nConnections = Record<string, Record<string, (N8nLink[] | null)[]>>;

export interface NewN8nWorkflow {
  name: string;
  nodes: N8nNode[];
  connections: N8nConnections;
  settings: Record<string, unknown>;
}

export interface N8nWorkflow extends NewN8nWorkflow {
  id: string;
  active: boolean;
  isArchived?: boolean;
  updatedAt: string;
}

export interface N8nCredential {
  id: string;
  name: string;
}

export interface N8nItem {
  json: Record<string, unknown>;
}

export interface N8nError {
  message?: string;
  description?: string | null;
  node?: { name?: string } | null;
}

export interface N8nExecution {
  id: string;
  workflowId: string;
  /** new, running, waiting, unknown; success; error, crashed, canceled. */
  status: string;
  startedAt: string | null;
  stoppedAt?: string | null;
  /** Not there if n8n does not keep it, or finds it too large to show. */
  data?: {
    resultData?: {
      error?: N8nError;
      lastNodeExecuted?: string;
      runData?: Record<string, { data?: { main?: (N8nItem[] | null)[] }; error?: N8nError }[]>;
    };
  };
  dataTooLargeToDisplay?: boolean;
}

export interface N8nPage {
  data: N8nExecution[];
  nextCursor: string | null;
}
