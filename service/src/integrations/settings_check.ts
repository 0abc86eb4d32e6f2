import type { ConnectorSpec, SettingSpec } from '../../../lib';
import { Problem, type ProblemDetail } from '../problem';

export interface SplitConfig {
  /** Settings without a secret. */
  config: Record<string, unknown>;
  /** Credentials; undefined if the request has none. */
  authentication?: Record<string, unknown>;
}

/** The spec of a type of system. @throws Problem `no-connector` with the types there are. */
export function specOf(specs: readonly ConnectorSpec[], type: string): ConnectorSpec {
  const spec = specs.find((one) => one.type === type);
  if (spec) return spec;
  const types = specs.map((one) => one.type).join(', ');
  throw Problem.at('/type', `there is no connector for ${type} yet; there are ${types}`, 'no-connector');
}

/**
 * Holds `config` of a request against what the connector says of its settings. Secrets may stand in `authentication`
 * only, where they are sealed; any setting may stand there, for a user name may be as good as a secret.
 * @throws Problem that lists every fault. Values are not in it.
 */
export function checkedConfig(spec: ConnectorSpec, given: Record<string, unknown>): SplitConfig {
  const { authentication, ...config } = given as { authentication?: Record<string, unknown> };
  const faults = [
    ...Object.entries(config).flatMap(([name, value]) => faultsOf(spec, '/config', name, value)),
    ...Object.entries(authentication ?? {}).flatMap(([name, value]) =>
      faultsOf(spec, '/config/authentication', name, value),
    ),
    ...Object.keys(authentication ?? {})
      .filter((name) => name in config)
      .map(namedTwice),
  ];
  const first = faults[0];
  if (!first) return { config, authentication };
  const misplaced = faults.find((fault) => fault.misplaced);
  const errors = faults.map(({ pointer, detail }): ProblemDetail => ({ pointer, in: 'body', detail }));
  throw new Problem(misplaced ? 'misplaced-secret' : 'invalid', (misplaced ?? first).detail, { errors });
}

interface Fault {
  pointer: string;
  detail: string;
  misplaced?: boolean;
}

function faultsOf(spec: ConnectorSpec, at: string, name: string, value: unknown): Fault[] {
  const setting = spec.settings.find((one) => one.name === name);
  const pointer = `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  if (!setting) {
    const names = spec.settings.map((one) => one.name).join(', ');
    return [{ pointer, detail: `the connector ${spec.type} has no such setting; it has ${names}` }];
  }
  if (setting.secret && at === '/config') {
    const detail = `${name} is a secret; move it to config.authentication.${name}, where it is sealed`;
    return [{ pointer, detail, misplaced: true }];
  }
  const fault = faultOfValue(setting, value);
  return fault === undefined ? [] : [{ pointer, detail: fault }];
}

function faultOfValue({ type }: SettingSpec, value: unknown): string | undefined {
  switch (type) {
    case 'integer':
      return Number.isSafeInteger(value) ? undefined : 'must be a whole number';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be true or false';
    case 'list':
      return Array.isArray(value) ? undefined : 'must be a list';
    case 'object':
      return typeof value === 'object' && value !== null ? undefined : 'must be an object';
    case 'url':
      return faultOfUrl(value);
    default:
      return typeof value === 'string' ? undefined : 'must be a text';
  }
}

function faultOfUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return 'must be a URL';
  const { username, password } = new URL(value);
  return username === '' && password === '' ? undefined : 'must not hold a user or password';
}

function namedTwice(name: string): Fault {
  return { pointer: `/config/authentication/${name}`, detail: `${name} stands in config too; leave one of them out` };
}

/** Settings that say where a system is. */
const addressNames = new Set(['host', 'port', 'sslMode', 'path']);

/**
 * Would credentials that are kept be sent to another place than before? Then they have to be given again: whoever may
 * change an integration does not for that reason know its password.
 */
export function movesElsewhere(
  spec: ConnectorSpec,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): boolean {
  const tells = ({ name, type }: SettingSpec) => type === 'url' || addressNames.has(name);
  return spec.settings.some((setting) => tells(setting) && before[setting.name] !== after[setting.name]);
}
