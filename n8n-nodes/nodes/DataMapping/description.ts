import type { INodeProperties } from 'n8n-workflow';

import { checkOptions, transformationOptions } from './choices';

const reference =
  '<a href="https://github.com/nexpo/n8n-nodes-data-sync/blob/main/docs/mapping.md">the mapping reference</a>';

/** What one target field goes through, beyond being filled. */
const ruleFields: INodeProperties[] = [
  {
    displayName: 'Field Name or ID',
    name: 'field',
    type: 'options',
    typeOptions: { loadOptionsMethod: 'listTargetFields', loadOptionsDependsOn: ['targetFields'] },
    default: '',
    description:
      'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
  },
  {
    displayName: 'Transformation',
    name: 'transformation',
    type: 'options',
    options: transformationOptions,
    default: 'none',
  },
  {
    displayName: 'Transformation (JSON)',
    name: 'transformationJson',
    type: 'json',
    displayOptions: { show: { transformation: ['json'] } },
    default: '{ "type": "format", "params": { "steps": [{ "squash": true }, { "truncate": 80 }] } }',
    description: `One transformation, or a list: see ${reference}`,
  },
  {
    displayName: 'Check',
    name: 'check',
    type: 'options',
    options: checkOptions,
    default: 'none',
    description: 'What the mapped value has to be',
  },
  {
    displayName: 'Check (JSON)',
    name: 'checkJson',
    type: 'json',
    displayOptions: { show: { check: ['json'] } },
    default: '[{ "rule": "length", "max": 80 }]',
    description: `Rules for the mapped value: see ${reference}`,
  },
  {
    displayName: 'If It Fails',
    name: 'onError',
    type: 'options',
    options: [
      { name: 'Keep the Value as It Is', value: 'keep' },
      { name: 'Leave the Field Empty', value: 'null' },
      { name: 'Leave the Field Out', value: 'skip_field' },
      { name: 'Reject the Item', value: 'fail_record' },
      { name: 'Take the Default Value', value: 'default' },
    ],
    default: 'fail_record',
    description: 'What happens when the value cannot be transformed',
  },
  {
    displayName: 'Required',
    name: 'required',
    type: 'boolean',
    default: false,
    description: 'Whether an item without a value for this field is rejected',
  },
  {
    displayName: 'Default Value',
    name: 'defaultValue',
    type: 'string',
    default: '',
    description: 'Taken where there is no value. Left empty, there is none.',
  },
];

/** The panel: fields filled from the item, or a mapping in the engine's own language. */
export const mapping: INodeProperties[] = [
  {
    displayName: 'Mode',
    name: 'mode',
    type: 'options',
    noDataExpression: true,
    options: [
      { name: 'Fields', value: 'fields', description: 'Fill fields one by one' },
      { name: 'JSON', value: 'json', description: 'A whole mapping, as sync files and the REST API have it' },
    ],
    default: 'fields',
  },
  {
    displayName: 'Target Fields',
    name: 'targetFields',
    type: 'string',
    noDataExpression: true,
    displayOptions: { show: { mode: ['fields'] } },
    default: '',
    required: true,
    placeholder: 'name, email, amount',
    description: 'Names of the fields to make, separated by commas',
  },
  {
    displayName: 'Values',
    name: 'values',
    type: 'resourceMapper',
    noDataExpression: true,
    displayOptions: { show: { mode: ['fields'] } },
    default: { mappingMode: 'defineBelow', value: null },
    required: true,
    typeOptions: {
      loadOptionsDependsOn: ['targetFields'],
      resourceMapper: {
        resourceMapperMethod: 'targetRows',
        mode: 'add',
        valuesLabel: 'Values of the Target Fields',
        fieldWords: { singular: 'field', plural: 'fields' },
        noFieldsError: 'Name the target fields first',
        addAllFields: true,
        supportAutoMap: true,
      },
    },
  },
  {
    displayName: 'Transformations and Checks',
    name: 'rules',
    type: 'fixedCollection',
    typeOptions: { multipleValues: true, sortable: true },
    displayOptions: { show: { mode: ['fields'] } },
    placeholder: 'Add for a Field',
    default: {},
    options: [{ displayName: 'Field', name: 'field', values: ruleFields }],
  },
  {
    displayName: 'Mapping (JSON)',
    name: 'mapping',
    type: 'json',
    displayOptions: { show: { mode: ['json'] } },
    typeOptions: { rows: 12 },
    default: '{\n  "fieldMappings": [\n    { "source": "name", "target": "name", "required": true }\n  ]\n}',
    required: true,
    description: `Field mappings, and rules for the whole record under <code>validation</code>: see ${reference}`,
  },
  {
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    placeholder: 'Add option',
    default: {},
    options: [
      {
        displayName: 'Include Other Input Fields',
        name: 'includeOther',
        type: 'boolean',
        default: false,
        description: 'Whether to pass on the other fields of the item beside those that are mapped',
      },
      {
        displayName: 'Rules for the Record (JSON)',
        name: 'validation',
        type: 'json',
        displayOptions: { show: { '/mode': ['fields'] } },
        default: '[{ "expression": "record.start <= record.end", "message": "the end is before the start" }]',
        description: `What the fields have to be together: see ${reference}`,
      },
    ],
  },
];
