import { Type } from '@sinclair/typebox';

import { type ProblemCode, problemCodes } from '../problem';

const codes = Object.keys(problemCodes) as ProblemCode[];

const DetailSchema = Type.Object({
  pointer: Type.String({ description: 'JSON Pointer into the part of the request that `in` names' }),
  in: Type.Union([Type.Literal('body'), Type.Literal('query'), Type.Literal('path'), Type.Literal('header')]),
  detail: Type.String(),
});

/** application/problem+json of RFC 9457, as every error is answered. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: 'urn:data-sync:problem:CODE' }),
    title: Type.String({ description: 'the same for each problem with this code' }),
    status: Type.Integer(),
    detail: Type.String({ description: 'what is wrong here, and what helps' }),
    instance: Type.String({ description: 'urn:data-sync:request:ID, which is in the log' }),
    code: Type.Union(codes.map((code) => Type.Literal(code))),
    retryable: Type.Boolean({ description: 'the same request may succeed later' }),
    errors: Type.Optional(Type.Array(DetailSchema)),
    currentVersion: Type.Optional(Type.Integer({ description: 'of version-mismatch' })),
  },
  { description: 'What went wrong' },
);
