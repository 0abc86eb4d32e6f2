import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';

const reference =
  '<a href="https://github.com/nexpo/n8n-nodes-data-sync/blob/main/docs/conflicts.md">the conflict reference</a>';
const shown: IDisplayOptions = { show: { operation: ['resolve', 'previewRules', 'applyRules'] } };

/** One rule for one field. */
const ruleFields: INodeProperties[] = [
  { displayName: 'Field', name: 'field', type: 'string', default: '', placeholder: 'amount' },
  {
    displayName: 'Rule',
    name: 'rule',
    type: 'options',
    options: [
      { name: 'Always One Side', value: 'authority' },
      { name: 'Both, One After the Other', value: 'concat' },
      { name: 'Counter', value: 'counter', description: 'The base, and what both sides added to it' },
      { name: 'Expression', value: 'custom', description: 'Over base, source and target' },
      { name: 'First That Is Not Blank', value: 'coalesce' },
      { name: 'Greater One', value: 'max' },
      { name: 'Smaller One', value: 'min' },
      { name: 'Union of Lists', value: 'union', description: 'What one side added is in, what one took out is out' },
    ],
    default: 'authority',
  },
  {
    displayName: 'Side',
    name: 'side',
    type: 'options',
    displayOptions: { show: { rule: ['authority', 'coalesce'] } },
    options: [
      { name: 'Source', value: 'source' },
      { name: 'Target', value: 'target' },
    ],
    default: 'source',
    description: 'Whose value holds, or who is asked first',
  },
  {
    displayName: 'Separator',
    name: 'separator',
    type: 'string',
    displayOptions: { show: { rule: ['union', 'concat'] } },
    default: '',
    description: 'What stands between the parts of a text',
  },
  {
    displayName: 'Expression',
    name: 'expression',
    type: 'string',
    displayOptions: { show: { rule: ['custom'] } },
    default: '',
    placeholder: 'source.size() > target.size() ? source : target',
    description: `In the engine’s own language, not n8n’s: see ${reference}`,
  },
];

/** How what both sides changed is settled. */
export const policy: INodeProperties[] = [
  {
    displayName: 'Strategy',
    name: 'strategy',
    type: 'options',
    displayOptions: shown,
    options: [
      { name: 'Last Write Wins', value: 'last_write_wins', description: 'The later change stamp' },
      { name: 'Manual', value: 'manual', description: 'What both sides changed needs review' },
      { name: 'Merge', value: 'merge', description: 'The side that changed a field wins; both: its rule, or review' },
      { name: 'Source Wins', value: 'source_wins' },
      { name: 'Target Wins', value: 'target_wins' },
    ],
    default: 'merge',
    description: `What happens to a field that differs: see ${reference}`,
  },
  {
    displayName: 'Change Stamp Field',
    name: 'stampField',
    type: 'string',
    displayOptions: { show: { resource: ['item'], strategy: ['last_write_wins'] } },
    default: '',
    required: true,
    placeholder: 'updatedAt',
    description: 'The field of both branches that tells when the item was last changed',
  },
  {
    displayName: 'Rules for Fields',
    name: 'rules',
    type: 'fixedCollection',
    typeOptions: { multipleValues: true, sortable: true },
    displayOptions: shown,
    placeholder: 'Add Rule',
    default: {},
    options: [{ displayName: 'Rule', name: 'rule', values: ruleFields }],
  },
  {
    displayName: 'Fields That Belong Together',
    name: 'groups',
    type: 'string',
    typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Group' },
    displayOptions: shown,
    default: [],
    placeholder: 'amount, currency',
    description: 'Names separated by commas: such fields are decided as one, and never come from two sides',
  },
  {
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    placeholder: 'Add option',
    displayOptions: { show: { resource: ['item'] } },
    default: {},
    options: [
      {
        displayName: 'Clock Skew in Seconds',
        name: 'skewSeconds',
        type: 'number',
        typeOptions: { minValue: 0, maxValue: 3600 },
        default: 5,
        description: 'Change stamps that are no further apart are a tie',
      },
      {
        displayName: 'Fields Without a Rule',
        name: 'fallback',
        type: 'options',
        displayOptions: { show: { '/strategy': ['merge'] } },
        options: [
          { name: 'Need Review', value: 'manual' },
          { name: 'Take the Source’s Value', value: 'source_wins' },
          { name: 'Take the Target’s Value', value: 'target_wins' },
        ],
        default: 'manual',
        description: 'What happens to a field that both sides changed',
      },
      {
        displayName: 'Include Trace',
        name: 'trace',
        type: 'boolean',
        default: false,
        description: 'Whether to tell in <code>_trace</code> how each field was settled',
      },
      {
        displayName: 'Side That Wins a Tie',
        name: 'priority',
        type: 'options',
        options: [
          { name: 'Source', value: 'source' },
          { name: 'Target', value: 'target' },
        ],
        default: 'source',
      },
    ],
  },
];
