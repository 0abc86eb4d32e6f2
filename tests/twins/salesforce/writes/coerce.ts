/**
 * From what a client sent to the stored value of a field, or to the row error Salesforce answers. Text loses the
 * spaces around it and becomes null when nothing is left; numbers are rounded to the field's scale.
 */
import { parseDate, parseTime } from '../datetime';
import { roundDecimal, wholeDigits } from '../decimal';
import { rowError, type RowError } from '../errors';
import { idOf18 } from '../ids';
import { DecimalText, scalarText, type Json } from '../json';
import type { Field, Value } from '../schema/field';

export type Coerced = { value: Value } | { error: RowError };

const EMAIL = /^[^\s@<>()",;:]+@[^\s@<>()",;:]+\.[^\s@<>()",;:.]+$/;
const INT_MAX = 2_147_483_647;

const fail = (code: string, message: string, f: Field): Coerced => ({ error: rowError(code, message, [f.name]) });
const wrongType = (f: Field, raw: Json): Coerced =>
  fail('INVALID_TYPE_ON_FIELD_IN_RECORD', `${f.label}: value not of required type: ${scalarText(raw)}`, f);

function text(f: Field, raw: Json): Coerced {
  if (typeof raw === 'boolean' || (typeof raw === 'object' && !(raw instanceof DecimalText))) return wrongType(f, raw);
  const value = scalarText(raw).trim();
  if (value === '') return { value: null };
  // Salesforce counts UTF-16 units, line breaks as two.
  if (value.length > f.length) {
    return fail(
      'STRING_TOO_LONG',
      `${f.label}: data value too large: ${value.slice(0, 255)} (max length=${f.length})`,
      f,
    );
  }
  if (f.type === 'email' && !EMAIL.test(value)) {
    return fail('INVALID_EMAIL_ADDRESS', `${f.label}: invalid email address: ${value}`, f);
  }
  return { value };
}

function choice(f: Field, raw: Json): Coerced {
  const result = text(f, raw);
  if ('error' in result || result.value === null || !f.restricted) return result;
  const parts = f.type === 'multipicklist' ? String(result.value).split(';') : [String(result.value)];
  const bad = parts.find((part) => !f.picklist.includes(part));
  if (bad !== undefined) {
    const message = `${f.label}: bad value for restricted picklist field: ${bad}`;
    return fail('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message, f);
  }
  return f.type === 'multipicklist' ? { value: f.picklist.filter((one) => parts.includes(one)).join(';') } : result;
}

function number(f: Field, raw: Json): Coerced {
  if (typeof raw === 'boolean' || (typeof raw === 'object' && !(raw instanceof DecimalText))) return wrongType(f, raw);
  if (scalarText(raw).trim() === '') return { value: null };
  const value = roundDecimal(scalarText(raw), f.scale);
  if (value === null || (f.type === 'int' && value !== roundDecimal(scalarText(raw), 18))) return wrongType(f, raw);
  const fits = f.type === 'int' ? Math.abs(Number(value)) <= INT_MAX : wholeDigits(value) <= f.precision - f.scale;
  if (!fits) {
    return fail('NUMBER_OUTSIDE_VALID_RANGE', `${f.label}: value outside of valid range on numeric field: ${value}`, f);
  }
  return { value };
}

function boolean(f: Field, raw: Json): Coerced {
  if (typeof raw === 'boolean') return { value: raw };
  const word = scalarText(raw).trim().toLowerCase();
  if (['true', '1'].includes(word)) return { value: true };
  return ['false', '0'].includes(word) ? { value: false } : wrongType(f, raw);
}

function moment(f: Field, raw: Json): Coerced {
  if (raw === '') return { value: null };
  if (typeof raw !== 'string') return wrongType(f, raw);
  const value = f.type === 'date' ? parseDate(raw.trim()) : parseTime(raw.trim());
  return value === null ? wrongType(f, raw) : { value };
}

function reference(f: Field, raw: Json): Coerced {
  if (raw === '') return { value: null };
  const id = typeof raw === 'string' ? idOf18(raw.trim()) : null;
  return id === null
    ? fail('MALFORMED_ID', `${f.label}: id value of incorrect type: ${scalarText(raw)}`, f)
    : { value: id };
}

/** `raw` comes from JSON or is the text of a CSV cell. */
export function coerce(f: Field, raw: Json): Coerced {
  if (raw === null) return f.type === 'boolean' ? wrongType(f, raw) : { value: null };
  switch (f.type) {
    case 'int':
    case 'double':
    case 'currency':
      return number(f, raw);
    case 'boolean':
      return boolean(f, raw);
    case 'date':
    case 'datetime':
      return moment(f, raw);
    case 'reference':
    case 'id':
      return reference(f, raw);
    case 'picklist':
    case 'multipicklist':
      return choice(f, raw);
    default:
      return text(f, raw);
  }
}
