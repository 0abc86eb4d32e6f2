import { type Static, type TSchema, Type } from '@sinclair/typebox';

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

const Time = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z$' });
const Maybe = <T extends TSchema>(type: T) => Type.Optional(Type.Union([type, Type.Null()]));

/** What is used of answers is checked; the rest is n8n's own affair. */
export const N8nWorkflow = Type.Object({
  id: Type.String(),
  name: Type.String(),
  active: Type.Boolean(),
  isArchived: Type.Optional(Type.Boolean()),
  updatedAt: Time,
});
export type N8nWorkflow = Static<typeof N8nWorkflow>;

export const N8nCredential = Type.Object({ id: Type.String(), name: Type.String() });
export type N8nCredential = Static<typeof N8nCredential>;

const N8nItem = Type.Object({ json: Type.Record(Type.String(), Type.Unknown()) });
export type N8nItem = Static<typeof N8nItem>;

const N8nError = Type.Object({
  message: Maybe(Type.String()),
  description: Maybe(Type.String()),
  node: Maybe(Type.Object({ name: Type.Optional(Type.String()) })),
});
export type N8nError = Static<typeof N8nError>;

const NodeRun = Type.Object({
  data: Type.Optional(Type.Object({ main: Type.Optional(Type.Array(Type.Union([Type.Array(N8nItem), Type.Null()]))) })),
});

export const N8nExecution = Type.Object({
  id: Type.String(),
  workflowId: Type.String(),
  /** new, running, waiting, unknown; success; error, crashed, canceled. */
  status: Type.String(),
  startedAt: Maybe(Time),
  stoppedAt: Maybe(Time),
  /** Not there if n8n does not keep it, or finds it too large to show. */
  data: Maybe(
    Type.Object({
      resultData: Type.Optional(
        Type.Object({
          error: Maybe(N8nError),
          lastNodeExecuted: Maybe(Type.String()),
          runData: Maybe(Type.Record(Type.String(), Type.Array(NodeRun))),
        }),
      ),
    }),
  ),
  dataTooLargeToDisplay: Maybe(Type.Boolean()),
});
export type N8nExecution = Static<typeof N8nExecution>;

export const N8nPage = Type.Object({ data: Type.Array(N8nExecution), nextCursor: Maybe(Type.String()) });
export type N8nPage = Static<typeof N8nPage>;
