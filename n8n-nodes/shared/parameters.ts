import type { INodeProperties } from 'n8n-workflow';

/** How both nodes choose a login: the same four ways, the same credential types. */
export const authentication: INodeProperties = {
  displayName: 'Authentication',
  name: 'authentication',
  type: 'options',
  displayOptions: { hide: { operation: ['getStatus', 'getRejected'] } },
  options: [
    { name: 'Client Credentials', value: 'clientCredentials' },
    { name: 'JWT', value: 'jwt' },
    { name: 'OAuth2', value: 'oAuth2' },
    { name: 'Username and Password', value: 'password' },
  ],
  default: 'oAuth2',
  description: 'How to log in to Salesforce. OAuth2 and JWT use the credentials of n8n’s own Salesforce node.',
};

/** The object of Salesforce, from the live list or by name. */
export const salesforceObject: INodeProperties = {
  displayName: 'Object',
  name: 'object',
  type: 'resourceLocator',
  default: { mode: 'list', value: '' },
  required: true,
  description: 'The object of Salesforce',
  modes: [
    {
      displayName: 'From List',
      name: 'list',
      type: 'list',
      placeholder: 'Select an object...',
      typeOptions: { searchListMethod: 'searchObjects', searchable: true },
    },
    { displayName: 'By Name', name: 'name', type: 'string', placeholder: 'Account' },
  ],
};

/** Fields that records are given with. */
export const fieldNames: INodeProperties = {
  displayName: 'Field Names or IDs',
  name: 'fieldNames',
  type: 'multiOptions',
  typeOptions: { loadOptionsMethod: 'listFields', loadOptionsDependsOn: ['object.value', 'authentication'] },
  default: [],
  description:
    'Fields of each record; none means all. Choose from the list, or specify IDs using an ' +
    '<a href="https://docs.n8n.io/code/expressions/">expression</a>.',
};

/** A sync that this n8n knows, from the list of those that ran, or by its id. */
export const knownSync: INodeProperties = {
  displayName: 'Sync',
  name: 'syncId',
  type: 'resourceLocator',
  default: { mode: 'list', value: '' },
  description: 'The sync, as the output of its runs names it in <code>syncId</code>',
  modes: [
    {
      displayName: 'From List',
      name: 'list',
      type: 'list',
      placeholder: 'Select a sync...',
      typeOptions: { searchListMethod: 'searchSyncs', searchable: true, skipCredentialsCheckInRLC: true },
    },
    { displayName: 'By ID', name: 'name', type: 'string', placeholder: 'Account-accounts-1f2e3d4c5b' },
  ],
};

/** The same where none means all of them. */
export const anySync: INodeProperties = {
  ...knownSync,
  description: 'The sync, as the output of its runs names it in <code>syncId</code>. None means all.',
};
