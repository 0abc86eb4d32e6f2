import type { BookDocument } from './types';

/** Kind of the documents that lookups with `stored` read. */
export const tableKind = 'table';
/** What a lookup takes: kEntriesMax in native/transformer/functions/lookup.cpp. */
export const tableRowsMax = 100_000;
/** A key is compared with the value of one field; what is longer is no code or name. */
export const tableKeyBytesMax = 1000;
/** What a document may have: kDocumentBytesMax in native/engine/book_methods.hpp. */
export const tableBytesMax = 16 * 1024 * 1024;

export type TableValue = string | number | boolean | null;

/** What a value is looked up in. The engine reads `rows`. */
export interface TableBody {
  description?: string;
  rows: Record<string, TableValue>;
}

/** A table without its rows. */
export interface TableSummary {
  id: string;
  description?: string;
  rowCount: number;
  /** Counts from 1, up with every change. */
  version: number;
  createdAt: string;
  updatedAt: string;
}

/** Takes what anybody may have written into the book. */
export function tableSummary(document: BookDocument<Partial<TableBody>>): TableSummary {
  const { id, body, revision, createdAt, updatedAt } = document;
  const { description, rows = {} } = body;
  return {
    id,
    ...(description !== undefined && { description }),
    rowCount: Object.keys(rows).length,
    version: revision,
    createdAt,
    updatedAt,
  };
}

/** `key`: whose value is wrong. Not there if the fault is one of the table or of a key itself. */
export interface TableFault {
  key?: string;
  reason: string;
}

/** The first thing about the rows that cannot be stored, or undefined. */
export function tableFault(rows: unknown): TableFault | undefined {
  if (rows === null || typeof rows !== 'object' || Array.isArray(rows))
    return { reason: 'must be an object {from: to}' };
  const entries = Object.entries(rows);
  if (entries.length > tableRowsMax) return { reason: `may have ${tableRowsMax} rows at most, not ${entries.length}` };
  for (const [key, value] of entries) {
    const bytes = Buffer.byteLength(key);
    if (bytes > tableKeyBytesMax) return { reason: `a key may have ${tableKeyBytesMax} bytes at most, not ${bytes}` };
    if (loneSurrogate.test(key)) return { reason: `a key ${noText}` };
    const reason = faultOf(value);
    if (reason !== undefined) return { key, reason };
  }
  return undefined;
}

const loneSurrogate = /\p{Surrogate}/u;
const noText = 'has half of a surrogate pair, which is no text';

function faultOf(value: unknown): string | undefined {
  if (typeof value === 'string') return loneSurrogate.test(value) ? noText : undefined;
  if (value === null || typeof value === 'boolean') return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'must be a text, a number, true, false or null';
  // JSON has been read by now: what stood there may have been another number.
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    return 'is a number that JSON readers round; write it as a text';
  return undefined;
}
