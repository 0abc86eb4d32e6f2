/**
 * From method and path to a route. Patterns are written like `sobjects/:object/:id`; literal parts match without
 * case, parameters are percent-decoded after the split, so `%2F` inside a value stays one part. A trailing slash
 * is ignored.
 */
import type { Twin } from '../twin';
import type { Params, Reply, Request } from './message';

export type Handler = (request: Request, twin: Twin) => Reply;

export interface Route {
  method: string;
  /** Below `/services/data/vNN.0/` unless it starts with a slash. */
  pattern: string;
  handler: Handler;
}

export interface Match {
  route: Route;
  params: Params;
}

interface Compiled {
  route: Route;
  parts: string[];
}

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '');

export class Router {
  private readonly compiled: Compiled[];

  constructor(routes: Route[]) {
    this.compiled = routes.map((route) => ({ route, parts: partsOf(route.pattern) }));
  }

  /** The route, `'method'` when only the method does not fit, or null. */
  find(method: string, path: string): Match | 'method' | null {
    const parts = partsOf(path);
    let wrongMethod = false;
    for (const { route, parts: pattern } of this.compiled) {
      const params = pattern.length === parts.length ? matchParts(pattern, parts) : null;
      if (!params) continue;
      if (route.method === method || (method === 'HEAD' && route.method === 'GET')) return { route, params };
      wrongMethod = true;
    }
    return wrongMethod ? 'method' : null;
  }
}

function matchParts(pattern: string[], parts: string[]): Params | null {
  const params: Record<string, string> = {};
  for (let i = 0; i < pattern.length; i++) {
    const wanted = pattern[i]!;
    if (wanted.startsWith(':')) params[wanted.slice(1)] = decode(parts[i]!);
    else if (wanted.toLowerCase() !== parts[i]!.toLowerCase()) return null;
  }
  return params;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
