/** The answer to `query?q=...&columns=true`, which the Salesforce CLI asks for before it shows a table. */
import type { FieldType as SelectItem } from '@jetstreamapp/soql-parser-js';
import type { Field } from '../schema/field';
import type { Org } from '../store/org';
import { childLink } from './projection';
import { resolvePath } from './path';
import { compile, compileParsed, type Compiled } from './query';

const APEX_TYPES: Partial<Record<Field['type'], string>> = {
  id: 'Id',
  reference: 'Id',
  boolean: 'Boolean',
  int: 'Integer',
  double: 'Double',
  currency: 'Double',
  date: 'Date',
  datetime: 'Datetime',
  address: 'Address',
};

function column(f: Field, name: string, joinColumns: object[] = []): object {
  const apexType = APEX_TYPES[f.type] ?? 'String';
  return {
    aggregate: false,
    apexType,
    booleanType: f.type === 'boolean',
    columnName: name,
    custom: f.custom,
    displayName: name,
    foreignKeyName: f.relationshipName,
    insertable: f.createable,
    joinColumns,
    numberType: ['Integer', 'Double'].includes(apexType),
    textType: apexType === 'String',
    updatable: f.updateable,
  };
}

function columnOf(org: Org, { table }: Compiled, item: SelectItem): object {
  switch (item.type) {
    case 'Field':
      return column(resolvePath(org, table, [item.field]).field, item.field);
    case 'FieldRelationship': {
      const { field } = resolvePath(org, table, [...item.relationships, item.field]);
      return column(field, item.rawValue ?? `${item.relationships.join('.')}.${item.field}`);
    }
    case 'FieldSubquery': {
      const child = childLink(org, table, item.subquery);
      const compiled = compileParsed(org, child.table, item.subquery);
      const joins = compiled.select.map((inner) => columnOf(org, compiled, inner));
      return { ...column(child.link, item.subquery.relationshipName, joins), aggregate: true };
    }
    default: {
      const name = 'alias' in item && item.alias ? item.alias : 'expr0';
      return {
        aggregate: true,
        apexType: 'Double',
        booleanType: false,
        columnName: name,
        custom: false,
        displayName: name,
        foreignKeyName: null,
        insertable: false,
        joinColumns: [],
        numberType: true,
        textType: false,
        updatable: false,
      };
    }
  }
}

export function columnMetadata(org: Org, soql: string): object {
  const compiled = compile(org, soql);
  const { table, select, parsed } = compiled;
  return {
    columnMetadata: select.map((item) => columnOf(org, compiled, item)),
    entityName: table.schema.name,
    groupBy: parsed.groupBy !== undefined,
    idSelected: select.some((item) => item.type === 'Field' && item.field === 'Id'),
    keyPrefix: table.schema.keyPrefix,
  };
}
