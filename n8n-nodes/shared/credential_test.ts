import type { ICredentialsDecrypted, ICredentialTestFunctions, INodeCredentialTestResult } from 'n8n-workflow';

import { sharedEngine } from './engine';
import { type Authentication, credentialTypes, ownLogin } from './salesforce';

/** Logs in with a credential of this package and asks the org who that is, as a run would. */
export async function testLogin(
  this: ICredentialTestFunctions,
  credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
  try {
    const ways = Object.entries(credentialTypes) as [Authentication, string][];
    const way = ways.find(([, type]) => type === credential.type)?.[0] ?? 'clientCredentials';
    const engine = await sharedEngine();
    const { ok, message } = await engine.testConnection({
      type: 'salesforce',
      config: ownLogin(way, credential.data ?? {}),
    });
    return { status: ok ? 'OK' : 'Error', message };
  } catch (error) {
    return { status: 'Error', message: error instanceof Error ? error.message : String(error) };
  }
}
