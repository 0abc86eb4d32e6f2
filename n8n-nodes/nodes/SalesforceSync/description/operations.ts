import type { INodeProperties } from 'n8n-workflow';

/** Resource and operation: what the node does. */
export const operations: INodeProperties[] = [
  {
    displayName: 'Resource',
    name: 'resource',
    type: 'options',
    noDataExpression: true,
    options: [
      { name: 'Record', value: 'record', description: 'Records of one object, as items of the workflow' },
      { name: 'Rejected Record', value: 'rejectedRecord', description: 'What a sync could not write, with the reason' },
      { name: 'Sync', value: 'sync', description: 'Moves any number of records without making items of them' },
    ],
    default: 'sync',
  },
  {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    displayOptions: { show: { resource: ['sync'] } },
    options: [
      {
        name: 'Get Status',
        value: 'getStatus',
        action: 'Get the status of a sync',
        description: 'The latest runs of a sync, newest first',
      },
      {
        name: 'Preview',
        value: 'preview',
        action: 'Preview a sync',
        description: 'What a run would do: counts and a sample of differences. Writes nothing.',
      },
      {
        name: 'Run Sync',
        value: 'run',
        action: 'Run a sync',
        description: 'Brings the target up to date and gives one item with the counts',
      },
    ],
    default: 'run',
  },
  {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    displayOptions: { show: { resource: ['record'] } },
    options: [
      {
        name: 'Get Records',
        value: 'getRecords',
        action: 'Get records',
        description: 'Reads records as items, up to a limit that protects n8n',
      },
      {
        name: 'Upsert Items',
        value: 'upsertItems',
        action: 'Upsert items',
        description: 'Creates or updates one record for each incoming item',
      },
    ],
    default: 'getRecords',
  },
  {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    displayOptions: { show: { resource: ['rejectedRecord'] } },
    options: [
      {
        name: 'Get Rejected Records',
        value: 'getRejected',
        action: 'Get rejected records of a sync',
        description: 'Lists records that a sync could not write, with the reason and the original',
      },
      {
        name: 'Replay Rejected Records',
        value: 'replayRejected',
        action: 'Replay rejected records of a sync',
        description: 'Runs the sync and tries all rejected records again',
      },
    ],
    default: 'getRejected',
  },
];
