import { Type } from '@sinclair/typebox';

import type { App, Context } from '../context';
import { cursorAt, placeOf } from '../cursor';
import { N8nClient } from '../n8n/client';
import { Executions } from '../n8n/executions';
import { Workflows } from '../n8n/workflows';
import { Problem } from '../problem';
import { ListOf } from '../schemas/list';
import * as shapes from '../schemas/workflow';

const tags = ['workflows'];
const id = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' });
const WorkflowParams = Type.Object({ id });
const ExecutionParams = Type.Object({ id, executionId: Type.String({ pattern: '^[0-9]{1,20}$' }) });

/** What the routes work with. Without N8N_BASE_URL each answers 503 `not-configured`. */
interface Parts {
  workflows: () => Workflows;
  executions: () => Executions;
}

/** Workflows that this service has made in n8n, and their executions. */
export function workflowRoutes(app: App, context: Context): void {
  const { settings, engine } = context;
  const client = settings.n8n && new N8nClient(settings.n8n);
  const workflows = client && new Workflows(client, engine);
  const executions = client && workflows && new Executions(workflows, client, context);
  const parts = { workflows: () => configured(workflows), executions: () => configured(executions) };
  addReading(app, parts);
  addWriting(app, parts);
  addExecutions(app, parts);
}

function configured<T>(part: T | undefined): T {
  if (part !== undefined) return part;
  throw new Problem('not-configured', 'workflows need n8n: set N8N_BASE_URL and N8N_API_KEY');
}

function addReading(app: App, { workflows }: Parts): void {
  const config = { scope: 'sync:read' } as const;
  app.get(
    '/api/workflows',
    {
      config,
      schema: {
        operationId: 'listWorkflows',
        summary: 'The workflows that this service has made, by id',
        tags,
        querystring: shapes.WorkflowsQuery,
        response: { 200: ListOf(shapes.Workflow) },
      },
    },
    async ({ query: { cursor, limit = shapes.workflowsLimitDefault } }) => {
      const found = await workflows().list(placeOf('workflows', 'string', cursor), limit);
      const next = found.next === undefined ? undefined : cursorAt('workflows', found.next);
      return { items: found.workflows, next };
    },
  );
  app.get(
    '/api/workflows/:id',
    {
      config,
      schema: {
        operationId: 'getWorkflow',
        summary: 'One workflow',
        tags,
        params: WorkflowParams,
        response: { 200: shapes.Workflow },
      },
    },
    ({ params }) => workflows().get(params.id),
  );
}

function addWriting(app: App, { workflows, executions }: Parts): void {
  app.post(
    '/api/workflows',
    {
      config: { scope: 'integrations:write' },
      schema: {
        operationId: 'createWorkflow',
        summary: 'Makes a workflow in n8n and activates it',
        tags,
        body: shapes.WorkflowRequest,
        response: { 201: shapes.Workflow },
      },
    },
    async (request, reply) => {
      const workflow = await workflows().create(request.body, request.principal.id);
      return reply.code(201).header('location', `/api/workflows/${workflow.id}`).send(workflow);
    },
  );
  app.post(
    '/api/workflows/:id/execute',
    {
      config: { scope: 'sync:run' },
      schema: {
        operationId: 'executeWorkflow',
        summary: 'Starts a workflow and waits a little for its end',
        description: '202: it is still under way; ask for it at `Location`.',
        tags,
        params: WorkflowParams,
        body: shapes.ExecuteRequest,
        response: { 200: shapes.WorkflowExecution, 202: shapes.WorkflowExecution },
      },
    },
    async (request, reply) => {
      const execution = await executions().start(request.params.id, request.body, request.principal.id);
      return reply
        .code(execution.status === 'running' ? 202 : 200)
        .header('location', `/api/workflows/${request.params.id}/executions/${execution.id}`)
        .send(execution);
    },
  );
}

function addExecutions(app: App, { executions }: Parts): void {
  const config = { scope: 'sync:read' } as const;
  app.get(
    '/api/workflows/:id/executions',
    {
      config,
      schema: {
        operationId: 'listExecutions',
        summary: 'Executions of a workflow, newest first',
        tags,
        params: WorkflowParams,
        querystring: shapes.ExecutionsQuery,
        response: { 200: ListOf(shapes.WorkflowExecution) },
      },
    },
    async ({ params, query: { cursor, limit = shapes.executionsLimitDefault } }) => {
      const list = `executions/${params.id}`;
      const found = await executions().list(params.id, placeOf(list, 'string', cursor), limit);
      return { items: found.executions, next: found.next === undefined ? undefined : cursorAt(list, found.next) };
    },
  );
  app.get(
    '/api/workflows/:id/executions/:executionId',
    {
      config,
      schema: {
        operationId: 'getExecution',
        summary: 'One execution',
        tags,
        params: ExecutionParams,
        response: { 200: shapes.WorkflowExecution },
      },
    },
    ({ params }) => executions().get(params.id, params.executionId),
  );
}
