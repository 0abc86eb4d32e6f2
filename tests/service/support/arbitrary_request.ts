// Requests made from the document: most fit it, many nearly fit it, some are rubbish.
import * as fc from 'fast-check';

import type { ApiDocument, Operation } from './api_document';

export interface FuzzRequest {
  operation: Operation;
  url: string;
  body?: unknown;
  headers: Record<string, string>;
}

/** Texts that have broken programs before. */
const nastyTexts = [
  '', ' ', '\u0000', '\ud800', '\u202e', '🚚', 'null', 'undefined', 'NaN', '-0', '1e999', '__proto__', 'constructor',
  'toString', '../../etc/passwd', "' OR 1=1 --", '"; DROP TABLE syncs; --', '${7*7}', '{{7*7}}', '<script>', '%00',
  '%2e%2e%2f', '\r\nX-Injected: yes', 'a'.repeat(5000), '2026-02-30T25:61:61Z', '* * * * *', '0 0 31 2 *',
  'http://169.254.169.254/', 'file:///etc/passwd',
]; // prettier-ignore

const nastyText = fc.oneof(fc.constantFrom(...nastyTexts), fc.string({ unit: 'binary', maxLength: 40 }));
const rubbish: fc.Arbitrary<unknown> = fc.oneof(
  nastyText,
  fc.jsonValue({ maxDepth: 3, noUnicodeString: false }),
  fc.constantFrom(null, 0, -1, 1e308, 2 ** 53, -(2 ** 63), [], {}, [[[[]]]], true),
);

/** What a fuzzer knows of the service: texts that mean something there, secret settings, and what stands in them. */
export interface Known {
  texts: string[];
  secretSettings: string[];
  secret: string;
}

/** Values that fit a schema, and in one place of many something that does not. */
function fitting(schema: any, known: Known, depth = 0): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 24, arbitrary: exactly(schema, known, depth) }, { weight: 1, arbitrary: rubbish });
}

function exactly(schema: any, known: Known, depth: number): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one: any) => fitting(one, known, depth)));
  switch (schema.type) {
    case 'string':
      return text(schema, known);
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -5, max: Math.min(schema.maximum ?? 100, 1_000_000) });
    case 'number':
      return fc.double({ min: schema.minimum ?? -5, max: schema.maximum ?? 100, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(fitting(schema.items ?? {}, known, depth + 1), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(schema.minItems ?? 0, Math.min(schema.maxItems ?? 3, 3)),
      });
    case 'object':
      return members(schema, known, depth);
    default:
      return depth > 4 ? fc.constant(1) : rubbish;
  }
}

function members(schema: any, known: Known, depth: number): fc.Arbitrary<unknown> {
  const properties = Object.entries<any>(schema.properties ?? {});
  const shape = Object.fromEntries(
    properties.map(([name, one]) => [
      name,
      name === 'authentication'
        ? fc.oneof(secrets(known), fitting(one, known, depth + 1))
        : fitting(one, known, depth + 1),
    ]),
  );
  const declared = fc.record(shape, { requiredKeys: (schema.required ?? []) as never[] });
  if (schema.additionalProperties === false) return declared;
  const more = fc.dictionary(fc.oneof(fc.constantFrom(...known.texts), nastyText), rubbish, { maxKeys: 2 });
  return fc.tuple(declared, more).map(([one, other]) => ({ ...other, ...one }));
}

function secrets({ secretSettings, secret }: Known): fc.Arbitrary<unknown> {
  return fc.dictionary(fc.constantFrom(...secretSettings), fc.constant(secret), { maxKeys: 3 });
}

function text({ pattern, format, minLength = 0, maxLength = 50 }: any, known: Known): fc.Arbitrary<string> {
  const usual = fc.constantFrom(...known.texts);
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  const own = pattern
    ? fc.stringMatching(new RegExp(pattern)).filter((made) => made.length < 300)
    : fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 50)) });
  return fc.oneof({ weight: 3, arbitrary: usual }, { weight: 1, arbitrary: own });
}

const entityTag = fc.constantFrom('*', '"1"', '"2"', 'W/"1"', '"1", "2"', '1', '"', ',');
const visible = fc.string({ unit: fc.constantFrom(...'abc019-_.:/ "\',;=~{}<>'.split('')), maxLength: 40 });
const optional = (arbitrary: fc.Arbitrary<string>, freq = 4) => fc.option(arbitrary, { freq, nil: undefined });

const headers = fc.record({
  'if-match': optional(fc.oneof(entityTag, visible), 9),
  'if-none-match': optional(fc.oneof(entityTag, visible), 9),
  'idempotency-key': optional(fc.oneof(fc.constantFrom('one', 'two'), visible), 9),
  'x-request-id': optional(visible, 20),
  'last-event-id': optional(fc.oneof(fc.nat().map(String), visible), 20),
  accept: optional(fc.constantFrom('text/event-stream', 'application/json', '*/*', 'x')),
});

/** A request to any operation of the document. */
export function anyRequest(document: ApiDocument, known: Known): fc.Arbitrary<FuzzRequest> {
  return fc.oneof(...document.operations.map((operation) => requestTo(operation, known)));
}

function requestTo(operation: Operation, known: Known): fc.Arbitrary<FuzzRequest> {
  const at = (place: string) => operation.parameters.filter((one) => one.in === place);
  const values = (place: string, share: number) =>
    fc.record(
      Object.fromEntries(
        at(place).map(({ name, schema }) => {
          const value = fitting(schema, known).map((made) => (typeof made === 'string' ? made : JSON.stringify(made)));
          return [name, place === 'path' ? value : fc.option(value, { freq: share, nil: undefined })];
        }),
      ),
    ) as fc.Arbitrary<Record<string, string | undefined>>;
  const body = operation.body
    ? fc.oneof({ weight: 19, arbitrary: fitting(operation.body, known) }, { weight: 1, arbitrary: rubbish })
    : fc.constant(undefined);
  return fc.record({ path: values('path', 1), query: values('query', 1), body, headers }).map((made) => ({
    operation,
    url: urlOf(operation.path, made.path, made.query),
    body: made.body,
    headers: Object.fromEntries(Object.entries(made.headers).filter(([, value]) => value !== undefined)) as never,
  }));
}

function urlOf(path: string, values: Record<string, string | undefined>, query: Record<string, string | undefined>) {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encode(values[name] ?? ''));
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encode(value)}`],
  );
  return pairs.length === 0 ? filled : `${filled}?${pairs.join('&')}`;
}

/** Half of a surrogate pair cannot be encoded; what a careless caller sends instead can. */
function encode(value: string): string {
  return encodeURIComponent(value.replaceAll(/\p{Surrogate}/gu, '\ufffd'));
}
