import {
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
  type IPollFunctions,
  NodeConnectionTypes,
} from 'n8n-workflow';

import { pollConflicts } from '../../shared/conflict_feed';
import { parameterOf } from '../../shared/context';
import { testLogin } from '../../shared/credential_test';
import { poll } from '../../shared/feed';
import { listFields, searchObjects, searchSyncs } from '../../shared/lists';
import { hostCredential } from '../../shared/host_credentials';
import { login, ofConflicts, watched } from './description';

/** Starts a workflow with what changed in Salesforce, each version of each record once, or with conflicts of syncs. */
export class DataSyncTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Data Sync Trigger',
    name: 'dataSyncTrigger',
    icon: { light: 'file:dataSyncTrigger.svg', dark: 'file:dataSyncTrigger.dark.svg' },
    group: ['trigger'],
    version: 1,
    subtitle: '={{ $parameter["watch"] === "conflicts" ? "conflict held" : $parameter["object"] }}',
    description: 'Starts the workflow when records of Salesforce change, or when a sync holds a conflict',
    defaults: { name: 'Data Sync Trigger' },
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    polling: true,
    credentials: [
      {
        name: 'dataSyncSalesforceClientCredentialsApi',
        required: true,
        testedBy: 'testLogin',
        displayOptions: { show: { authentication: ['clientCredentials'] }, ...ofConflicts },
      },
      {
        name: 'dataSyncSalesforcePasswordApi',
        required: true,
        testedBy: 'testLogin',
        displayOptions: { show: { authentication: ['password'] }, ...ofConflicts },
      },
      {
        name: hostCredential.connected,
        required: true,
        displayOptions: { show: { authentication: ['oAuth2'] }, ...ofConflicts },
      },
      {
        name: hostCredential.jwt,
        required: true,
        displayOptions: { show: { authentication: ['jwt'] }, ...ofConflicts },
      },
    ],
    properties: [...login, ...watched],
  };

  methods = {
    credentialTest: { testLogin },
    listSearch: { searchObjects, searchSyncs },
    loadOptions: { listFields },
  };

  async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
    return parameterOf(this, 'watch', 'records') === 'conflicts' ? pollConflicts(this) : poll(this);
  }
}
