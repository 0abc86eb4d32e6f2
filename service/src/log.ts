import { destination, type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';

import type { Settings } from './settings';

/** Members that are cut out wherever an object that is logged has them, one level deep or two. */
const secretNames = [
  'accessToken', 'apiKey', 'authentication', 'authorization', 'body', 'clientSecret', 'connectionString', 'cookie',
  'encryptionKeys', 'headers', 'key', 'password', 'privateKey', 'refreshToken', 'secret', 'securityToken', 'token',
]; // prettier-ignore

/** `user:password@` of a URL in a text. */
const userInfo = /([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@]*@/gi;
/** What an Authorization header holds, our own keys included. */
const credentials = /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}|\bnds_[A-Za-z0-9]+_[A-Za-z0-9_-]+/gi;

/** Takes credentials out of a text of another program before it is logged. */
export function cleaned(text: string): string {
  return text.replace(userInfo, '$1***@').replace(credentials, '***');
}

/** The JSON log. Secrets have no business in it; what is cut here is the second line of defence. */
export function createLog(settings: Settings, stream: DestinationStream = destination({ sync: false })): Logger {
  return pino(
    {
      name: settings.serviceName,
      level: settings.logLevel,
      timestamp: stdTimeFunctions.isoTime,
      redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '***' },
      serializers: { err: describeError },
    },
    stream,
  );
}

function describeError(thrown: unknown): object {
  if (!(thrown instanceof Error)) return { type: typeof thrown };
  const { name, message, stack } = thrown;
  const frames = (stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return { type: name, message: cleaned(message), stack: frames.join('\n') };
}
