import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/** A connected app and a user with a password: OAuth username-password. Tested by Salesforce Sync. */
export class DataSyncSalesforcePasswordApi implements ICredentialType {
  name = 'dataSyncSalesforcePasswordApi';
  displayName = 'Data Sync: Salesforce Username-Password API';
  documentationUrl = 'https://github.com/nexpo/n8n-nodes-data-sync/blob/main/docs/n8n.md#credentials';
  icon: Icon = {
    light: 'file:../nodes/SalesforceSync/salesforceSync.svg',
    dark: 'file:../nodes/SalesforceSync/salesforceSync.dark.svg',
  };
  properties: INodeProperties[] = [
    {
      displayName: 'Login URL',
      name: 'loginUrl',
      type: 'string',
      default: 'https://login.salesforce.com',
      required: true,
      description: 'My Domain of the org, https://login.salesforce.com, or https://test.salesforce.com for sandboxes',
    },
    {
      displayName: 'Username',
      name: 'username',
      type: 'string',
      default: '',
      required: true,
    },
    {
      displayName: 'Password',
      name: 'password',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      required: true,
    },
    {
      displayName: 'Security Token',
      name: 'securityToken',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      description: 'Needed where n8n calls from a network that the org does not trust',
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
      description: 'Consumer secret of the connected app',
    },
  ];
}
