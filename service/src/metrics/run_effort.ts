import type { EngineMetrics, RunReport } from '../../../lib';

export const phases = ['fetch', 'map', 'decide', 'write', 'commit'] as const;

/** What runs cost: seconds by phase, pages, calls. */
export type Effort = Record<(typeof phases)[number] | 'pages' | 'apiCalls', number>;

type Measured = Pick<RunReport, 'phases' | 'pages' | 'apiCalls'>;

/**
 * What the runs of each sync have cost in this process: those that ended, and the one under way as it stands. Never
 * goes back, whatever the order is in which the end of a run and an older look at it arrive.
 */
export class RunEffort {
  readonly #ended = new Map<string, Effort>();
  readonly #told = new Map<string, Effort>();

  end({ syncId, ...report }: Measured & { syncId: string }): void {
    this.#ended.set(
      syncId,
      combined(this.#ended.get(syncId) ?? none, effortOf(report), (a, b) => a + b),
    );
  }

  /** What is new since the last call, by sync. */
  advance({ syncs }: EngineMetrics): Map<string, Effort> {
    const totals = new Map(this.#ended);
    for (const { syncId, active, ...measured } of syncs) {
      if (active)
        totals.set(
          syncId,
          combined(totals.get(syncId) ?? none, effortOf(measured), (a, b) => a + b),
        );
    }
    return new Map([...totals].map(([syncId, total]) => [syncId, this.#step(syncId, total)]));
  }

  #step(syncId: string, total: Effort): Effort {
    const told = this.#told.get(syncId) ?? none;
    const step = combined(total, told, (now, before) => Math.max(0, now - before));
    this.#told.set(syncId, combined(total, told, Math.max));
    return step;
  }
}

const none: Effort = { fetch: 0, map: 0, decide: 0, write: 0, commit: 0, pages: 0, apiCalls: 0 };

function effortOf({ phases, pages, apiCalls }: Measured): Effort {
  return { ...phases, pages, apiCalls };
}

function combined(one: Effort, other: Effort, combine: (a: number, b: number) => number): Effort {
  const names = Object.keys(none) as (keyof Effort)[];
  return Object.fromEntries(names.map((name) => [name, combine(one[name], other[name])])) as Effort;
}
