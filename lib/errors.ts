/** What a caller can do about an error. The same kinds as in the native core. */
export type ErrorKind =
  'invalid' | 'unauthorized' | 'throttled' | 'unavailable' | 'conflict' | 'cancelled' | 'internal';

/** An error of the engine. Branch on `kind`; `message` is for people and never holds a secret. */
export class EngineError extends Error {
  readonly kind: ErrorKind;
  /** The other system's own code ("UNABLE_TO_LOCK_ROW"), or "". */
  readonly code: string;
  /** The setting, field or column that is to blame, or "". */
  readonly field: string;
  /** How long the other side asked to wait, in milliseconds. */
  readonly retryAfterMs?: number;

  constructor(message: string, details: { kind: ErrorKind; code?: string; field?: string; retryAfterMs?: number }) {
    super(message);
    this.name = 'EngineError';
    this.kind = details.kind;
    this.code = details.code ?? '';
    this.field = details.field ?? '';
    this.retryAfterMs = details.retryAfterMs;
  }

  /** Gives what the native core rejected with as an EngineError. */
  static from(thrown: unknown): EngineError {
    if (thrown instanceof EngineError) return thrown;
    const native = thrown as Partial<EngineError> | null | undefined;
    return new EngineError(native?.message ?? String(thrown), {
      kind: native?.kind ?? 'internal',
      code: native?.code,
      field: native?.field,
      retryAfterMs: native?.retryAfterMs,
    });
  }
}
