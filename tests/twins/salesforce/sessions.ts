/**
 * Access and refresh tokens. An access token lives `sessionSeconds` of the org's clock and slides on use. Nothing in
 * a token response tells the lifetime, as in Salesforce.
 */
import { randomBytes } from 'node:crypto';
import type { Org } from './store/org';

const TOKEN_BYTES = 60;
const FIRST_REFRESH_TOKEN = 'twin-refresh';

export class Sessions {
  private readonly expiry = new Map<string, number>();
  private readonly refreshTokens = new Set([FIRST_REFRESH_TOKEN]);

  constructor(private readonly org: Org) {}

  /** A new access token: 15-character org id, `!`, secret. */
  issue(): string {
    const token = `${this.org.organizationId.slice(0, 15)}!AQ${randomBytes(TOKEN_BYTES).toString('base64url')}`;
    this.expiry.set(token, this.org.clock.now() + this.org.options.sessionSeconds);
    return token;
  }

  /** Whether the token is good; using it prolongs it. */
  use(token: string): boolean {
    if (!this.isActive(token)) return false;
    this.expiry.set(token, this.org.clock.now() + this.org.options.sessionSeconds);
    return true;
  }

  isActive(token: string): boolean {
    return (this.expiry.get(token) ?? 0) > this.org.clock.now();
  }

  expiresAt(token: string): number {
    return this.expiry.get(token) ?? 0;
  }

  revoke(token: string): void {
    this.expiry.delete(token);
    this.refreshTokens.delete(token);
  }

  expireAll(): void {
    this.expiry.clear();
  }

  /** Takes a refresh token; with rotation on it dies and the new one is returned. Null when it is not good. */
  refresh(token: string): { refreshToken: string | null } | null {
    if (!this.refreshTokens.has(token)) return null;
    if (!this.org.options.rotateRefreshToken) return { refreshToken: null };
    this.refreshTokens.delete(token);
    const refreshToken = `5Aep${randomBytes(TOKEN_BYTES).toString('base64url')}`;
    this.refreshTokens.add(refreshToken);
    return { refreshToken };
  }
}
