import { type Static, Type } from '@sinclair/typebox';

import { Time } from './list';

const nameCharactersMax = 128;
const nodesMax = 500;
const connectionsMax = 5_000;

/** Longest time that a call waits for the end of an execution. */
export const waitSecondsMax = 25;
/** Parts of lists are small here: n8n is asked for each workflow, and an execution comes with all its data. */
const limitMax = 100;

const NodeName = Type.String({ minLength: 1, maxLength: nameCharactersMax });
const Anything = Type.Record(Type.String(), Type.Unknown());

const WorkflowNode = Type.Object(
  {
    name: NodeName,
    type: Type.String({ minLength: 1, maxLength: 256, description: "n8n's name of it: n8n-nodes-base.set" }),
    typeVersion: Type.Optional(Type.Number({ minimum: 1, default: 1 })),
    parameters: Type.Optional(Anything),
    credentials: Type.Optional(
      Type.Record(Type.String(), Type.Object({ id: Type.String(), name: Type.String() }), {
        description: 'credentials that are kept in n8n, by type',
      }),
    ),
    position: Type.Optional(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 })),
    disabled: Type.Optional(Type.Boolean()),
    notes: Type.Optional(Type.String({ maxLength: 4_096 })),
    onError: Type.Optional(
      Type.Union([
        Type.Literal('stopWorkflow'),
        Type.Literal('continueRegularOutput'),
        Type.Literal('continueErrorOutput'),
      ]),
    ),
    executeOnce: Type.Optional(Type.Boolean()),
    alwaysOutputData: Type.Optional(Type.Boolean()),
    retryOnFail: Type.Optional(Type.Boolean()),
    maxTries: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    waitBetweenTries: Type.Optional(Type.Integer({ minimum: 0, maximum: 600_000, description: 'milliseconds' })),
  },
  { additionalProperties: false },
);

const WorkflowConnection = Type.Object(
  {
    source: NodeName,
    target: NodeName,
    sourceOutput: Type.Optional(Type.Integer({ minimum: 0, maximum: 100, default: 0 })),
    targetInput: Type.Optional(Type.Integer({ minimum: 0, maximum: 100, default: 0 })),
    type: Type.Optional(Type.String({ minLength: 1, maxLength: 64, default: 'main' })),
  },
  { additionalProperties: false },
);

const Link = Type.Object({ node: NodeName, type: Type.String(), index: Type.Integer({ minimum: 0 }) });
const N8nConnections = Type.Record(
  Type.String(),
  Type.Record(Type.String(), Type.Array(Type.Union([Type.Array(Link), Type.Null()]))),
  { description: "n8n's own shape" },
);

const Trigger = Type.Union([
  Type.Object(
    {
      type: Type.Literal('webhook'),
      config: Type.Object(
        {
          path: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{8,128}$', description: 'default: random' })),
          authentication: Type.Optional(
            Type.Union([Type.Literal('token'), Type.Literal('none')], {
              default: 'token',
              description: 'token: this service alone can call the webhook. none: whoever knows its path',
            }),
          ),
        },
        { additionalProperties: false },
      ),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      type: Type.Literal('schedule'),
      config: Type.Object(
        {
          cron: Type.String({ minLength: 9, maxLength: 128 }),
          timeZone: Type.Optional(Type.String({ maxLength: 64, description: 'IANA name; default: that of n8n' })),
        },
        { additionalProperties: false },
      ),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      type: Type.Literal('manual'),
      config: Type.Optional(Type.Object({}, { additionalProperties: false })),
    },
    { additionalProperties: false },
  ),
]);

const Cursor = Type.Optional(Type.String({ maxLength: 1024, description: '`next` of the answer before' }));

function partOf(limitDefault: number) {
  const limit = Type.Optional(Type.Integer({ minimum: 1, maximum: limitMax, default: limitDefault }));
  return Type.Object({ cursor: Cursor, limit }, { additionalProperties: false });
}

export const workflowsLimitDefault = 50;
export const WorkflowsQuery = partOf(workflowsLimitDefault);
export const executionsLimitDefault = 20;
export const ExecutionsQuery = partOf(executionsLimitDefault);

export const WorkflowRequest = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: nameCharactersMax }),
    description: Type.Optional(Type.String({ maxLength: 4_096 })),
    trigger: Trigger,
    nodes: Type.Array(WorkflowNode, { maxItems: nodesMax, description: 'what follows the trigger' }),
    connections: Type.Union([Type.Array(WorkflowConnection, { maxItems: connectionsMax }), N8nConnections], {
      description: 'the trigger is called "Trigger"; if nothing starts there, it leads to all nodes with no way in',
    }),
    active: Type.Optional(
      Type.Boolean({ default: true, description: 'false: credentials are to be set in n8n first' }),
    ),
  },
  { additionalProperties: false },
);

export const Workflow = Type.Object({
  id: Type.String({ description: 'its id in n8n' }),
  name: Type.String(),
  description: Type.Optional(Type.String()),
  trigger: Type.Object({
    type: Type.Union([Type.Literal('webhook'), Type.Literal('schedule'), Type.Literal('manual')]),
    config: Anything,
  }),
  status: Type.Union([Type.Literal('active'), Type.Literal('inactive'), Type.Literal('missing')], {
    description: 'missing: it was deleted in n8n',
  }),
  createdAt: Time,
  updatedAt: Time,
});

export const ExecuteRequest = Type.Object(
  {
    input: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { default: {}, description: 'nodes find it as $json.body' }),
    ),
    waitSeconds: Type.Optional(
      Type.Integer({ minimum: 0, maximum: waitSecondsMax, default: 10, description: 'how long to wait for its end' }),
    ),
  },
  { additionalProperties: false },
);

export const WorkflowExecution = Type.Object({
  id: Type.String(),
  workflowId: Type.String(),
  status: Type.Union([Type.Literal('running'), Type.Literal('success'), Type.Literal('error')]),
  startTime: Time,
  endTime: Type.Optional(Time),
  input: Type.Unknown({ description: 'null if it was not started by this service, or n8n no longer has it' }),
  output: Type.Optional(Type.Array(Anything, { description: 'items of the last node' })),
  outputCut: Type.Optional(Type.Literal(true, { description: 'n8n has more than is shown here' })),
  error: Type.Optional(
    Type.Object({
      message: Type.String(),
      node: Type.Optional(Type.String()),
    }),
  ),
});

export type WorkflowRequest = Static<typeof WorkflowRequest>;
export type Workflow = Static<typeof Workflow>;
export type ExecuteRequest = Static<typeof ExecuteRequest>;
export type WorkflowExecution = Static<typeof WorkflowExecution>;
export type WorkflowTrigger = WorkflowRequest['trigger'];
