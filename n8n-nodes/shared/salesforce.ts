import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';

import type { ConfiguredEnd } from '../lib';
import { type Context, parameterOf } from './context';
import { hostCredential } from './host_credentials';
import { hostLogin } from './token';

/** How a person logs in, as the parameter `authentication` has it, and the credential type that is asked for. */
export const credentialTypes = {
  oAuth2: hostCredential.connected,
  jwt: hostCredential.jwt,
  clientCredentials: 'dataSyncSalesforceClientCredentialsApi',
  password: 'dataSyncSalesforcePasswordApi',
} as const;

export type Authentication = keyof typeof credentialTypes;

/** An end of a sync that may hold something in n8n: `release` it when the engine has done its work. */
export interface OpenEnd {
  end: ConfiguredEnd;
  release: () => void;
}

/**
 * The org of the credential that the node names, with more settings of the connector.
 * n8n logs in for its own credential types, the engine for ours.
 */
export async function salesforceEnd(context: Context, more: IDataObject = {}): Promise<OpenEnd> {
  const authentication = parameterOf(context, 'authentication', 'oAuth2') as Authentication;
  const type = credentialTypes[authentication];
  if (authentication === 'oAuth2' || authentication === 'jwt') {
    const { config, release } = await hostLogin(context, type);
    return { end: { type: 'salesforce', config: { ...config, ...more } }, release };
  }
  const config = ownLogin(authentication, await context.getCredentials(type));
  return { end: { type: 'salesforce', config: { ...config, ...more } }, release: () => undefined };
}

/** The connector's settings for a credential of this package. */
export function ownLogin(authentication: Authentication, data: ICredentialDataDecryptedObject): IDataObject {
  const names = ['loginUrl', 'clientId', 'clientSecret', 'username', 'password', 'securityToken'];
  const given = names.filter((name) => data[name] !== undefined && data[name] !== '');
  const config = Object.fromEntries(given.map((name) => [name, data[name] as string]));
  return { ...config, authentication };
}
