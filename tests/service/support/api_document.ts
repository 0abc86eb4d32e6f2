// The OpenAPI document of a service, and whether answers are what it promises.
import { createRequire } from 'node:module';

import type { Answer, OpenService } from './open_service';

// fastify's own validator, here with the dialect of OpenAPI 3.1.
const Ajv = createRequire(require.resolve('@fastify/ajv-compiler'))('ajv/dist/2020').default;

export interface Operation {
  method: string;
  path: string;
  id: string;
  parameters: { name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema: any }[];
  body?: any;
  responses: Record<string, any>;
}

export class ApiDocument {
  readonly content: any;
  readonly operations: Operation[];
  readonly #ajv = new Ajv({ strict: false, validateFormats: false });
  readonly #checks = new Map<string, (value: unknown) => boolean>();

  private constructor(content: any) {
    this.content = content;
    this.operations = Object.entries<Record<string, any>>(content.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { operationId, parameters = [], requestBody, responses }]) => ({
        method: method.toUpperCase(),
        path,
        id: operationId,
        parameters,
        body: requestBody?.content['application/json'].schema,
        responses,
      })),
    );
  }

  static async of(open: OpenService): Promise<ApiDocument> {
    return new ApiDocument((await open.get('/openapi.json', { key: null })).body);
  }

  /** What an answer has that the document does not promise, or undefined. */
  fault(operation: Operation, { status, headers, body, text }: Pick<Answer, 'status' | 'headers' | 'body' | 'text'>) {
    const type = String(headers['content-type'] ?? '').split(';')[0]!;
    const promised = operation.responses[String(status)];
    if (status >= 400 && !promised) return this.#faultOfProblem(type, status, body);
    if (!promised) return `${operation.id} promises no ${status}`;
    const content = promised.content?.[type];
    if (!content)
      return text === '' || promised.content === undefined ? undefined : `${operation.id}: ${type} is not promised`;
    if (type !== 'application/json' || Object.keys(content.schema ?? {}).length === 0) return undefined;
    return this.#check(`${operation.id} ${status}`, content.schema, body);
  }

  #faultOfProblem(type: string, status: number, body: any): string | undefined {
    if (type !== 'application/problem+json') return `an error of the type ${type}`;
    if (body?.status !== status) return `a problem says ${body?.status} and is answered with ${status}`;
    return this.#check('problem', this.content.components.schemas.Problem, body);
  }

  #check(name: string, schema: object, value: unknown): string | undefined {
    if (!this.#checks.has(name)) this.#checks.set(name, this.#ajv.compile(schema));
    const check = this.#checks.get(name)!;
    return check(value) ? undefined : `${name}: ${JSON.stringify((check as any).errors)}`;
  }
}
