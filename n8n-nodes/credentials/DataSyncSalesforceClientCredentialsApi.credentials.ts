import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/** A connected app that acts for itself, without a person: OAuth client credentials. Tested by Salesforce Sync. */
export class DataSyncSalesforceClientCredentialsApi implements ICredentialType {
  name = 'dataSyncSalesforceClientCredentialsApi';
  displayName = 'Data Sync: Salesforce Client Credentials API';
  documentationUrl = 'https://github.com/nexpo/n8n-nodes-data-sync/blob/main/docs/n8n.md#credentials';
  icon: Icon = {
    light: 'file:../nodes/SalesforceSync/salesforceSync.svg',
    dark: 'file:../nodes/SalesforceSync/salesforceSync.dark.svg',
  };
  properties: INodeProperties[] = [
    {
      displayName: 'My Domain URL',
      name: 'loginUrl',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'https://acme.my.salesforce.com',
      description: 'The My Domain address of the org. This login does not work at login.salesforce.com.',
    },
    {
      displayName: 'Consumer Key',
      name: 'clientId',
      type: 'string',
      default: '',
      required: true,
      description: 'Consumer key of the connected app',
    },
    {
      displayName: 'Consumer Secret',
      name: 'clientSecret',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      required: true,
      description: 'Consumer secret of the connected app, whose client credentials flow must be on',
    },
  ];
}
