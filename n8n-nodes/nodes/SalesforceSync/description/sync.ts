import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

import { salesforceObject } from '../../../shared/parameters';

/** Operations that take the whole definition of a sync. Rejected records are replayed by running their sync. */
const ofSync: IDisplayOptions = { show: { operation: ['run', 'preview', 'replayRejected'] } };

/** The two systems, and what is moved between them. The object is also that of operations on records. */
export const sync: INodeProperties[] = [
  {
    displayName: 'Direction',
    name: 'direction',
    type: 'options',
    noDataExpression: true,
    displayOptions: ofSync,
    options: [
      { name: 'Salesforce to Database', value: 'fromSalesforce' },
      { name: 'Database to Salesforce', value: 'toSalesforce' },
    ],
    default: 'fromSalesforce',
  },
  {
    displayName: 'Database',
    name: 'database',
    type: 'options',
    noDataExpression: true,
    // Not `show`: the editor takes what a field of the login depends on for a part of the login, and hides it.
    displayOptions: { hide: { operation: ['getStatus', 'getRecords', 'upsertItems', 'getRejected'] } },
    options: [
      { name: 'PostgreSQL', value: 'postgresql' },
      { name: 'SQLite', value: 'sqlite', description: 'One file on the machine that n8n runs on' },
    ],
    default: 'postgresql',
  },
  {
    displayName: 'Database File',
    name: 'sqlitePath',
    type: 'string',
    displayOptions: { show: { ...ofSync.show, database: ['sqlite'] } },
    default: '',
    required: true,
    placeholder: '/home/node/.n8n-files/crm.db',
    description: 'Absolute path of the file, in a folder that n8n lets nodes use (N8N_RESTRICT_FILE_ACCESS_TO)',
  },
  {
    ...salesforceObject,
    displayOptions: { show: { operation: ['run', 'preview', 'replayRejected', 'getRecords', 'upsertItems'] } },
  },
  {
    displayName: 'Table',
    name: 'table',
    type: 'resourceLocator',
    displayOptions: ofSync,
    default: { mode: 'name', value: '' },
    required: true,
    description: 'The table of the database. A new table is made when it is not there.',
    modes: [
      { displayName: 'By Name', name: 'name', type: 'string', placeholder: 'crm.accounts' },
      {
        displayName: 'From List',
        name: 'list',
        type: 'list',
        placeholder: 'Select a table...',
        typeOptions: { searchListMethod: 'searchTables', searchable: true },
      },
    ],
  },
  {
    displayName: 'Fields',
    name: 'fields',
    type: 'resourceMapper',
    noDataExpression: true,
    displayOptions: ofSync,
    default: { mappingMode: 'defineBelow', value: null },
    required: true,
    description: 'Each row is a field of Salesforce; its value is the column of the table',
    typeOptions: {
      loadOptionsDependsOn: ['object.value', 'direction', 'authentication'],
      resourceMapper: {
        resourceMapperMethod: 'mappingRows',
        mode: 'upsert',
        valuesLabel: 'Columns of the Table',
        fieldWords: { singular: 'field', plural: 'fields' },
        multiKeyMatch: false,
        supportAutoMap: true,
        hideNoDataError: true,
        matchingFieldsLabels: {
          title: 'Field to Match On',
          description: 'The external ID that tells which record of the target is the same one',
          hint: 'Tells which record of the target is the same one: an ID or external ID',
        },
      },
    },
  },
];

/** What a run does beyond the usual. */
export const syncOptions: INodeProperties = {
  displayName: 'Options',
  name: 'options',
  type: 'collection',
  placeholder: 'Add option',
  displayOptions: ofSync,
  default: {},
  options: [
    {
      displayName: 'API Quota Reserve',
      name: 'apiReservePercent',
      type: 'number',
      typeOptions: { minValue: 0, maxValue: 90 },
      default: 5,
      description: 'Percent of the daily API calls of the org that are left to others. Below it a run stops.',
    },
    {
      displayName: 'Approve Large Changes',
      name: 'approve',
      type: 'boolean',
      default: false,
      description: 'Whether a run may delete or change more than 5 % of the linked records. Otherwise it is held.',
    },
    {
      displayName: 'Batch Size',
      name: 'batchSize',
      type: 'number',
      typeOptions: { minValue: 1, maxValue: 50000 },
      default: 1000,
      description: 'Records in one page of the run, each of which is committed as a whole',
    },
    {
      displayName: 'Conflict Strategy',
      name: 'conflictResolution',
      type: 'options',
      options: [
        { name: 'Source Wins', value: 'source_wins' },
        { name: 'Target Wins', value: 'target_wins' },
      ],
      default: 'source_wins',
      description: 'Who wins when a record was changed on both sides since the last run',
    },
    {
      displayName: 'Create Table',
      name: 'createTable',
      type: 'boolean',
      default: true,
      description: 'Whether to make the table of the database, with types that fit, when it is not there',
    },
    {
      displayName: 'Deleted Records',
      name: 'deletes',
      type: 'options',
      options: [
        { name: 'Delete in Target', value: 'hard' },
        { name: 'Forget the Link', value: 'unlink' },
        { name: 'Ignore', value: 'ignore' },
        { name: 'Mark as Deleted', value: 'soft' },
      ],
      default: 'ignore',
      description: 'What happens to records that are gone from the source',
    },
    {
      displayName: 'Deletion Column',
      name: 'softDeleteField',
      type: 'string',
      default: '',
      description: 'Column of the table that marks deleted rows. Needed to mark records as deleted.',
    },
    {
      displayName: 'Mapping (JSON)',
      name: 'mappings',
      type: 'json',
      default: '[]',
      description:
        'More field mappings, with transformations: see ' +
        '<a href="https://github.com/nexpo/n8n-nodes-data-sync/blob/main/docs/mapping.md">the mapping reference</a>',
    },
    {
      displayName: 'Run Mode',
      name: 'runMode',
      type: 'options',
      options: [
        { name: 'Full', value: 'full', description: 'Reads every record, and finds those that are gone' },
        { name: 'Incremental', value: 'incremental', description: 'Reads what changed since the last run' },
      ],
      default: 'incremental',
    },
    {
      displayName: 'Sync ID',
      name: 'syncId',
      type: 'string',
      default: '',
      description: 'Name of the sync in the state. Left empty, it follows from the two systems and objects.',
    },
    {
      displayName: 'Version Column',
      name: 'versionField',
      type: 'string',
      default: '',
      description: 'Column of a source table that grows with every change. Without it every run reads all rows.',
    },
  ],
};
