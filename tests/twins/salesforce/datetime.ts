/**
 * Points in time are whole seconds since 1970 (UTC): Salesforce stores and compares no finer.
 *
 * Three spellings: REST answers write `2024-01-02T03:04:05.000+0000`, Bulk CSV `2024-01-02T03:04:05.000Z`, and any
 * ISO 8601 form is read (`Z`, `+01:00`, `+0100`, 0 to 9 fraction digits, or a bare date).
 */
const SECONDS_PER_DAY = 86_400;
const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/;
const TWO = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));
const dayTexts = new Map<number, string>();

function dayText(day: number): string {
  let text = dayTexts.get(day);
  if (text === undefined) {
    text = new Date(day * SECONDS_PER_DAY * 1000).toISOString().slice(0, 10);
    dayTexts.set(day, text);
  }
  return text;
}

function clockText(seconds: number): string {
  const day = Math.floor(seconds / SECONDS_PER_DAY);
  const rest = seconds - day * SECONDS_PER_DAY;
  return `${dayText(day)}T${TWO[Math.floor(rest / 3600)]}:${TWO[Math.floor(rest / 60) % 60]}:${TWO[rest % 60]}.000`;
}

/** `2024-01-02T03:04:05.000+0000`, the form of REST answers. */
export const restTime = (seconds: number): string => `${clockText(seconds)}+0000`;

/** `2024-01-02T03:04:05.000Z`, the form of Bulk CSV. */
export const bulkTime = (seconds: number): string => `${clockText(seconds)}Z`;

/** `2024-01-02` of a day counted from 1970-01-01. */
export const dateOfDay = (day: number): string => dayText(day);

/** Seconds of an ISO 8601 text, fraction cut off; null when it is none. */
export function parseTime(text: string): number | null {
  const match = ISO.exec(text);
  if (!match) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', zone = 'Z'] = match;
  if (+month! < 1 || +month! > 12 || +day! < 1 || +day! > 31 || +hour > 23 || +minute > 59 || +second > 59) return null;
  const utc = Date.UTC(+year!, +month! - 1, +day!, +hour, +minute, +second) / 1000;
  if (new Date(Date.UTC(+year!, +month! - 1, +day!)).getUTCDate() !== +day!) return null;
  if (zone === 'Z') return utc;
  const offset = (+zone.slice(1, 3) * 60 + +zone.slice(-2)) * 60;
  return zone[0] === '-' ? utc + offset : utc - offset;
}

/** The text itself when it is a calendar date `YYYY-MM-DD` (a time part is cut off), else null. */
export function parseDate(text: string): string | null {
  return parseTime(text) === null ? null : text.slice(0, 10);
}
