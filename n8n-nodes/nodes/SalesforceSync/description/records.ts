import type { INodeProperties } from 'n8n-workflow';

import { fieldNames } from '../../../shared/parameters';

/** Records as items of the workflow: what is read, and what is written. */
export const records: INodeProperties[] = [
  { ...fieldNames, displayOptions: { show: { operation: ['getRecords'] } } },
  {
    displayName: 'Limit',
    name: 'limit',
    type: 'number',
    displayOptions: { show: { operation: ['getRecords'] } },
    typeOptions: { minValue: 1, maxValue: 50000 },
    default: 50,
    description: 'Max number of results to return',
  },
  {
    displayName: 'Options',
    name: 'readOptions',
    type: 'collection',
    placeholder: 'Add option',
    displayOptions: { show: { operation: ['getRecords'] } },
    default: {},
    options: [
      {
        displayName: 'Changed After',
        name: 'modifiedAfter',
        type: 'dateTime',
        default: '',
        description: 'Only records that were changed after this moment',
      },
      {
        displayName: 'Include Deleted',
        name: 'deleted',
        type: 'boolean',
        default: false,
        description: 'Whether to give records that were deleted since then as well. Needs Changed After.',
      },
    ],
  },
  {
    displayName: 'Values',
    name: 'values',
    type: 'resourceMapper',
    noDataExpression: true,
    displayOptions: { show: { operation: ['upsertItems'] } },
    default: { mappingMode: 'defineBelow', value: null },
    required: true,
    typeOptions: {
      loadOptionsDependsOn: ['object.value', 'authentication'],
      resourceMapper: {
        resourceMapperMethod: 'itemRows',
        mode: 'upsert',
        fieldWords: { singular: 'field', plural: 'fields' },
        multiKeyMatch: false,
        supportAutoMap: true,
        matchingFieldsLabels: {
          title: 'Field to Match On',
          description: 'The external ID that tells which record an item belongs to',
          hint: 'Tells which record an item belongs to. With Id, records must exist.',
        },
      },
    },
  },
];
