import {
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
  NodeConnectionTypes,
} from 'n8n-workflow';

import { mapping } from './description';
import { listTargetFields, targetRows } from './fields';
import { execute } from './run';

/** Maps, validates and enriches the items that pass, all of them in one call of the native engine. */
export class DataMapping implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Data Mapping',
    name: 'dataMapping',
    icon: { light: 'file:dataMapping.svg', dark: 'file:dataMapping.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{ $parameter["mode"] === "json" ? "mapping as JSON" : $parameter["targetFields"] }}',
    description: 'Map, check and enrich items; those that break a rule leave by an output of their own',
    defaults: { name: 'Data Mapping' },
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
    outputNames: ['Mapped', 'Rejected'],
    usableAsTool: true,
    properties: mapping,
  };

  methods = {
    loadOptions: { listTargetFields },
    resourceMapping: { targetRows },
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return execute(this);
  }
}
