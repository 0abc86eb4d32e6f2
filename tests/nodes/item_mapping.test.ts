import type { IDataObject } from 'n8n-workflow';

import { recordsOf } from '../../n8n-nodes/shared/item_mapping';
import { executing } from './support/fake_n8n';

const evaluated: string[] = [];

function map(value: Record<string, unknown>, items: IDataObject[], mappingMode = 'defineBelow') {
  evaluated.length = 0;
  const context = executing({
    parameters: { values: { mappingMode, value, matchingColumns: ['Ext__c'], schema: [] } },
    items,
    evaluate: (expression, index) => {
      evaluated.push(`${expression}@${index}`);
      return `evaluated ${index}`;
    },
  });
  const known = new Set(['Name', 'Phone', 'Ext__c']);
  return recordsOf(context, 'values', context.getInputData(), known);
}

describe('records made of items', () => {
  it('follows dragged fields as paths and asks n8n for nothing', () => {
    const value = {
      Name: '={{ $json.name }}',
      Phone: "={{ $json['phone number'] }}",
      Ext__c: '={{ $json.ids["crm key"].value }}',
    };
    const items = [
      { name: 'Ada', 'phone number': '1', ids: { 'crm key': { value: 'A1' } } },
      { name: null, ids: 'none' },
    ];
    expect(map(value, items)).toEqual([{ Name: 'Ada', Phone: '1', Ext__c: 'A1' }, { Name: null }]);
    expect(evaluated).toEqual([]);
  });

  it('leaves a value out that the item does not have, so that the field stays as it is', () => {
    expect(map({ Name: '={{ $json.name }}', Phone: '7' }, [{}])).toStrictEqual([{ Phone: '7' }]);
  });

  it('evaluates real expressions for each item', () => {
    expect(map({ Name: '={{ $json.name.toUpperCase() }}' }, [{ name: 'a' }, { name: 'b' }])).toEqual([
      { Name: 'evaluated 0' },
      { Name: 'evaluated 1' },
    ]);
    expect(evaluated).toEqual(['{{ $json.name.toUpperCase() }}@0', '{{ $json.name.toUpperCase() }}@1']);
  });

  it('takes numbers and booleans as they stand, false and 0 too', () => {
    expect(map({ Name: 0, Phone: false }, [{}])).toEqual([{ Name: 0, Phone: false }]);
  });

  it('leaves a field alone whose row is empty', () => {
    expect(map({ Name: '', Phone: null, Ext__c: 'x' }, [{}])).toEqual([{ Ext__c: 'x' }]);
  });

  it('maps automatically what the object knows, and nothing else of the item', () => {
    const items = [{ Name: 'Ada', Ext__c: 'A1', note: 'stays in the workflow' }];
    expect(map({}, items, 'autoMapInputData')).toEqual([{ Name: 'Ada', Ext__c: 'A1' }]);
  });
});
