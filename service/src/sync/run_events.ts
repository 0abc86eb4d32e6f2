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
  events: RunEvent[];
  last: number;
  ended: boolean;
  listeners: Set<Listener>;
}

/** What the runs of this process tell while they are under way. Nothing of it is stored. */
export class RunEvents {
  readonly #channels = new Map<number, Channel>();

  /** Takes what the engine tells. */
  take(event: EngineEvent): void {
    if (event.type === 'progress') this.#tell(event.runId, 'progress', event);
  }

  /** The run has ended: its listeners hear so and leave. */
  end(report: RunReport): void {
    this.#tell(report.runId, 'end', report);
    const channel = this.#channels.get(report.runId)!;
    channel.ended = true;
    channel.listeners.clear();
    this.#forgetOldest();
  }

  /** Is the run, or was it lately, one of this process? */
  knows(runId: number): boolean {
    return this.#channels.has(runId);
  }

  ended(runId: number): boolean {
    return this.#channels.get(runId)?.ended ?? false;
  }

  /**
   * Gives the events after `after`, first those that were missed. Ends after the run's `end`, or when the function it
   * gives is called.
   */
  follow(runId: number, after: number, listener: Listener): () => void {
    const channel = this.#channel(runId);
    for (const event of channel.events) if (event.id > after) listener(event);
    if (!channel.ended) channel.listeners.add(listener);
    return () => channel.listeners.delete(listener);
  }

  #tell(runId: number, name: RunEvent['name'], data: unknown): void {
    const channel = this.#channel(runId);
    channel.last += 1;
    const event: RunEvent = { id: channel.last, name, data };
    channel.events.push(event);
    if (channel.events.length > eventsKeptMax) channel.events.shift();
    for (const listener of channel.listeners) listener(event);
  }

  #channel(runId: number): Channel {
    let channel = this.#channels.get(runId);
    if (!channel) {
      channel = { events: [], last: 0, ended: false, listeners: new Set() };
      this.#channels.set(runId, channel);
    }
    return channel;
  }

  #forgetOldest(): void {
    const ended = [...this.#channels].filter(([, channel]) => channel.ended);
    for (const [runId] of ended.slice(0, Math.max(0, ended.length - endedRunsMax))) this.#channels.delete(runId);
  }
}
