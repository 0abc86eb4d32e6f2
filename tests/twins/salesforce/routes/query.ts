/** query, queryAll and their further pages. */
import { ApiError } from '../errors';
import { json, faultOf, type Reply, type Request } from '../http/message';
import type { Route } from '../http/router';
import { columnMetadata } from '../soql/column_metadata';
import { PAGE_ROWS, PAGE_ROWS_MIN } from '../soql/cursor';
import type { Twin } from '../twin';

function pageRows(request: Request): number {
  const wanted = /batchSize\s*=\s*(\d+)/i.exec(String(request.headers['sforce-query-options'] ?? ''))?.[1];
  return wanted === undefined ? PAGE_ROWS : Math.min(PAGE_ROWS, Math.max(PAGE_ROWS_MIN, Number(wanted)));
}

function run(all: boolean): (request: Request, twin: Twin) => Reply {
  return (request, { org, cursors }) => {
    const soql = request.query.get('q');
    if (soql === null) throw new ApiError(400, 'MALFORMED_QUERY', 'A query string has to be specified');
    if (request.query.get('columns') === 'true') return json(columnMetadata(org, soql));
    return json(cursors.query({ soql, all, pageRows: pageRows(request), base: request.base }));
  };
}

function more(request: Request, { cursors }: Twin): Reply {
  return json(cursors.page(request.params.locator!));
}

/** An ordered locator fault also kills the cursor for good. */
export function dropLocator(request: Request, { cursors }: Twin): void {
  const locator = /\/query(?:All)?\/([^/?]+)/i.exec(request.path)?.[1];
  if (locator && faultOf(request, 'locator_expired')) cursors.drop(locator);
}

export const queryRoutes: Route[] = [
  { method: 'GET', pattern: 'query', handler: run(false) },
  { method: 'GET', pattern: 'queryAll', handler: run(true) },
  { method: 'GET', pattern: 'query/:locator', handler: more },
  { method: 'GET', pattern: 'queryAll/:locator', handler: more },
];
