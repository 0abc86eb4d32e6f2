import type { INodePropertyOptions } from 'n8n-workflow';

import type { FieldRule, Transformation } from '../../lib';

/** What people choose by name, with what the engine takes for it. */
interface Choice<T> extends INodePropertyOptions {
  value: string;
  means: T;
}

const format = (params: unknown): Transformation => ({ type: 'format', params });

const transformations: Choice<Transformation>[] = [
  { name: 'Boolean', value: 'boolean', means: format({ boolean: true }), description: 'Yes, on, 1 and the like' },
  { name: 'Collapse White Space', value: 'squash', means: format({ squash: true }), description: 'And trim it' },
  { name: 'Date', value: 'date', means: format({ date: { format: 'date' } }) },
  { name: 'Date and Time', value: 'datetime', means: format({ date: true }), description: 'ISO 8601 in UTC' },
  { name: 'Email Address', value: 'email', means: format({ email: true }), description: 'In one spelling' },
  { name: 'Hash', value: 'hash', means: format({ hash: true }), description: 'SHA-256 in hexadecimal' },
  { name: 'Lower Case', value: 'lower', means: format({ case: 'lower' }) },
  { name: 'Mask', value: 'mask', means: format({ mask: true }), description: 'Every character becomes *' },
  { name: 'Number', value: 'number', means: format({ number: true }), description: 'Exact, digit by digit' },
  { name: 'Number With 2 Decimals', value: 'number2', means: format({ number: { scale: 2 } }) },
  {
    name: 'Phone Number',
    value: 'phone',
    means: format({ phone: true }),
    description: 'E.164; as JSON with a country',
  },
  { name: 'Title Case', value: 'title', means: format({ case: 'title' }) },
  { name: 'Trim', value: 'trim', means: format({ trim: true }) },
  { name: 'Upper Case', value: 'upper', means: format({ case: 'upper' }) },
  { name: 'URL', value: 'url', means: format({ url: true }), description: 'In one spelling' },
];

const checks: Choice<FieldRule>[] = [
  { name: 'Date', value: 'date', means: { rule: 'date' } },
  { name: 'Date and Time', value: 'datetime', means: { rule: 'datetime' } },
  { name: 'Email Address', value: 'email', means: { rule: 'email' } },
  { name: 'Phone Number (E.164)', value: 'e164', means: { rule: 'e164' } },
  { name: 'Unique Among the Items', value: 'unique', means: { rule: 'unique' } },
  { name: 'URL', value: 'url', means: { rule: 'url' } },
  { name: 'UUID', value: 'uuid', means: { rule: 'uuid' } },
];

export const transformationOptions = withOwnWords(transformations);
export const checkOptions = withOwnWords(checks);

/** What the engine takes for a choice; nothing for "none" and for what is written as JSON. */
export function transformationOf(value: string): Transformation | undefined {
  return transformations.find((choice) => choice.value === value)?.means;
}
export function checkOf(value: string): FieldRule | undefined {
  return checks.find((choice) => choice.value === value)?.means;
}

function withOwnWords(choices: Choice<unknown>[]): INodePropertyOptions[] {
  const options = choices.map(({ name, value, description }) => ({ name, value, ...(description && { description }) }));
  return [...options, { name: 'None', value: 'none' }, { name: 'Write It as JSON', value: 'json' }];
}
