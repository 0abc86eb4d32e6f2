import type { INodeProperties } from 'n8n-workflow';

import { anySync, authentication, fieldNames, salesforceObject } from '../../shared/parameters';

/**
 * Conflicts are looked up in the engine's own state: there is nothing to log in to. Not `show`: the editor takes what a
 * field of the login depends on for a part of the login, and hides it.
 */
export const ofConflicts = { hide: { watch: ['conflicts'] } };

export const login: INodeProperties[] = [
  {
    displayName: 'Trigger On',
    name: 'watch',
    type: 'options',
    noDataExpression: true,
    options: [
      { name: 'Conflict Held', value: 'conflicts', description: 'A sync holds a record until somebody decides' },
      { name: 'Record Changed', value: 'records', description: 'Records of Salesforce' },
    ],
    default: 'records',
  },
  { ...authentication, displayOptions: ofConflicts },
];

/** What is watched, and what is given. */
export const watched: INodeProperties[] = [
  { ...anySync, displayOptions: { show: { watch: ['conflicts'] } } },
  { ...salesforceObject, displayOptions: ofConflicts },
  {
    displayName: 'Events',
    name: 'events',
    type: 'multiOptions',
    displayOptions: ofConflicts,
    options: [
      { name: 'Record Created', value: 'created' },
      { name: 'Record Deleted', value: 'deleted', description: 'The record went to the recycle bin, or is gone' },
      { name: 'Record Updated', value: 'updated' },
    ],
    default: ['created', 'updated'],
    required: true,
  },
  { ...fieldNames, displayOptions: ofConflicts },
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
        description: 'Max number of changes or conflicts that one poll gives. What is left comes with the next polls.',
      },
      {
        displayName: 'First Start',
        name: 'from',
        type: 'options',
        options: [
          { name: 'All That Exist', value: 'start', description: 'Every record, or open conflict, once; then changes' },
          { name: 'Changes From Now On', value: 'now' },
        ],
        default: 'now',
        description: 'What the trigger gives when it is active for the first time',
      },
    ],
  },
];
