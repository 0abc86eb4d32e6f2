/**
 * Salesforce record ids.
 *
 * An id is 15 case-sensitive characters; the API writes 18: the 15 and a checksum that makes the id safe where
 * case is lost. Checksum: three groups of five; bit i (lowest bit = first character of the group) is set when
 * that character is A-Z; the five-bit number picks a character of A-Z0-5.
 *
 * The simulated org numbers its rows from 0 per object (the "ordinal") and derives the id from the ordinal, so no
 * map from id to row is needed. Digits run 0-9A-Za-z, hence ids of one object sort like their ordinals.
 */
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHECKSUM_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const ID_SHAPE = /^[0-9A-Za-z]{15}([A-Z0-5]{3})?$/;
/** What stands between the key prefix (3 characters) and the row digits (4 characters). */
const INFIX = 'xx000003';
/** Rows per object. Ids carry four base-62 digits (14 million); the keyset order packs ordinals into 22 bits. */
export const ROWS_MAX = 2 ** 22;

/** The three checksum characters of a 15-character id. */
export function idChecksum(id15: string): string {
  let checksum = '';
  for (let group = 0; group < 15; group += 5) {
    let bits = 0;
    for (let i = 0; i < 5; i++) {
      const code = id15.charCodeAt(group + i);
      if (code >= 65 && code <= 90) bits |= 1 << i;
    }
    checksum += CHECKSUM_DIGITS.charAt(bits);
  }
  return checksum;
}

/** The 18-character form of an id of 15 or 18 characters; null when it is neither or its checksum is wrong. */
export function idOf18(id: string): string | null {
  if (!ID_SHAPE.test(id)) return null;
  const id15 = id.slice(0, 15);
  const id18 = id15 + idChecksum(id15);
  return id.length === 15 || id === id18 ? id18 : null;
}

/** Turns ordinals into ids of one object and back. */
export class IdCodec {
  private readonly stem: string;
  private readonly stemChecksum: string;

  constructor(readonly keyPrefix: string) {
    this.stem = keyPrefix + INFIX;
    this.stemChecksum = idChecksum((this.stem + '0000').slice(0, 15)).slice(0, 2);
  }

  /** The 18-character id of a row. */
  encode(ordinal: number): string {
    let digits = '';
    let bits = 0;
    let rest = ordinal;
    for (let i = 4; i >= 1; i--) {
      const digit = rest % 62;
      if (digit >= 10 && digit < 36) bits |= 1 << i;
      digits = DIGITS.charAt(digit) + digits;
      rest = (rest - digit) / 62;
    }
    return this.stem + digits + this.stemChecksum + CHECKSUM_DIGITS.charAt(bits);
  }

  /** The ordinal of a well-formed id of this object (15 or 18 characters), else -1. */
  decode(id: string): number {
    if (!id.startsWith(this.stem)) return -1;
    let ordinal = 0;
    for (let i = 11; i < 15; i++) {
      const digit = DIGITS.indexOf(id[i]!);
      if (digit < 0) return -1;
      ordinal = ordinal * 62 + digit;
    }
    return ordinal;
  }
}
