import { type IExecuteFunctions, NodeOperationError } from 'n8n-workflow';

import type { ConflictRule, ConflictRules, ConflictStrategy, RulesPreviewRequest, Side } from '../../../lib';
import { locatorOf } from '../../../shared/context';

/** One row of "Rules for Fields". */
interface RuleRow {
  field: string;
  rule: ConflictRule['rule'];
  side?: Side;
  separator?: string;
  expression?: string;
}

/** By field, with the settings that the rule takes and no others. */
export function rulesOf(context: IExecuteFunctions): Record<string, ConflictRule> {
  const rules = new Map<string, ConflictRule>();
  for (const row of context.getNodeParameter('rules.rule', 0, []) as RuleRow[]) {
    const field = row.field.trim();
    if (!field) throw fault(context, 'a rule names no field', 'Write the name of the field that it is for.');
    if (rules.has(field)) throw fault(context, `${field} has two rules`, 'Leave one of them out.');
    rules.set(field, ruleOf(row));
  }
  return Object.fromEntries(rules);
}

function ruleOf({ rule, side = 'source', separator, expression }: RuleRow): ConflictRule {
  if (rule === 'authority' || rule === 'coalesce') return { rule, side };
  if (rule === 'union' || rule === 'concat') return { rule, ...(separator && { separator }) };
  if (rule === 'custom') return { rule, expression: expression ?? '' };
  return { rule };
}

/** Each group is a text of names with commas between them. */
export function groupsOf(context: IExecuteFunctions): string[][] {
  const given = context.getNodeParameter('groups', 0, []) as string | string[];
  const groups = (Array.isArray(given) ? given : [given]).map((names) => names.split(',').map((name) => name.trim()));
  return groups.map((names) => names.filter(Boolean)).filter((names) => names.length > 0);
}

/** Rules, groups, and the options about them. */
export function policyOf(context: IExecuteFunctions): ConflictRules {
  const { fallback, skewSeconds, priority } = context.getNodeParameter('options', 0, {}) as ConflictRules;
  return {
    rules: rulesOf(context),
    groups: groupsOf(context),
    ...(fallback && { fallback }),
    ...(skewSeconds !== undefined && { skewSeconds }),
    ...(priority && { priority }),
  };
}

/** The strategy, rules and groups of the panel, for the conflicts of the sync that is chosen. */
export function rulesOfSync(context: IExecuteFunctions): RulesPreviewRequest {
  const syncId = locatorOf(context, 'syncId');
  if (!syncId) {
    const description = 'Rules are for the conflicts of one sync. Choose it from the list.';
    throw new NodeOperationError(context.getNode(), 'Sync: no sync is chosen', { description });
  }
  const strategy = context.getNodeParameter('strategy', 0) as ConflictStrategy;
  return { syncId, strategy, rules: rulesOf(context), groups: groupsOf(context) };
}

function fault(context: IExecuteFunctions, message: string, description: string): NodeOperationError {
  return new NodeOperationError(context.getNode(), `Rules for Fields: ${message}`, { description });
}
