/** A setting that has a wrong value. `message` is one line that names it and the fix, and holds no secret. */
export class SettingsError extends Error {
  constructor(name: string, fault: string) {
    super(`${name}: ${fault}`);
    this.name = 'SettingsError';
  }
}

/** Reads typed values out of environment variables. An empty text counts as not set. */
export class Environment {
  readonly #variables: Readonly<Record<string, string | undefined>>;

  constructor(variables: Readonly<Record<string, string | undefined>>) {
    this.#variables = variables;
  }

  /** @throws SettingsError if the text is longer than any sensible value. */
  text(name: string): string | undefined {
    const value = this.#variables[name]?.trim();
    if (value === undefined || value === '') return undefined;
    if (value.length > valueCharactersMax) {
      throw new SettingsError(name, `is longer than ${valueCharactersMax} characters`);
    }
    return value;
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const value = this.text(name);
    if (value === undefined) return fallback;
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= min && number <= max) return number;
    throw new SettingsError(name, `"${value}" is wrong; write a whole number from ${min} to ${max}`);
  }

  flag(name: string, fallback: boolean): boolean {
    return this.choice(name, ['true', 'false'], fallback ? 'true' : 'false') === 'true';
  }

  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const value = this.text(name);
    if (value === undefined) return fallback;
    const chosen = choices.find((choice) => choice === value);
    if (chosen !== undefined) return chosen;
    throw new SettingsError(name, `"${value}" is wrong; write one of ${choices.join(', ')}`);
  }

  /** A URL may hold a password, so a wrong one is not repeated in the message. */
  url(name: string, schemes: readonly string[]): string | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const known = URL.canParse(value) && schemes.includes(new URL(value).protocol.slice(0, -1));
    if (known) return value;
    throw new SettingsError(name, `is no URL of this kind; write it as ${schemes[0] ?? 'https'}://HOST...`);
  }

  list(name: string): string[] {
    const parts = (this.text(name) ?? '').split(',').map((part) => part.trim());
    return parts.filter((part) => part !== '');
  }
}

const valueCharactersMax = 16_384;
