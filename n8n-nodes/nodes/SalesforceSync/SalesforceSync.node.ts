import {
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
  NodeConnectionTypes,
} from 'n8n-workflow';

import { testLogin } from '../../shared/credential_test';
import { itemRows, listFields, mappingRows, searchObjects, searchSyncs, searchTables } from '../../shared/lists';
import { hostCredential } from '../../shared/host_credentials';
import { authentication } from '../../shared/parameters';
import { history } from './description/history';
import { operations } from './description/operations';
import { records } from './description/records';
import { sync, syncOptions } from './description/sync';
import { execute } from './operations';

/** Keeps objects of Salesforce and tables of a database in step, in the native engine. */
export class SalesforceSync implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Salesforce Sync',
    name: 'salesforceSync',
    icon: { light: 'file:salesforceSync.svg', dark: 'file:salesforceSync.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{ $parameter["operation"] + ": " + ($parameter["object"] || $parameter["syncId"] || "") }}',
    description: 'Sync Salesforce with a database, hundreds of thousands of records at a time',
    defaults: { name: 'Salesforce Sync' },
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    usableAsTool: true,
    credentials: [
      {
        name: 'dataSyncSalesforceClientCredentialsApi',
        required: true,
        testedBy: 'testLogin',
        displayOptions: { show: { authentication: ['clientCredentials'] } },
      },
      {
        name: 'dataSyncSalesforcePasswordApi',
        required: true,
        testedBy: 'testLogin',
        displayOptions: { show: { authentication: ['password'] } },
      },
      {
        name: hostCredential.connected,
        required: true,
        displayOptions: { show: { authentication: ['oAuth2'] } },
      },
      {
        name: hostCredential.jwt,
        required: true,
        displayOptions: { show: { authentication: ['jwt'] } },
      },
      {
        name: hostCredential.database,
        required: true,
        displayOptions: { show: { database: ['postgresql'] } },
      },
    ],
    properties: [...operations, authentication, ...sync, ...records, ...history, syncOptions],
  };

  methods = {
    credentialTest: { testLogin },
    listSearch: { searchObjects, searchTables, searchSyncs },
    loadOptions: { listFields },
    resourceMapping: { mappingRows, itemRows },
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return [await execute(this)];
  }
}
