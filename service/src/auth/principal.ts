/** What a caller may do. `admin` includes all others. */
export const scopes = ['sync:read', 'sync:run', 'integrations:write', 'conflicts:decide', 'admin'] as const;

export type Scope = (typeof scopes)[number];

/** What a route asks for: a scope, or `public` for everybody. */
export type RouteScope = Scope | 'public';

/** Who calls. `id` is the actor in the audit log: `key:ID` of an API key, `token:SUBJECT` of an access token. */
export interface Principal {
  id: string;
  scopes: ReadonlySet<Scope>;
}

export const nobody: Principal = { id: 'nobody', scopes: new Set() };

export function mayUse(principal: Principal, scope: RouteScope): boolean {
  return scope === 'public' || principal.scopes.has(scope) || principal.scopes.has('admin');
}

/** Keeps what is a scope of this service; a token may carry others. */
export function knownScopes(names: readonly string[]): Set<Scope> {
  return new Set(scopes.filter((scope) => names.includes(scope)));
}
