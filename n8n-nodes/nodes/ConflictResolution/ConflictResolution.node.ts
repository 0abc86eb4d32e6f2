import {
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';

import { searchSyncs } from '../../shared/lists';
import { conflicts } from './description/conflicts';
import { items } from './description/items';
import { operations } from './description/operations';
import { policy } from './description/policy';
import { inputsOf, outputsOf } from './description/ports';
import { execute } from './operations';

/** Decides what two systems, or two branches of a workflow, say differently about one record. */
export class ConflictResolution implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Conflict Resolution',
    name: 'conflictResolution',
    icon: { light: 'file:conflictResolution.svg', dark: 'file:conflictResolution.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{ $parameter["operation"] + ": " + ($parameter["strategy"] || $parameter["take"] || "conflicts") }}',
    description: 'List and decide conflicts that syncs hold, or resolve two branches of items',
    defaults: { name: 'Conflict Resolution' },
    inputs: `={{ (${inputsOf.toString()})($parameter) }}`,
    outputs: `={{ (${outputsOf.toString()})($parameter) }}`,
    usableAsTool: true,
    properties: [...operations, ...conflicts, ...items, ...policy],
  };

  methods = { listSearch: { searchSyncs } };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return execute(this);
  }
}
