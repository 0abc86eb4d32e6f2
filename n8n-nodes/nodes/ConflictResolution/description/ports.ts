import type { INodeInputConfiguration, INodeOutputConfiguration, INodeParameters } from 'n8n-workflow';

/**
 * n8n evaluates the text of these functions, in the editor too, so each has to stand alone.
 * Items are resolved out of two or three branches; everything else has one input and one output.
 */

export const inputsOf = (parameters: INodeParameters): (INodeInputConfiguration | 'main')[] => {
  if (parameters['resource'] !== 'item') return ['main'];
  const names = parameters['useBase'] ? ['Source', 'Target', 'Base'] : ['Source', 'Target'];
  return names.map((displayName) => ({ type: 'main', displayName }));
};

export const outputsOf = (parameters: INodeParameters): (INodeOutputConfiguration | 'main')[] => {
  if (parameters['resource'] !== 'item') return ['main'];
  return ['Resolved', 'Needs Review'].map((displayName) => ({ type: 'main', displayName }));
};
