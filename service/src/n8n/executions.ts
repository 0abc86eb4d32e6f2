import type { Context } from '../context';
import { Problem } from '../problem';
import type { ExecuteRequest, WorkflowExecution } from '../schemas/workflow';
import { signCall } from './call_token';
import type { N8nClient } from './client';
import { executionOf, statusOf } from './execution';
import { calledNode } from './new_workflow';
import { type WorkflowDocument, workflowKind } from './workflow_document';
import type { Workflows } from './workflows';

/** n8n opens a webhook a little after it said that the workflow is active. */
const openMsMax = 15_000;
const askAgainMs = 200;

/** Executions of the workflows that were made here: starts them, and reads them back from n8n. */
export class Executions {
  readonly #workflows: Workflows;
  readonly #client: N8nClient;
  readonly #context: Pick<Context, 'engine' | 'now'>;

  constructor(workflows: Workflows, client: N8nClient, context: Pick<Context, 'engine' | 'now'>) {
    this.#workflows = workflows;
    this.#client = client;
    this.#context = context;
  }

  /**
   * Starts a workflow and waits a little for its end. One that is not active is activated: n8n has no other way in.
   * What is still under way then comes back with status `running`.
   */
  async start(id: string, { input = {}, waitSeconds = 0 }: ExecuteRequest, actor: string): Promise<WorkflowExecution> {
    const document = await this.#workflows.document(id);
    const kept = await this.#client.getWorkflow(id);
    if (!kept || kept.isArchived) throw new Problem('conflict', `the workflow "${id}" was deleted in n8n`);
    if (!kept.active) await this.#client.activate(id);
    const startTime = this.#context.now().toISOString();
    const executionId = await this.#call(document, input, actor);
    const end = Date.now() + waitSeconds * 1000;
    do {
      const execution = await this.#client.getExecution(executionId);
      if (execution && statusOf(execution) !== 'running') return this.#show(execution, document);
      await pause(Math.min(askAgainMs, end - Date.now()));
    } while (Date.now() < end);
    return { id: executionId, workflowId: id, status: 'running', startTime, input };
  }

  /** @throws Problem `not-found` if n8n has no such execution of this workflow. */
  async get(id: string, executionId: string): Promise<WorkflowExecution> {
    const document = await this.#workflows.document(id);
    const execution = await this.#client.getExecution(executionId);
    if (execution?.workflowId !== id) throw Problem.notFound('execution', executionId);
    return this.#show(execution, document);
  }

  /**
   * Newest first; the first part begins with those that are under way, which do not count for `limit`. `cursor` is
   * n8n's own.
   */
  async list(
    id: string,
    cursor: string | undefined,
    limit: number,
  ): Promise<{ executions: WorkflowExecution[]; next?: string }> {
    const document = await this.#workflows.document(id);
    const query = { workflowId: id, limit };
    const running = cursor === undefined ? (await this.#client.executions({ ...query, status: 'running' })).data : [];
    const page = await this.#client.executions({ ...query, ...(cursor !== undefined && { cursor }) });
    // One that ended between the two questions is told once.
    const ended = new Set(page.data.map((execution) => execution.id));
    const all = [...running.filter((execution) => !ended.has(execution.id)), ...page.data];
    return {
      executions: all.map((execution) => this.#show(execution, document)),
      ...(page.nextCursor && { next: page.nextCursor }),
    };
  }

  async #call({ id, body }: WorkflowDocument, input: unknown, actor: string): Promise<string> {
    const note = { actor, action: 'workflow.execute', subject: `${workflowKind}/${id}` };
    const key = body.credentialId === undefined ? undefined : await this.#key(id, note);
    if (key === undefined) await this.#context.engine.audit.add(note);
    for (const end = Date.now() + openMsMax; Date.now() < end;) {
      const answer = await this.#client.webhook(body.path, key && (await signCall(key)), input);
      if (answer !== undefined) return idIn(answer);
      await pause(askAgainMs);
    }
    const fix = 'does n8n serve webhooks at N8N_BASE_URL?';
    throw new Problem('unavailable', `the webhook of the workflow does not open: ${fix}`);
  }

  async #key(id: string, note: { actor: string; action: string; subject: string }): Promise<string> {
    const secret = await this.#context.engine.book.reveal(workflowKind, id, note);
    if (typeof secret?.['key'] === 'string') return secret['key'];
    throw new Problem('conflict', `the key to the webhook of the workflow "${id}" is gone; make the workflow anew`);
  }

  #show(execution: Parameters<typeof executionOf>[0], { body }: WorkflowDocument): WorkflowExecution {
    return executionOf(execution, calledNode(body.trigger.type), this.#context.now());
  }
}

/** The webhook answers with the id of the execution it has started: new_workflow.ts. */
function idIn(answer: unknown): string {
  const executionId = (answer as { executionId?: unknown } | null)?.executionId;
  if (typeof executionId === 'string' && /^\d{1,20}$/.test(executionId)) return executionId;
  const fix = 'is the webhook node as it was made, and n8n 2.41 or newer?';
  throw new Problem('bad-gateway', `n8n does not say which execution it has started: ${fix}`);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
