import type { IExecuteFunctions } from 'n8n-workflow';

import type { ConflictFilter, ConflictState } from '../../../lib';
import { locatorOf } from '../../../shared/context';

interface Filters {
  field?: string;
  key?: string;
  kind?: string;
  state?: ConflictState | 'any';
}

/** The sync and the filters of the panel. Open conflicts, unless another state is chosen. */
export function filterOf(context: IExecuteFunctions): ConflictFilter {
  const { field, key, kind, state = 'open' } = context.getNodeParameter('filters', 0, {}) as Filters;
  const syncId = locatorOf(context, 'syncId');
  return {
    ...(syncId && { syncId }),
    ...(state !== 'any' && { state }),
    ...(field && { field }),
    ...(key && { key }),
    ...(kind && { kind }),
  };
}
