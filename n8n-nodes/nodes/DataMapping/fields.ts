import type { ILoadOptionsFunctions, INodePropertyOptions, ResourceMapperFields } from 'n8n-workflow';

/** The lists of the panel, made of the target fields that were named in it. */

/** Names out of "name, email": trimmed, each once. */
export function namesOf(text: string): string[] {
  const names = text
    .split(/[,\n]/)
    .map((name) => name.trim())
    .filter(Boolean);
  return [...new Set(names)];
}

export function listTargetFields(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
  return Promise.resolve(named(this).map((name) => ({ name, value: name })));
}

/** Rows of the mapper: one for each target field. */
export function targetRows(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
  const fields = named(this).map((name) => ({
    id: name,
    displayName: name,
    type: 'string' as const,
    required: false,
    display: true,
    defaultMatch: false,
  }));
  return Promise.resolve({ fields });
}

function named(context: ILoadOptionsFunctions): string[] {
  return namesOf(context.getNodeParameter('targetFields', '') as string);
}
