import type { EngineEvent, RunReport } from '../../../lib';

/** One event of a run. `id` grows; a listener that comes back names the last one that it has seen. */
export interface RunEvent {
  id: number;
  name: 'progress' | 'end';
  data: unknown;
}

type Listener = (event: RunEvent) => void;

/** Events kept for a listener that comes late or back. */
const eventsKeptMax = 100;
/** Ended runs whose events are kept. */
const endedRunsMax = 200;

interface Channel {
  syncId: string;
  events: RunEvent[];
  last: number;
  ended: boolean;
  listeners: Set<Listener>;
}

/** What the runs of this process tell while they are under way. Nothing of it is stored. */
export class RunEvents {
  readonly #channels = new Map<number, Channel>();
  /** Syncs that run here now. */
  readonly #active = new Set<string>();

  /** A run of the sync begins in this process. */
  begin(syncId: string): void {
    this.#active.add(syncId);
  }

  /** Takes what the engine tells. */
  take(event: EngineEvent): void {
    if (event.type === 'progress') tell(this.#channel(event.runId, event.syncId), 'progress', event);
  }

  /** The run of the sync has ended: whoever listens to it hears so and leaves. */
  end(report: RunReport): void {
    this.#active.delete(report.syncId);
    if (report.runId > 0) this.#channel(report.runId, report.syncId);
    for (const channel of this.#channels.values()) {
      if (channel.syncId !== report.syncId || channel.ended) continue;
      channel.ended = true;
      tell(channel, 'end', report);
      channel.listeners.clear();
    }
    this.#forgetOldest();
  }

  /** Is the run, or was it lately, one of this process? */
  knows({ runId, syncId, status }: { runId: number; syncId: string; status: string }): boolean {
    return this.#channels.has(runId) || (status === 'running' && this.#active.has(syncId));
  }

  /**
   * Gives the events after `after`, first those that were missed. The last one is `end`. The function that it gives
   * makes it stop before.
   */
  follow({ runId, syncId }: { runId: number; syncId: string }, after: number, listener: Listener): () => void {
    const channel = this.#channel(runId, syncId);
    for (const event of channel.events) if (event.id > after || event.name === 'end') listener(event);
    if (!channel.ended) channel.listeners.add(listener);
    return () => channel.listeners.delete(listener);
  }

  #channel(runId: number, syncId: string): Channel {
    let channel = this.#channels.get(runId);
    if (!channel) {
      channel = { syncId, events: [], last: 0, ended: false, listeners: new Set() };
      this.#channels.set(runId, channel);
    }
    // A run that was stopped goes on under its number.
    if (channel.ended && this.#active.has(syncId)) {
      channel.ended = false;
      channel.events = channel.events.filter(({ name }) => name !== 'end');
    }
    return channel;
  }

  #forgetOldest(): void {
    const ended = [...this.#channels].filter(([, channel]) => channel.ended);
    for (const [runId] of ended.slice(0, Math.max(0, ended.length - endedRunsMax))) this.#channels.delete(runId);
  }
}

function tell(channel: Channel, name: RunEvent['name'], data: unknown): void {
  channel.last += 1;
  const event: RunEvent = { id: channel.last, name, data };
  channel.events.push(event);
  if (channel.events.length > eventsKeptMax) channel.events.shift();
  for (const listener of channel.listeners) listener(event);
}
