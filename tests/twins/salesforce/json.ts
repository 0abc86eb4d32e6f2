/**
 * Reading JSON without losing digits. `JSON.parse` turns every number into a double; 18-digit currency values would
 * change. Bodies that hold a long number are therefore read with those numbers kept as DecimalText.
 */
import { jsonParserError } from './errors';

/** A number as it was written. */
export class DecimalText {
  constructor(readonly text: string) {}
}

export type Json = null | boolean | number | string | DecimalText | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** A double keeps 15 digits; a longer run may not survive. */
const LONG_NUMBER = /\d[\d.]{15,}/;
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const MARK = '\u0001number:';

/** The value of a JSON text. Throws JSON_PARSER_ERROR, as the org answers, when it is malformed. */
export function parseJson(text: string): Json {
  try {
    if (!LONG_NUMBER.test(text)) return JSON.parse(text) as Json;
    const marked = text.replace(STRING_OR_NUMBER, (token) => (token[0] === '"' ? token : JSON.stringify(MARK + token)));
    return JSON.parse(marked, (_key, value: unknown) => {
      const isMarked = typeof value === 'string' && value.startsWith(MARK);
      return isMarked ? new DecimalText(value.slice(MARK.length)) : value;
    }) as Json;
  } catch (error) {
    throw jsonParserError(`${(error as Error).message} at [line:1, column:1]`);
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof DecimalText);
}

/** A value as text: text as it is, numbers as they were written, the rest as JSON; nothing as ''. */
export function scalarText(value: Json | undefined): string {
  if (value instanceof DecimalText) return value.text;
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Throws when the value is not an object; `what` names it in the error. */
export function objectOf(value: Json | undefined, what: string): JsonObject {
  if (!isObject(value)) throw jsonParserError(`${what} must be a JSON object`);
  return value;
}

/** Throws when the value is not an array; `what` names it in the error. */
export function arrayOf(value: Json | undefined, what: string): Json[] {
  if (!Array.isArray(value)) throw jsonParserError(`${what} must be a JSON array`);
  return value;
}
