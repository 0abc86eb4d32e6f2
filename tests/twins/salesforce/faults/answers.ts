/** The answers of ordered faults, in the exact shapes that Salesforce sends. */
import { ApiError } from '../errors';
import { JSON_TYPE, type Reply } from '../http/message';
import type { Fault } from './fault';

const PAGES: Record<number, string> = {
  404: '<html><head><title>URL No Longer Exists</title></head><body>URL No Longer Exists</body></html>',
  420: '<html><body>We are setting things up. Your org will be ready soon.</body></html>',
  431: '<h1>Bad Message 431</h1><pre>reason: Request Header Fields Too Large</pre>',
  502: '<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>',
  503: '<html><body>We are down for maintenance.</body></html>',
};

function refusal(status: number, code: string, message: string, headers: Record<string, string> = {}): Reply {
  return { status, body: new ApiError(status, code, message).body(), type: JSON_TYPE, headers };
}

/** What the caller gets instead of the real answer; null for faults that work elsewhere. */
export function faultAnswer(fault: Fault): Reply | null {
  const retry: Record<string, string> = fault.retryAfter === null ? {} : { 'Retry-After': String(fault.retryAfter) };
  const say = (text: string): string => fault.message || text;
  switch (fault.kind) {
    case '401':
      return refusal(401, 'INVALID_SESSION_ID', say('Session expired or invalid'));
    case '429':
      return { status: 429, body: null, headers: retry };
    case 'request_limit':
      return refusal(403, 'REQUEST_LIMIT_EXCEEDED', say('TotalRequests Limit exceeded.'));
    case 'concurrent_limit':
      return refusal(
        403,
        'REQUEST_LIMIT_EXCEEDED',
        say('ConcurrentRequests (Concurrent API Requests) Limit exceeded.'),
      );
    case '503':
      return refusal(503, 'SERVER_UNAVAILABLE', say('Server is too busy. Please try again later.'), retry);
    case '500': {
      const text =
        'An unexpected error occurred. Please include this ErrorId if you contact support: 1234567890-12345 (987)';
      return refusal(500, 'UNKNOWN_EXCEPTION', say(text));
    }
    case 'query_timeout':
      return refusal(400, 'QUERY_TIMEOUT', say('Your query request was running for too long.'));
    case 'locator_expired':
      return refusal(400, 'INVALID_QUERY_LOCATOR', say('invalid query locator'));
    case 'html':
      return { status: fault.status, body: PAGES[fault.status] ?? PAGES[502]!, type: 'text/html;charset=UTF-8' };
    case 'empty':
      return { status: 406, body: null };
    case 'xml':
      return {
        status: fault.status,
        type: 'application/xml',
        body:
          '<?xml version="1.0" encoding="UTF-8"?><Errors><Error><errorCode>UNKNOWN_EXCEPTION</errorCode>' +
          `<message>${say('An unexpected error occurred.')}</message></Error></Errors>`,
      };
    case 'oauth_error':
      return {
        status: 400,
        type: JSON_TYPE,
        body: JSON.stringify({
          error: 'invalid_grant',
          error_description: say('token request is already being processed'),
        }),
      };
    default:
      return null;
  }
}
