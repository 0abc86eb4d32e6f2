import { FormatRegistry, Kind, type TSchema } from '@sinclair/typebox';
import { TypeCompiler, type ValueError } from '@sinclair/typebox/compiler';
import { Value } from '@sinclair/typebox/value';
import type { FastifySchemaCompiler } from 'fastify';

import type { ProblemDetail } from './problem';

/** Faults that one answer lists. The checker makes them one by one, so a body of a million faults costs no more. */
const faultsMax = 20;

const placeOf: Record<string, ProblemDetail['in']> = {
  body: 'body',
  querystring: 'query',
  params: 'path',
  headers: 'header',
};

const instant = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;
FormatRegistry.Set('date-time', (text) => instant.test(text) && !Number.isNaN(Date.parse(text)));

/** What a request is refused with. The values that were sent are not in it. */
export class InvalidRequest extends Error {
  readonly details: ProblemDetail[];

  constructor(details: ProblemDetail[]) {
    super(details.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; '));
    this.name = 'InvalidRequest';
    this.details = details;
  }
}

/**
 * Compiles the schema of one part of a route. Defaults are filled in; texts of paths and queries become the numbers and
 * booleans they are to be, values in bodies are taken as they are.
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const checker = TypeCompiler.Compile(schema);
  const place = placeOf[httpPart ?? 'body'] ?? 'body';
  return (value: unknown) => {
    const converted = withDefaults(schema, place === 'body' ? value : Value.Convert(schema, value));
    if (checker.Check(converted)) return { value: converted };
    const details: ProblemDetail[] = [];
    for (const error of checker.Errors(converted)) {
      if (details.some(({ pointer }) => pointer === error.path)) continue;
      details.push({ pointer: error.path, in: place, detail: describe(error) });
      if (details.length === faultsMax) break;
    }
    return { error: new InvalidRequest(details) };
  };
};

/** A list in the place of an object has functions for members (`reverse`) that cannot be copied; the checker tells. */
function withDefaults(schema: TSchema, value: unknown): unknown {
  try {
    return Value.Default(schema, value);
  } catch {
    return value;
  }
}

function describe({ schema, message, path }: ValueError): string {
  const name = path.split('/').pop() ?? '';
  if (message === 'Unexpected property') return `"${name}" is not known here; leave it out`;
  if (message === 'Expected required property') return 'is missing';
  const choices = choicesOf(schema);
  if (choices) return `must be one of ${choices.join(', ')}`;
  const types = typesOf(schema);
  if (types) return `must be of one of the types ${types.join(', ')}`;
  if (typeof schema['pattern'] === 'string' && message.startsWith('Expected string to match')) {
    return `must match ${schema['pattern']}`;
  }
  return message
    .replace(/^Expected /, 'must be ')
    .replace(/^must be object to have/, 'must have')
    .replace(/^must be (\w+) length/, 'must be a $1 with a length');
}

/** Of a union of texts, numbers and the like. */
function typesOf(schema: TSchema): string[] | undefined {
  if (schema[Kind] !== 'Union') return undefined;
  const types = (schema['anyOf'] as TSchema[]).map(({ type }) => type as unknown);
  return types.every((type) => typeof type === 'string' && plainTypes.has(type)) ? (types as string[]) : undefined;
}

const plainTypes = new Set(['string', 'number', 'integer', 'boolean', 'null']);

function choicesOf(schema: TSchema): string[] | undefined {
  if (schema[Kind] !== 'Union') return undefined;
  const members = schema['anyOf'] as TSchema[];
  if (!members.every((member) => member[Kind] === 'Literal')) return undefined;
  return members.map((member) => JSON.stringify(member['const']));
}
