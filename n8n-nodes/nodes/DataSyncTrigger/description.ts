import type { INodeProperties } from 'n8n-workflow';

import { fieldNames, salesforceObject } from '../../shared/parameters';

/** What is watched, and what is given. */
export const watched: INodeProperties[] = [
  salesforceObject,
  {
    displayName: 'Events',
    name: 'events',
    type: 'multiOptions',
    options: [
      { name: 'Record Created', value: 'created' },
      { name: 'Record Deleted', value: 'deleted', description: 'The record went to the recycle bin, or is gone' },
      { name: 'Record Updated', value: 'updated' },
    ],
    default: ['created', 'updated'],
    required: true,
  },
  fieldNames,
  {
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    placeholder: 'Add option',
    default: {},
    options: [
      {
        displayName: 'Batch Size',
        name: 'batchSize',
        type: 'number',
        typeOptions: { minValue: 1, maxValue: 50000 },
        default: 1000,
        description: 'Max number of changes that one poll gives. What is left comes with the next polls.',
      },
      {
        displayName: 'First Start',
        name: 'from',
        type: 'options',
        options: [
          { name: 'All Records That Exist', value: 'start', description: 'Gives every record once, then changes' },
          { name: 'Changes From Now On', value: 'now' },
        ],
        default: 'now',
        description: 'What the trigger gives when it is active for the first time',
      },
    ],
  },
];
