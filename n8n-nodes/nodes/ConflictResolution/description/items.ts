import type { INodeProperties } from 'n8n-workflow';

/** How two branches are matched. */
export const items: INodeProperties[] = [
  {
    displayName: 'Key Field',
    name: 'keyField',
    type: 'string',
    displayOptions: { show: { resource: ['item'] } },
    default: '',
    required: true,
    placeholder: 'email',
    description: 'The field that tells which items of both branches are the same record',
  },
  {
    displayName: 'With a Base',
    name: 'useBase',
    type: 'boolean',
    noDataExpression: true,
    displayOptions: { show: { resource: ['item'] } },
    default: false,
    description:
      'Whether a third branch brings what both sides last agreed on. With it the node sees which side changed a field.',
  },
];
