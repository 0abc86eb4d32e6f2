import type { Engine } from '../../../lib';
import { type IntegrationBody, integrationKind } from '../integrations/integration_document';
import { every } from '../sync/change';

/** `untested`: nobody has tried it yet, which is no fault. */
export type IntegrationVerdict = 'ok' | 'error' | 'untested';

const severity: IntegrationVerdict[] = ['untested', 'ok', 'error'];

/**
 * How the integrations of each type did when they were tried last; of several of one type the worst counts. Types and
 * not names, since anybody may ask. Those that are switched off do not count.
 */
export async function integrationVerdicts({ book }: Pick<Engine, 'book'>): Promise<Record<string, IntegrationVerdict>> {
  const verdicts = new Map<string, IntegrationVerdict>();
  for await (const { body } of every<IntegrationBody>(book, integrationKind)) {
    if (body.status === 'inactive') continue;
    const verdict = verdictOf(body);
    const before = verdicts.get(body.type);
    if (!before || severity.indexOf(verdict) > severity.indexOf(before)) verdicts.set(body.type, verdict);
  }
  return Object.fromEntries(verdicts);
}

function verdictOf({ status, lastTestResult }: IntegrationBody): IntegrationVerdict {
  if (status === 'error' || lastTestResult === false) return 'error';
  return lastTestResult === true ? 'ok' : 'untested';
}
