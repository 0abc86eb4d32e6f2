import { randomBytes } from 'node:crypto';

import { EngineError } from '../../../lib';
import type { Context } from '../context';
import { Problem } from '../problem';
import type { Workflow, WorkflowRequest, WorkflowTrigger } from '../schemas/workflow';
import type { N8nClient } from './client';
import { type Door, newWorkflow, tokenCredentialType } from './new_workflow';
import type { N8nCredential } from './types';
import { bodyOf, type WorkflowBody, type WorkflowDocument, workflowKind, workflowOf } from './workflow_document';

const pathBytes = 24;
const keyBytes = 32;
const credentialNameCharactersMax = 128;

/**
 * Workflows that are kept in n8n and were made here. Those that people made in n8n by themselves are neither listed nor
 * executed: this API must not be a way to all that n8n can do.
 */
export class Workflows {
  readonly #client: N8nClient;
  readonly #engine: Context['engine'];

  constructor(client: N8nClient, engine: Context['engine']) {
    this.#client = client;
    this.#engine = engine;
  }

  /** Makes a workflow in n8n and, unless it is told not to, activates it. All of it happens, or nothing. */
  async create(request: WorkflowRequest, actor: string): Promise<Workflow> {
    const path = pathOf(request.trigger);
    await this.#checkSchedule(request.trigger);
    // Finds what is wrong with the nodes before anything is made.
    newWorkflow(request, { path });
    const undo: (() => Promise<unknown>)[] = [];
    try {
      return await this.#make(request, path, actor, undo);
    } catch (thrown) {
      // What n8n does not take back stays there without use: nobody has the key to its webhook.
      for (const step of undo.reverse()) await step().catch(() => {});
      throw thrown;
    }
  }

  /** In order of their ids. `after` is the last id of the part before. */
  async list(after: string | undefined, limit: number): Promise<{ workflows: Workflow[]; next?: string }> {
    const how = { limit, ...(after !== undefined && { after }) };
    const { documents, next } = await this.#engine.book.list<WorkflowBody>(workflowKind, how);
    const workflows: Workflow[] = [];
    for (const document of documents) workflows.push(await this.#show(document));
    return { workflows, ...(next !== undefined && { next }) };
  }

  async get(id: string): Promise<Workflow> {
    return this.#show(await this.document(id));
  }

  /** @throws Problem `not-found` if this service has made no workflow with this id. */
  async document(id: string): Promise<WorkflowDocument> {
    const document = await this.#engine.book.get<WorkflowBody>(workflowKind, id);
    if (!document) throw Problem.notFound('workflow', id);
    return document;
  }

  async #make(
    request: WorkflowRequest,
    path: string,
    actor: string,
    undo: (() => Promise<unknown>)[],
  ): Promise<Workflow> {
    const door: Door = { path };
    const key = randomBytes(keyBytes).toString('base64url');
    if (!isOpen(request.trigger)) {
      const { id, name } = await this.#createCredential(request.name, key);
      door.credential = { id, name };
      undo.push(() => this.#client.deleteCredential(id));
    }
    const { id } = await this.#client.createWorkflow(newWorkflow(request, door));
    undo.push(() => this.#client.deleteWorkflow(id));
    const note = { actor, action: 'workflow.create' };
    const document = await this.#engine.book.put(workflowKind, id, bodyOf(request, door), {
      ifRevision: 0,
      ...(door.credential && { secret: { key } }),
      audit: note,
    });
    undo.push(() => this.#engine.book.delete(workflowKind, id, { audit: { ...note, action: 'workflow.delete' } }));
    // Last of all: n8n does not delete what is active.
    const active = request.active !== false;
    if (active) await this.#client.activate(id);
    return workflowOf(document, { name: request.name, active });
  }

  async #checkSchedule(trigger: WorkflowTrigger): Promise<void> {
    if (trigger.type !== 'schedule') return;
    try {
      await this.#engine.nextRun(trigger.config);
    } catch (thrown) {
      if (!(thrown instanceof EngineError) || thrown.kind !== 'invalid') throw thrown;
      throw Problem.at('/trigger/config', thrown.message);
    }
  }

  #createCredential(name: string, key: string): Promise<N8nCredential> {
    return this.#client.createCredential({
      name: `Data Sync: ${name}`.slice(0, credentialNameCharactersMax),
      type: tokenCredentialType,
      data: { keyType: 'passphrase', secret: key, algorithm: 'HS256' },
    });
  }

  async #show(document: WorkflowDocument): Promise<Workflow> {
    return workflowOf(document, await this.#client.getWorkflow(document.id));
  }
}

function pathOf(trigger: WorkflowTrigger): string {
  const chosen = trigger.type === 'webhook' ? trigger.config.path : undefined;
  return chosen ?? randomBytes(pathBytes).toString('hex');
}

function isOpen(trigger: WorkflowTrigger): boolean {
  return trigger.type === 'webhook' && trigger.config.authentication === 'none';
}
