// Watches a running n8n from outside: its processor time, its memory, and how soon it answers.
import { readdirSync, readFileSync } from 'node:fs';
import { PlainError } from '../../../scripts/command.mjs';

const everyMs = 20;
const ticksPerSecond = 100;

export class Watch {
  #stopped = false;
  #answers = [];
  #peakKb = 0;

  /** Begins to watch. @param {{url: string, userFolder: string}} host */
  static async start(host) {
    const watch = new Watch(host);
    watch.looking = watch.#look();
    return watch;
  }

  constructor({ url, userFolder }) {
    this.url = url;
    this.pid = processOf(userFolder);
    this.before = { at: performance.now(), ticks: ticksOf(this.pid), kb: memoryKb(this.pid) };
  }

  /** @returns what happened since start: {wallSeconds, cpuSeconds, peakRssMb, grownMb, answerMs} (99th percentile) */
  async stop() {
    const wallSeconds = (performance.now() - this.before.at) / 1000;
    this.#stopped = true;
    await this.looking;
    const cpuSeconds = (ticksOf(this.pid) - this.before.ticks) / ticksPerSecond;
    const sorted = this.#answers.sort((a, b) => a - b);
    return {
      wallSeconds,
      cpuSeconds,
      peakRssMb: this.#peakKb / 1024,
      grownMb: Math.max(0, this.#peakKb - this.before.kb) / 1024,
      answerMs: sorted[Math.floor(0.99 * (sorted.length - 1))],
    };
  }

  async #look() {
    while (!this.#stopped) {
      const asked = performance.now();
      await (await fetch(`${this.url}/healthz`, { headers: { connection: 'close' } })).text();
      this.#answers.push(performance.now() - asked);
      this.#peakKb = Math.max(this.#peakKb, memoryKb(this.pid));
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }
}

/** The main process of the n8n of this user folder: the oldest one that was started with it. */
function processOf(userFolder) {
  const ours = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && environmentOf(entry).includes(userFolder));
  const oldest = ours.map(Number).sort((a, b) => a - b)[0];
  if (!oldest) throw new PlainError(`no process runs with N8N_USER_FOLDER=${userFolder}`);
  return oldest;
}

function environmentOf(pid) {
  try {
    return `${readFileSync(`/proc/${pid}/environ`, 'utf8')}`
      .split('\0')
      .filter((line) => line.startsWith('N8N_USER_FOLDER='))
      .join();
  } catch {
    return '';
  }
}

/** Processor time of a process and its threads, in hundredths of a second. */
function ticksOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function memoryKb(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}
