/**
 * What the org answers when it refuses. REST errors are an array of `{message, errorCode, fields}`; collections
 * name the code `statusCode` instead. One RowError is one element of either.
 */
export interface RowError {
  code: string;
  message: string;
  fields: string[];
}

/** A refusal of a whole call, thrown by any route and written by the server. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: string[] = [],
  ) {
    super(message);
  }

  /** The body Salesforce sends. */
  body(): string {
    const fields = this.fields.length > 0 ? { fields: this.fields } : {};
    return JSON.stringify([{ message: this.message, errorCode: this.code, ...fields }]);
  }
}

export const rowError = (code: string, message: string, fields: string[] = []): RowError => ({ code, message, fields });

export const notFound = (message = 'The requested resource does not exist'): ApiError =>
  new ApiError(404, 'NOT_FOUND', message);

export const sessionExpired = (): ApiError => new ApiError(401, 'INVALID_SESSION_ID', 'Session expired or invalid');

export const jsonParserError = (message: string): ApiError => new ApiError(400, 'JSON_PARSER_ERROR', message);

export const malformedQuery = (message: string): ApiError => new ApiError(400, 'MALFORMED_QUERY', message);

export const unknownType = (name: string): ApiError =>
  new ApiError(
    400,
    'INVALID_TYPE',
    `sObject type '${name}' is not supported. If you are attempting to use a custom object, be sure to append ` +
      `the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`,
  );

/** HTTP status of a single-record call whose row was refused. */
export function statusOf(error: RowError): number {
  return error.code === 'ENTITY_IS_DELETED' || error.code === 'NOT_FOUND' ? 404 : 400;
}
