/**
 * Faults that a test orders with `POST /__twin/faults`. Each is armed for calls whose `METHOD path?query` contains
 * `match`, lets `after` of them pass, then strikes `count` times.
 */
import { Random } from '../random';

export const FAULT_KINDS = [
  // answered instead of the call
  '401',
  '429',
  'request_limit',
  'concurrent_limit',
  '503',
  '500',
  'query_timeout',
  'html',
  'empty',
  'xml',
  'oauth_error',
  'locator_expired',
  'endless',
  // done to the connection or the answer
  'cut',
  'slow',
  'truncated_gzip',
  'bad_json',
  // inside the org
  'lock_row',
  'job_failed',
  'shuffle_results',
  // at once when ordered; expire_tokens with match or after waits for such a call
  'expire_tokens',
  'rotate_refresh_token',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  kind: FaultKind;
  /** Part of `METHOD path?query`; empty matches every call. */
  match: string;
  /** How often it strikes. */
  count: number;
  /** Matching calls that pass first. */
  after: number;
  /** Chance per matching call, 0 to 1; drawn from a fixed sequence. */
  chance: number;
  /** `500` and `cut`: before the call has its effect, after it, or (cut) in the middle of the body. */
  when: (typeof MOMENTS)[number];
  /** Status of `html` and `xml`. */
  status: number;
  /** Error text in place of the usual one. */
  message: string;
  /** Retry-After header of 429 and 503; null leaves it out. */
  retryAfter: string | number | null;
  delayMs: number;
  /** `cut` with when=body: bytes that still arrive. */
  bytes: number;
  /** `lock_row`: every n-th row of the call is locked. */
  every: number;
}

const MOMENTS = ['before', 'after', 'body'] as const;

const DEFAULTS: Omit<Fault, 'kind'> = {
  match: '',
  count: 1,
  after: 0,
  chance: 1,
  when: 'before',
  status: 502,
  message: '',
  retryAfter: null,
  delayMs: 1000,
  bytes: 1000,
  every: 1,
};

/** Reads one order; throws an error that names what is wrong. */
export function faultFrom(order: Record<string, unknown>): Fault {
  const { kind } = order;
  const known = FAULT_KINDS.find((name) => name === String(kind));
  if (!known) throw new Error(`unknown fault kind ${String(kind)}; known: ${FAULT_KINDS.join(', ')}`);
  for (const [name, value] of Object.entries(order)) {
    if (name === 'kind') continue;
    if (!(name in DEFAULTS)) throw new Error(`fault ${known}: unknown key ${name}`);
    const expected = typeof DEFAULTS[name as keyof typeof DEFAULTS];
    if (name !== 'retryAfter' && typeof value !== expected)
      throw new Error(`fault ${known}: ${name} must be a ${expected}`);
  }
  if (order['when'] !== undefined && !MOMENTS.some((moment) => moment === order['when'])) {
    throw new Error(`fault ${known}: when must be before, after or body`);
  }
  return { ...DEFAULTS, ...order, kind: known };
}

export class Faults {
  private armed: Fault[] = [];
  private readonly random = new Random(4711);

  arm(fault: Fault): void {
    this.armed.push(fault);
  }

  clear(): void {
    this.armed = [];
  }

  list(): readonly Fault[] {
    return this.armed;
  }

  /** The faults that strike this call; their counts go down. */
  take(label: string): Fault[] {
    const striking: Fault[] = [];
    for (const fault of this.armed) {
      if (!label.includes(fault.match)) continue;
      if (fault.after > 0) {
        fault.after--;
        continue;
      }
      if (fault.chance < 1 && this.random.below(1_000_000) >= fault.chance * 1_000_000) continue;
      fault.count--;
      striking.push(fault);
    }
    if (striking.length > 0) this.armed = this.armed.filter((fault) => fault.count > 0);
    return striking;
  }
}
