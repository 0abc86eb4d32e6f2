import {
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
  type IPollFunctions,
  NodeConnectionTypes,
} from 'n8n-workflow';

import { testLogin } from '../../shared/credential_test';
import { poll } from '../../shared/feed';
import { listFields, searchObjects } from '../../shared/lists';
import { hostCredential } from '../../shared/host_credentials';
import { authentication } from '../../shared/parameters';
import { watched } from './description';

/** Starts a workflow with what changed in Salesforce: each version of each record exactly once. */
export class DataSyncTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Data Sync Trigger',
    name: 'dataSyncTrigger',
    icon: { light: 'file:dataSyncTrigger.svg', dark: 'file:dataSyncTrigger.dark.svg' },
    group: ['trigger'],
    version: 1,
    subtitle: '={{ $parameter["object"] }}',
    description: 'Starts the workflow when records of Salesforce are created, updated or deleted',
    defaults: { name: 'Data Sync Trigger' },
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    polling: true,
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
    ],
    properties: [authentication, ...watched],
  };

  methods = {
    credentialTest: { testLogin },
    listSearch: { searchObjects },
    loadOptions: { listFields },
  };

  async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
    return poll(this);
  }
}
