import type { Call } from './book';
import type {
  Conflict,
  ConflictDecision,
  ConflictFilter,
  ManyDecided,
  ResolvedRecord,
  ResolveRequest,
  RulesApplied,
  RulesApplyRequest,
  RulesPreview,
  RulesPreviewRequest,
} from './conflict_types';

/**
 * Conflicts that syncs hold for a person, and decisions about them. `engine.conflicts`.
 *
 * @example
 * const { conflicts } = await engine.conflicts.list({ syncId: 'crm', state: 'open' });
 * const { id, sourceHash, targetHash } = conflicts[0];
 * await engine.conflicts.decide({ id, sourceHash, targetHash, take: 'source', actor: 'ada' });
 */
export class Conflicts {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /**
   * In order of id, after `after`, or newest first, before it; `next` is there if there are more. `limit`: 1 to 1,000
   * (100).
   */
  list(
    how: ConflictFilter & { newest?: boolean; after?: number; limit?: number } = {},
  ): Promise<{ conflicts: Conflict[]; next?: number }> {
    return this.#call('conflict.list', how);
  }

  /** @throws EngineError of kind `invalid` with the code `not_found`. */
  async get(id: number): Promise<Conflict> {
    const { conflict } = await this.#call<{ conflict: Conflict }>('conflict.get', { id });
    return conflict;
  }

  /**
   * Decides one; the next run of its sync carries that out, unless either side moves before.
   * @throws EngineError of kind `conflict` with the code `moved` if the hashes are not those of the item any more,
   *   `closed` if it is over.
   */
  async decide(decision: ConflictDecision): Promise<Conflict> {
    const { conflict } = await this.#call<{ conflict: Conflict }>('conflict.decide', decision);
    return conflict;
  }

  /** Takes one side for the open conflicts that the filter fits: as many as `limit` says, at most 500 (500) a call. */
  decideMany(how: {
    filter: Omit<ConflictFilter, 'state' | 'outcome'>;
    take: 'source' | 'target';
    actor?: string;
    limit?: number;
  }): Promise<ManyDecided> {
    return this.#call('conflict.decide_many', how);
  }

  /**
   * Takes a decision back. The conflict of one that was not carried out yet is open again; of one that was, the next
   * run brings the values from before back, unless either side has moved since.
   * @throws EngineError of kind `conflict` with the code `closed` if there is no decision, `waiting` if the record has
   *   a newer conflict.
   */
  async undo(how: { id: number; actor?: string }): Promise<Conflict> {
    const { conflict } = await this.#call<{ conflict: Conflict }>('conflict.undo', how);
    return conflict;
  }

  /** How many wait for a decision, and how many for the next run, of syncs that have any. */
  async counts(): Promise<{ syncId: string; open: number; decided: number }[]> {
    const { counts } = await this.#call<{ counts: { syncId: string; open: number; decided: number }[] }>(
      'conflict.counts',
      {},
    );
    return counts;
  }

  /** What rules would settle of the open conflicts of a sync. Changes nothing. */
  preview(request: RulesPreviewRequest): Promise<RulesPreview> {
    return this.#call('conflict.preview', request);
  }

  /**
   * Decides the open conflicts of a sync that the rules settle wholly, each on the values that were looked at; the next
   * run carries it out. A call looks at some of them: while `more`, call again with its `after`.
   */
  applyRules(request: RulesApplyRequest): Promise<RulesApplied> {
    return this.#call('conflict.apply_rules', request);
  }

  /** Resolves records of two sides, without a sync and without a state: one result for each, in order. */
  async resolve({ records, ...how }: ResolveRequest): Promise<ResolvedRecord[]> {
    const body = { ...how, records: JSON.stringify(records) };
    const { results } = await this.#call<{ results: ResolvedRecord[] }>('conflict.resolve', body);
    return results;
  }
}
