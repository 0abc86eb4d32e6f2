import type { INodeProperties } from 'n8n-workflow';

import { knownSync } from '../../../shared/parameters';

/** What a sync leaves behind: its runs and its rejected records. */
export const history: INodeProperties[] = [
  { ...knownSync, displayOptions: { show: { operation: ['getStatus', 'getRejected'] } }, required: true },
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
