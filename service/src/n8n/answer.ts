import type { Static, TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

import { Problem } from '../problem';

/** Executions come with what every node gave, so an answer may be large; a larger one would hurt this process. */
export const answerBytesMax = 32 * 1024 * 1024;

/**
 * Reads the body of an answer, undefined if it is empty or no JSON and the answer is an error anyway.
 * @throws Problem `unavailable` if it breaks off, `bad-gateway` if it is too large or no JSON.
 */
export async function readJson(response: Response): Promise<unknown> {
  const text = await readText(response);
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    if (!response.ok) return undefined;
    throw new Problem('bad-gateway', 'n8n answered something that is no JSON: check N8N_BASE_URL');
  }
}

/**
 * The content if it has the shape. What comes from outside is looked at before it is believed.
 * @throws Problem `bad-gateway` that says where it differs.
 */
export function checked<T extends TSchema>(shape: T, content: unknown, path: string): Static<T> {
  if (Value.Check(shape, content)) return content;
  const place = Value.Errors(shape, content).First()?.path ?? '';
  throw new Problem(
    'bad-gateway',
    `n8n answers ${path.split('/')[0] ?? ''} in a way that is not known here, at "${place}"`,
  );
}

async function readText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      bytes += part.length;
      if (bytes > answerBytesMax) break;
      parts.push(part);
    }
  } catch {
    throw new Problem('unavailable', 'the answer of n8n broke off', { headers: { 'retry-after': '5' } });
  }
  if (bytes <= answerBytesMax) return Buffer.concat(parts).toString();
  const mib = answerBytesMax / 1024 / 1024;
  throw new Problem('bad-gateway', `the answer of n8n is larger than ${mib} MiB: ask for fewer executions at once`);
}
