import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import { anySync } from '../../../shared/parameters';

const ofDecision: IDisplayOptions = { show: { operation: ['decide'] } };

/** Which conflicts, and what is decided about them. */
export const conflicts: INodeProperties[] = [
  { ...anySync, displayOptions: { show: { operation: ['getMany', 'decideMany', 'previewRules', 'applyRules'] } } },
  {
    displayName: 'Return All',
    name: 'returnAll',
    type: 'boolean',
    displayOptions: { show: { operation: ['getMany'] } },
    default: false,
    description: 'Whether to return all results or only up to a given limit',
  },
  {
    displayName: 'Limit',
    name: 'limit',
    type: 'number',
    displayOptions: { show: { operation: ['getMany'], returnAll: [false] } },
    typeOptions: { minValue: 1 },
    default: 50,
    description: 'Max number of results to return',
  },
  {
    displayName: 'Conflict ID',
    name: 'conflictId',
    type: 'string',
    displayOptions: { show: { operation: ['decide', 'undo'] } },
    default: '={{ $json.id }}',
    required: true,
  },
  {
    displayName: 'Source Hash',
    name: 'sourceHash',
    type: 'string',
    displayOptions: ofDecision,
    default: '={{ $json.sourceHash }}',
    required: true,
    description: 'Of the source’s values when the conflict was looked at: a decision about older ones does not hold',
  },
  {
    displayName: 'Target Hash',
    name: 'targetHash',
    type: 'string',
    displayOptions: ofDecision,
    default: '={{ $json.targetHash }}',
    required: true,
    description: 'Of the target’s values when the conflict was looked at',
  },
  {
    displayName: 'Take',
    name: 'take',
    type: 'options',
    displayOptions: { show: { operation: ['decide', 'decideMany'] } },
    options: [
      { name: 'The Source’s Values', value: 'source' },
      { name: 'The Target’s Values', value: 'target' },
    ],
    default: 'source',
  },
  {
    displayName: 'Fields',
    name: 'fields',
    type: 'fixedCollection',
    typeOptions: { multipleValues: true },
    displayOptions: ofDecision,
    placeholder: 'Decide a Field Otherwise',
    default: {},
    options: [
      {
        displayName: 'Field',
        name: 'field',
        values: [
          { displayName: 'Field', name: 'field', type: 'string', default: '', placeholder: 'email' },
          {
            displayName: 'Take',
            name: 'take',
            type: 'options',
            options: [
              { name: 'The Source’s Value', value: 'source' },
              { name: 'The Target’s Value', value: 'target' },
              { name: 'This Value', value: 'value' },
            ],
            default: 'source',
          },
          {
            displayName: 'Value',
            name: 'value',
            type: 'string',
            displayOptions: { show: { take: ['value'] } },
            default: '',
            description: 'An expression keeps its type',
          },
        ],
      },
    ],
  },
  {
    displayName: 'Filters',
    name: 'filters',
    type: 'collection',
    placeholder: 'Add Filter',
    displayOptions: { show: { operation: ['getMany', 'decideMany'] } },
    default: {},
    options: [
      {
        displayName: 'Field',
        name: 'field',
        type: 'string',
        default: '',
        placeholder: 'email',
        description: 'Only conflicts about this field',
      },
      {
        displayName: 'Key',
        name: 'key',
        type: 'string',
        default: '',
        description: 'Only conflicts of the record with this key, on either side',
      },
      {
        displayName: 'Kind',
        name: 'kind',
        type: 'options',
        options: [
          { name: 'Both Created It', value: 'create_create' },
          { name: 'Both Differ', value: 'both_differ' },
          { name: 'Deleted and Updated', value: 'delete_update' },
          { name: 'Missing Parent', value: 'missing_parent' },
          { name: 'Unique Value Taken', value: 'unique_violation' },
        ],
        default: 'both_differ',
      },
      {
        displayName: 'State',
        name: 'state',
        type: 'options',
        displayOptions: { show: { '/operation': ['getMany'] } },
        options: [
          { name: 'Any', value: 'any' },
          { name: 'Closed', value: 'closed' },
          { name: 'Decided', value: 'decided', description: 'The next run of the sync carries it out' },
          { name: 'Open', value: 'open' },
        ],
        default: 'open',
      },
    ],
  },
];
