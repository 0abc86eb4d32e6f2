import { randomUUID } from 'node:crypto';

import { Problem } from '../problem';
import type { WorkflowRequest, WorkflowTrigger } from '../schemas/workflow';
import { connectionsOf, entryNodes } from './connections';
import type { N8nCredential, N8nNode, NewN8nWorkflow } from './types';

/** Name of the node that starts a workflow by itself. */
export const triggerName = 'Trigger';
/** Name of the node by which this service starts it. Of a workflow with a webhook the two are one. */
const callName = 'Service call';

/** n8n's type for credentials of webhooks that take signed tokens. */
export const tokenCredentialType = 'jwtAuth';

const stepX = 220;
const respondType = 'n8n-nodes-base.respondToWebhook';

/** How the service gets in. */
export interface Door {
  path: string;
  /** Without it everybody may call. */
  credential?: N8nCredential;
}

/** Name of the node that this service calls. */
export function calledNode(type: WorkflowTrigger['type']): string {
  return type === 'webhook' ? triggerName : callName;
}

/**
 * The workflow as n8n keeps it. n8n's API cannot execute a workflow, so each gets a webhook that this service calls:
 * as its trigger, or next to it, leading to the same nodes.
 * @throws Problem `invalid` that points at the node or the connection that is wrong.
 */
export function newWorkflow(request: WorkflowRequest, door: Door): NewN8nWorkflow {
  const { name, description, trigger } = request;
  // n8n takes no description of a new workflow, so people find it as a note.
  const starts: N8nNode[] = [{ ...triggerNode(trigger, door), ...(description && { notes: description }) }];
  if (trigger.type !== 'webhook') starts.push(webhookNode(callName, door));
  checkNodes(request);
  const nodes = request.nodes.map(placed);
  const names = [triggerName, ...nodes.map((node) => node.name)];
  const connections = connectionsOf(request.connections, names);
  const first = connections.get(triggerName) ?? { main: [entryNodes(connections, names.slice(1))] };
  for (const start of starts) connections.set(start.name, first);
  const timezone = trigger.type === 'schedule' ? trigger.config.timeZone : undefined;
  return {
    name,
    nodes: [...starts.map((node, index) => ({ ...node, position: [0, index * stepX] as [number, number] })), ...nodes],
    connections: Object.fromEntries(connections),
    settings: {
      executionOrder: 'v1',
      // Whatever n8n's defaults are: an execution is read back.
      saveDataSuccessExecution: 'all',
      saveDataErrorExecution: 'all',
      ...(timezone !== undefined && { timezone }),
    },
  };
}

function checkNodes({ nodes }: WorkflowRequest): void {
  const seen = new Set([triggerName, callName]);
  for (const [index, { name, type }] of nodes.entries()) {
    const at = `/nodes/${index}`;
    if (seen.has(name)) throw Problem.at(`${at}/name`, `"${name}" is taken; names of nodes are unique`);
    seen.add(name);
    if (type !== respondType) continue;
    const fix = 'the result of a workflow is what its last node gives; leave this node out';
    throw Problem.at(`${at}/type`, `the service answers its callers itself: ${fix}`);
  }
}

function placed(node: WorkflowRequest['nodes'][number], index: number): N8nNode {
  const { position, ...rest } = node;
  return {
    id: randomUUID(),
    ...rest,
    typeVersion: node.typeVersion ?? 1,
    parameters: node.parameters ?? {},
    position: [position?.[0] ?? (index + 1) * stepX, position?.[1] ?? 0],
  };
}

function triggerNode(trigger: WorkflowTrigger, door: Door): N8nNode {
  if (trigger.type === 'webhook') return webhookNode(triggerName, door);
  if (trigger.type === 'manual') return node(triggerName, 'n8n-nodes-base.manualTrigger', 1, {});
  const rule = { interval: [{ field: 'cronExpression', expression: trigger.config.cron }] };
  return node(triggerName, 'n8n-nodes-base.scheduleTrigger', 1.2, { rule });
}

/** Answers at once with the id of the execution that it has started, however long that takes. */
function webhookNode(name: string, { path, credential }: Door): N8nNode {
  const parameters = {
    httpMethod: 'POST',
    path,
    authentication: credential ? tokenCredentialType : 'none',
    responseMode: 'onReceived',
    options: { responseData: '={{ JSON.stringify({ executionId: $execution.id }) }}' },
  };
  return {
    ...node(name, 'n8n-nodes-base.webhook', 2.1, parameters),
    webhookId: randomUUID(),
    ...(credential && { credentials: { [tokenCredentialType]: credential } }),
  };
}

function node(name: string, type: string, typeVersion: number, parameters: Record<string, unknown>): N8nNode {
  return { id: randomUUID(), name, type, typeVersion, position: [0, 0], parameters };
}
