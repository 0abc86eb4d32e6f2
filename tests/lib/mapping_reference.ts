// What format steps and rules mean, written down once more, as plainly as JavaScript can: no code and no idea is shared
// with the engine. Exact numbers are BigInts, calendars and languages those of Intl.
import { createHash } from 'node:crypto';

/** mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** units * 10^-scale. */
export interface Exact {
  units: bigint;
  scale: number;
}

export function exactText({ units, scale }: Exact): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return (units < 0n ? '-' : '') + whole + (scale > 0 ? `.${digits.slice(digits.length - scale)}` : '');
}

export type Rounding = 'half_even' | 'half_up' | 'half_down' | 'up' | 'down' | 'ceiling' | 'floor';

export function rounded({ units, scale }: Exact, to: number, mode: Rounding): Exact {
  if (to >= scale) return { units: units * 10n ** BigInt(to - scale), scale: to };
  const divisor = 10n ** BigInt(scale - to);
  const size = units < 0n ? -units : units;
  const [low, left] = [size / divisor, size % divisor];
  const above = {
    half_even: 2n * left > divisor || (2n * left === divisor && low % 2n === 1n),
    half_up: 2n * left >= divisor,
    half_down: 2n * left > divisor,
    up: left > 0n,
    down: false,
    ceiling: left > 0n && units > 0n,
    floor: left > 0n && units < 0n,
  }[mode];
  const near = above ? low + 1n : low;
  return { units: units < 0n ? -near : near, scale: to };
}

/** The number as a language writes it, by Intl. */
export function spelt({ units, scale }: Exact, locale: string): string {
  const marks = new Intl.NumberFormat(locale, { useGrouping: true }).formatToParts(-1_234_567.5);
  const mark = (type: string): string => marks.find((part) => part.type === type)!.value;
  const [whole, fraction] = exactText({ units: units < 0n ? -units : units, scale }).split('.');
  const grouped = new Intl.NumberFormat(locale, { useGrouping: true }).format(BigInt(whole!));
  return (units < 0n ? mark('minusSign') : '') + grouped + (fraction ? mark('decimal') + fraction : '');
}

export const characters = (text: string): string[] => Array.from(text);

export function limited(text: string, unit: 'codePoints' | 'utf16' | 'bytes', max: number): string {
  let taken = '';
  for (const character of text) {
    if (size(taken + character, unit) > max) break;
    taken += character;
  }
  return taken;
}

export function size(text: string, unit: 'codePoints' | 'utf16' | 'bytes'): number {
  if (unit === 'bytes') return Buffer.byteLength(text);
  return unit === 'utf16' ? text.length : characters(text).length;
}

export function masked(text: string, first: number, last: number): string {
  const all = characters(text);
  const hidden = all.length - first - last;
  if (hidden <= 0) return '*'.repeat(all.length);
  return all.slice(0, first).join('') + '*'.repeat(hidden) + all.slice(all.length - last).join('');
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A day, moved by months with the end of the month kept to, then by days. */
export function movedDay(day: string, months: number, days: number): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  const lastOfMonth = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  const moved = new Date(Date.UTC(year, month - 1 + months, Math.min(date, lastOfMonth) + days));
  return moved.toISOString().slice(0, 10);
}

export function cutDay(day: string, unit: 'year' | 'quarter' | 'month' | 'week'): string {
  const date = new Date(`${day}T00:00:00Z`);
  if (unit === 'week') date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  else date.setUTCDate(1);
  if (unit === 'quarter') date.setUTCMonth(Math.floor(date.getUTCMonth() / 3) * 3);
  if (unit === 'year') date.setUTCMonth(0);
  return date.toISOString().slice(0, 10);
}

/** The day that a clock on the wall of the zone shows. */
export function dayIn(instant: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return parts.format(instant);
}

/** The first instant of the day, found by trying every quarter of an hour around it. */
export function startOfDay(instant: Date, timeZone: string): Date {
  const quarter = 15 * 60_000;
  const day = dayIn(instant, timeZone);
  let start = Math.floor(instant.getTime() / quarter) * quarter;
  while (dayIn(new Date(start - quarter), timeZone) === day) start -= quarter;
  return new Date(start);
}
