import type { BookDocument } from '../../../lib';
import type { Workflow, WorkflowRequest } from '../schemas/workflow';
import type { Door } from './new_workflow';

/** Kind of the documents that say which workflows of n8n are this service's. Their id is the workflow's id in n8n. */
export const workflowKind = 'workflow';

/** What this service remembers of a workflow. Nodes and connections are n8n's: people change them there. */
export interface WorkflowBody {
  name: string;
  description?: string;
  trigger: Workflow['trigger'];
  path: string;
  /** Of the credential in n8n that checks who calls. Absent: whoever knows the path may. */
  credentialId?: string;
}

export type WorkflowDocument = BookDocument<WorkflowBody>;

export function bodyOf({ name, description, trigger }: WorkflowRequest, { path, credential }: Door): WorkflowBody {
  const config = trigger.type === 'webhook' ? { ...trigger.config, path } : { ...trigger.config };
  return {
    name,
    ...(description !== undefined && { description }),
    trigger: { type: trigger.type, config },
    path,
    ...(credential && { credentialId: credential.id }),
  };
}

/** The workflow as this API shows it. `kept` is what n8n has of it, null if nothing. */
export function workflowOf(
  { id, body, createdAt, updatedAt }: WorkflowDocument,
  kept: { name: string; active: boolean; isArchived?: boolean; updatedAt?: string } | null,
): Workflow {
  return {
    id,
    name: kept?.name ?? body.name,
    ...(body.description !== undefined && { description: body.description }),
    trigger: body.trigger,
    status: !kept || kept.isArchived ? 'missing' : kept.active ? 'active' : 'inactive',
    createdAt,
    updatedAt: kept?.updatedAt ?? updatedAt,
  };
}
