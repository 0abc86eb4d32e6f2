import type { INodeProperties } from 'n8n-workflow';

/** What a sync leaves behind: its runs and its rejected records. */
export const history: INodeProperties[] = [
  {
    displayName: 'Sync',
    name: 'syncId',
    type: 'resourceLocator',
    displayOptions: { show: { operation: ['getStatus', 'getRejected'] } },
    default: { mode: 'list', value: '' },
    required: true,
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
  },
  {
    displayName: 'Limit',
    name: 'limit',
    type: 'number',
    displayOptions: { show: { operation: ['getStatus', 'getRejected'] } },
    typeOptions: { minValue: 1, maxValue: 50000 },
    default: 50,
    description: 'Max number of results to return',
  },
];
