/**
 * Decimal numbers as text. Salesforce currency and number fields hold up to 18 digits, more than a double can,
 * so a number never passes through one: it is read, rounded and compared as digits.
 */
const SHAPE = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
/** Numbers of this many characters or fewer compare exactly as doubles. */
const DOUBLE_SAFE_LENGTH = 15;
/** Between 1 and 9,999,999: printed plain. */
const PLAIN_DOUBLE = /^-?[1-9]\d{0,6}(\.|$)/;

interface Parts {
  digits: bigint;
  scale: number;
}

function partsOf(text: string): Parts | null {
  const match = SHAPE.exec(text);
  if (!match) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return null;
  let digits = BigInt(whole + fraction);
  let scale = fraction.length - Number(exponent);
  if (scale < 0) {
    digits *= 10n ** BigInt(-scale);
    scale = 0;
  }
  return { digits: sign === '-' ? -digits : digits, scale };
}

function textOf({ digits, scale }: Parts): string {
  const negative = digits < 0n;
  const all = (negative ? -digits : digits).toString().padStart(scale + 1, '0');
  const whole = all.slice(0, all.length - scale);
  const fraction = all.slice(all.length - scale).replace(/0+$/, '');
  const text = fraction === '' ? whole : `${whole}.${fraction}`;
  return negative && text !== '0' ? `-${text}` : text;
}

/** Plain text of a number, rounded half away from zero to `scale` places; null when `text` is not a number. */
export function roundDecimal(text: string, scale: number): string | null {
  const parts = partsOf(text.trim());
  if (!parts) return null;
  if (parts.scale <= scale) return textOf(parts);
  const unit = 10n ** BigInt(parts.scale - scale);
  const half = parts.digits < 0n ? -unit / 2n : unit / 2n;
  return textOf({ digits: (parts.digits + half) / unit, scale });
}

/** How many digits stand before the point. */
export function wholeDigits(text: string): number {
  const whole = text.replace('-', '').split('.')[0]!;
  return whole === '0' ? 0 : whole.length;
}

/** Negative, zero or positive, by value. Both must be numbers in plain text. */
export function compareDecimals(a: string, b: string): number {
  if (a.length <= DOUBLE_SAFE_LENGTH && b.length <= DOUBLE_SAFE_LENGTH) return Number(a) - Number(b);
  const left = partsOf(a)!;
  const right = partsOf(b)!;
  const x = left.digits * 10n ** BigInt(right.scale);
  const y = right.digits * 10n ** BigInt(left.scale);
  return x < y ? -1 : x > y ? 1 : 0;
}

/**
 * The way Salesforce prints doubles from 1.0E7 on and below 0.001: one digit, a point, the rest, an exponent.
 * No digit is lost. Other numbers stay plain.
 */
export function scientificText(text: string): string {
  if (PLAIN_DOUBLE.test(text)) return text;
  const negative = text.startsWith('-');
  const [whole = '0', fraction = ''] = (negative ? text.slice(1) : text).split('.');
  const magnitude = Number(text);
  if (magnitude === 0 || (Math.abs(magnitude) < 1e7 && Math.abs(magnitude) >= 1e-3)) return text;
  const all = whole + fraction;
  const first = all.search(/[1-9]/);
  const digits = all.slice(first).replace(/0+$/, '');
  const exponent = whole.length - 1 - first;
  return `${negative ? '-' : ''}${digits[0]}.${digits.slice(1) || '0'}E${exponent}`;
}
