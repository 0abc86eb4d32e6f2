import type { INodeProperties } from 'n8n-workflow';

/** Resource and operation: what the node does. */
export const operations: INodeProperties[] = [
  {
    displayName: 'Resource',
    name: 'resource',
    type: 'options',
    noDataExpression: true,
    options: [
      { name: 'Conflict', value: 'conflict', description: 'A record that a sync holds until somebody decides' },
      { name: 'Item', value: 'item', description: 'Items of two branches that tell of the same records' },
    ],
    default: 'conflict',
  },
  {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    displayOptions: { show: { resource: ['conflict'] } },
    options: [
      {
        name: 'Apply Rules',
        value: 'applyRules',
        action: 'Apply rules to the conflicts of a sync',
        description: 'Decides the open conflicts of a sync that rules settle; the others stay open',
      },
      {
        name: 'Decide',
        value: 'decide',
        action: 'Decide a conflict',
        description: 'Takes a side for each incoming conflict. The next run of the sync carries it out.',
      },
      {
        name: 'Decide Many',
        value: 'decideMany',
        action: 'Decide many conflicts',
        description: 'Takes one side for all open conflicts that a filter fits',
      },
      {
        name: 'Get Many',
        value: 'getMany',
        action: 'Get many conflicts',
        description: 'Lists conflicts, each with both sides',
      },
      {
        name: 'Preview Rules',
        value: 'previewRules',
        action: 'Preview what rules would settle',
        description: 'What rules would settle of the open conflicts of a sync. Changes nothing.',
      },
      {
        name: 'Undo',
        value: 'undo',
        action: 'Undo a decision',
        description: 'Takes a decision back, with the values that were there before it',
      },
    ],
    default: 'getMany',
  },
  {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    displayOptions: { show: { resource: ['item'] } },
    options: [
      {
        name: 'Resolve',
        value: 'resolve',
        action: 'Resolve items of two branches',
        description: 'Makes one item of each two that have the same key',
      },
    ],
    default: 'resolve',
  },
];
