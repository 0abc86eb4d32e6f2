import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';

import { Problem } from '../problem';
import type { AuthSettings } from '../settings';
import { knownScopes, type Principal } from './principal';

const fetchMillisMax = 5_000;
const keysAgeMillisMax = 600_000;
const clockToleranceSeconds = 5;
/** An actor of the audit log is printable ASCII, and short. */
const subjectCharactersMax = 200;

/**
 * Checks access tokens of one OpenID issuer. Only RS256 counts, so neither `none` nor a key of the issuer used as an
 * HMAC secret gets through. The issuer's keys are found by its discovery document, kept for ten minutes, and fetched
 * anew when a token names one that is not known, at most once in the cooldown.
 */
export class AccessTokens {
  readonly #settings: AuthSettings;
  readonly #now: () => Date;
  #keys?: Promise<JWTVerifyGetKey>;

  constructor(settings: AuthSettings, now: () => Date) {
    this.#settings = settings;
    this.#now = now;
  }

  /**
   * Whose token this is; null for one that is not valid here.
   * @throws Problem `unavailable` if the issuer's keys cannot be had.
   */
  async principalOf(token: string): Promise<Principal | null> {
    const { issuer, audience } = this.#settings;
    const keys = await this.#issuerKeys();
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ['RS256'],
        requiredClaims: ['exp', 'iss', 'aud'],
        clockTolerance: clockToleranceSeconds,
        currentDate: this.#now(),
      });
      return principalOfClaims(payload);
    } catch (thrown) {
      if (isTokenFault(thrown)) return null;
      throw keysUnavailable();
    }
  }

  async #issuerKeys(): Promise<JWTVerifyGetKey> {
    this.#keys ??= this.#discover();
    try {
      return await this.#keys;
    } catch {
      this.#keys = undefined;
      throw keysUnavailable();
    }
  }

  async #discover(): Promise<JWTVerifyGetKey> {
    const { issuer, jwksCooldownSeconds } = this.#settings;
    const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const answer = await fetch(address, { signal: AbortSignal.timeout(fetchMillisMax), redirect: 'error' });
    const found = (await answer.json()) as { issuer?: unknown; jwks_uri?: unknown };
    if (found.issuer !== issuer || typeof found.jwks_uri !== 'string') throw new Error('another issuer answered');
    return createRemoteJWKSet(new URL(found.jwks_uri), {
      timeoutDuration: fetchMillisMax,
      cooldownDuration: jwksCooldownSeconds * 1000,
      cacheMaxAge: keysAgeMillisMax,
    });
  }
}

/** Faults of the token itself, as opposed to those of fetching the keys. */
const tokenFaults = [
  errors.JWTClaimValidationFailed,
  errors.JWTExpired,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
];

function isTokenFault(thrown: unknown): boolean {
  return tokenFaults.some((fault) => thrown instanceof fault);
}

function keysUnavailable(): Problem {
  return new Problem('unavailable', 'the issuer of access tokens does not give its keys; try again');
}

/** Scopes stand in `scope` (RFC 9068, one text) or in `permissions` (Auth0, a list). */
function principalOfClaims(claims: JWTPayload): Principal {
  const { scope, permissions } = claims;
  const names = typeof scope === 'string' ? scope.split(' ') : [];
  if (Array.isArray(permissions)) names.push(...permissions.filter((name) => typeof name === 'string'));
  const client = typeof claims['client_id'] === 'string' ? claims['client_id'] : undefined;
  const subject = (claims.sub ?? client ?? 'unknown').replaceAll(/[^\x21-\x7e]/g, '?').slice(0, subjectCharactersMax);
  return { id: `token:${subject}`, scopes: knownScopes(names) };
}
