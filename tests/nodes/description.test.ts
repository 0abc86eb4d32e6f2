import * as fs from 'node:fs';
import * as path from 'node:path';

import {
  type ICredentialType,
  type INodeProperties,
  type INodePropertyCollection,
  type INodePropertyOptions,
  type INodeType,
  NodeHelpers,
} from 'n8n-workflow';

import { ConflictResolution } from '../../n8n-nodes/nodes/ConflictResolution/ConflictResolution.node';
import { inputsOf, outputsOf } from '../../n8n-nodes/nodes/ConflictResolution/description/ports';
import { DataMapping } from '../../n8n-nodes/nodes/DataMapping/DataMapping.node';
import { DataSyncTrigger } from '../../n8n-nodes/nodes/DataSyncTrigger/DataSyncTrigger.node';
import { SalesforceSync } from '../../n8n-nodes/nodes/SalesforceSync/SalesforceSync.node';

const sources = path.resolve(__dirname, '..', '..', 'n8n-nodes');
const nodes: [string, INodeType][] = [
  ['SalesforceSync', new SalesforceSync()],
  ['DataMapping', new DataMapping()],
  ['ConflictResolution', new ConflictResolution()],
  ['DataSyncTrigger', new DataSyncTrigger()],
];
const ownCredentials = fs.readdirSync(path.join(sources, 'credentials')).map((file) => {
  const module = jest.requireActual<Record<string, new () => ICredentialType>>(path.join(sources, 'credentials', file));
  const [name, Type] = Object.entries(module)[0]!;
  expect(file).toBe(`${name}.credentials.ts`);
  return new Type();
});
const hostCredentials = ['salesforceOAuth2Api', 'salesforceJwtApi', 'postgres'];

/** Names of the parameters that the panel shows for these values, in order. */
function shown(node: INodeType, values: Record<string, any>): string[] {
  const { properties } = node.description;
  const full = NodeHelpers.getNodeParameters(properties, values, true, false, null, node.description)!;
  return properties
    .filter((property) => NodeHelpers.displayParameter(full, property, null, node.description))
    .map(({ name }) => name);
}

/** A parameter, and those inside of it. */
function nested(property: INodeProperties): INodeProperties[] {
  if (property.type === 'collection') return property.options as INodeProperties[];
  if (property.type !== 'fixedCollection') return [property];
  return (property.options as INodePropertyCollection[]).flatMap(({ values }) => values).filter(hasFixedOptions);
}

/** Not those that the editor fills. */
const hasFixedOptions = ({ typeOptions }: INodeProperties) => typeOptions?.loadOptionsMethod === undefined;

function optionValues(property: INodeProperties): unknown[] {
  return (property.options as INodePropertyOptions[]).map(({ value }) => value);
}

describe.each(nodes)('the description of %s', (name, node) => {
  const { description } = node;

  it('names options as defaults that exist', () => {
    const options = description.properties.flatMap(nested);
    for (const property of options.filter(({ type }) => type === 'options')) {
      expect([property.name, optionValues(property)]).toEqual([
        property.name,
        expect.arrayContaining([property.default]),
      ]);
    }
    for (const property of options.filter(({ type }) => type === 'multiOptions' && true)) {
      const known = property.options ? optionValues(property) : [];
      for (const value of property.default as unknown[]) expect(known).toContain(value);
    }
  });

  it('shows parameters for values that exist', () => {
    const values = new Map<string, unknown[]>();
    for (const property of description.properties) {
      const own = { options: optionValues, boolean: () => [true, false] };
      const known = property.type in own ? own[property.type as keyof typeof own](property) : [];
      values.set(property.name, [...(values.get(property.name) ?? []), ...known]);
    }
    const conditions = [...description.properties, ...(description.credentials ?? [])].flatMap(({ displayOptions }) =>
      Object.entries(displayOptions?.show ?? {}),
    );
    for (const [parameter, wanted] of conditions) {
      for (const value of wanted ?? [])
        expect([parameter, values.get(parameter)]).toEqual([parameter, expect.arrayContaining([value])]);
    }
  });

  it('asks for lists by methods that it has', () => {
    const text = JSON.stringify(description.properties);
    const asked = (setting: string) =>
      [...text.matchAll(new RegExp(`"${setting}":"(\\w+)"`, 'g'))].map((match) => match[1]!);
    const { listSearch = {}, loadOptions = {}, resourceMapping = {}, credentialTest = {} } = node.methods!;
    expect(Object.keys(listSearch)).toEqual(expect.arrayContaining(asked('searchListMethod')));
    expect(Object.keys(loadOptions)).toEqual(expect.arrayContaining(asked('loadOptionsMethod')));
    expect(Object.keys(resourceMapping)).toEqual(expect.arrayContaining(asked('resourceMapperMethod')));
    for (const { testedBy } of description.credentials ?? [])
      if (testedBy) expect(Object.keys(credentialTest)).toContain(testedBy);
  });

  // The editor hides what a field of the login depends on: it takes that for a part of the login.
  it('shows no field that the editor would take for a part of the login', () => {
    const login = new Set(
      (description.credentials ?? []).flatMap((use) => Object.keys(use.displayOptions?.show ?? {})),
    );
    const fields = description.properties.filter(({ name }) => login.has(name));
    expect(fields.length > 0).toBe(description.credentials !== undefined);
    for (const { name, displayOptions } of fields) expect([name, displayOptions?.show]).toEqual([name, undefined]);
  });

  it('uses credentials of this package and of n8n itself only', () => {
    const known = [...ownCredentials.map((credential) => credential.name), ...hostCredentials];
    for (const credential of description.credentials ?? []) expect(known).toContain(credential.name);
  });

  it('has a light and a dark icon, and a codex that names it', () => {
    const { light, dark } = description.icon as { light: string; dark: string };
    const file = (icon: string) => path.join(sources, 'nodes', name, icon.replace('file:', ''));
    expect(fs.readFileSync(file(light), 'utf8')).toContain('<svg');
    expect(fs.readFileSync(file(dark), 'utf8')).not.toBe(fs.readFileSync(file(light), 'utf8'));
    const codex = JSON.parse(fs.readFileSync(path.join(sources, 'nodes', name, `${name}.node.json`), 'utf8'));
    expect(codex.node).toBe(`n8n-nodes-data-sync.${description.name}`);
  });
});

describe('the panel of Salesforce Sync', () => {
  const node = new SalesforceSync();
  const panel = (values: Record<string, unknown>) =>
    shown(node, values).filter((name) => !['resource', 'operation'].includes(name));

  it('asks for both systems, the mapping and the options of a sync', () => {
    const both = ['direction', 'database', 'object', 'table', 'fields', 'options'];
    for (const values of [
      { resource: 'sync', operation: 'run' },
      { resource: 'sync', operation: 'preview' },
      { resource: 'rejectedRecord', operation: 'replayRejected' },
    ]) {
      expect(panel(values)).toEqual(['authentication', ...both]);
    }
    expect(panel({ resource: 'sync', operation: 'run', database: 'sqlite' })).toContain('sqlitePath');
  });

  it('asks for no login where only the state is read', () => {
    expect(panel({ resource: 'sync', operation: 'getStatus' })).toEqual(['syncId', 'limit']);
    expect(panel({ resource: 'rejectedRecord', operation: 'getRejected' })).toEqual(['syncId', 'limit']);
  });

  it('asks for an object, and what to do with its records', () => {
    expect(panel({ resource: 'record', operation: 'getRecords' })).toEqual([
      'authentication',
      'object',
      'fieldNames',
      'limit',
      'readOptions',
    ]);
    expect(panel({ resource: 'record', operation: 'upsertItems' })).toEqual(['authentication', 'object', 'values']);
  });

  it('has an action for each operation', () => {
    const operations = node.description.properties.filter(({ name }) => name === 'operation');
    const actions = operations.flatMap(({ options }) => options as INodePropertyOptions[]);
    expect(actions.map(({ name }) => name).sort()).toEqual([
      'Get Records',
      'Get Rejected Records',
      'Get Status',
      'Preview',
      'Replay Rejected Records',
      'Run Sync',
      'Upsert Items',
    ]);
    for (const { action } of actions) expect(action).toBeTruthy();
  });
});

describe('the panel of Data Mapping', () => {
  const panel = (values: Record<string, unknown>) => shown(new DataMapping(), values);

  it('asks for target fields and their values, or for a mapping', () => {
    expect(panel({})).toEqual(['mode', 'targetFields', 'values', 'rules', 'options']);
    expect(panel({ mode: 'json' })).toEqual(['mode', 'mapping', 'options']);
  });

  it('asks for the rows of the mapper again when the target fields change', () => {
    const values = new DataMapping().description.properties.find(({ name }) => name === 'values')!;
    expect(values.typeOptions!.loadOptionsDependsOn).toEqual(['targetFields']);
  });
});

describe('the panel of Conflict Resolution', () => {
  const panel = (operation: string, resource = 'conflict') =>
    shown(new ConflictResolution(), { resource, operation }).filter(
      (name) => !['resource', 'operation'].includes(name),
    );

  it('asks for what each operation needs', () => {
    expect(panel('getMany')).toEqual(['syncId', 'returnAll', 'limit', 'filters']);
    expect(panel('decide')).toEqual(['conflictId', 'sourceHash', 'targetHash', 'take', 'fields']);
    expect(panel('decideMany')).toEqual(['syncId', 'take', 'filters']);
    expect(panel('undo')).toEqual(['conflictId']);
    expect(panel('previewRules')).toEqual(['syncId', 'strategy', 'rules', 'groups']);
    expect(panel('applyRules')).toEqual(panel('previewRules'));
    expect(panel('resolve', 'item')).toEqual(['keyField', 'useBase', 'strategy', 'rules', 'groups', 'options']);
  });

  it('has an input for each branch, and an output for what needs review', () => {
    const names = (ports: ReturnType<typeof inputsOf>) =>
      ports.map((port) => (typeof port === 'string' ? port : port.displayName));
    expect([names(inputsOf({ resource: 'conflict' })), names(outputsOf({ resource: 'conflict' }))]).toEqual([
      ['main'],
      ['main'],
    ]);
    expect(names(inputsOf({ resource: 'item' }))).toEqual(['Source', 'Target']);
    expect(names(inputsOf({ resource: 'item', useBase: true }))).toEqual(['Source', 'Target', 'Base']);
    expect(names(outputsOf({ resource: 'item' }))).toEqual(['Resolved', 'Needs Review']);
  });
});

describe('the panel of Data Sync Trigger', () => {
  it('asks for no login where conflicts are waited for', () => {
    const node = new DataSyncTrigger();
    expect(shown(node, { watch: 'conflicts' })).toEqual(['watch', 'syncId', 'options']);
    expect(shown(node, {})).toEqual(['watch', 'authentication', 'object', 'events', 'fieldNames', 'options']);
    const full = NodeHelpers.getNodeParameters(
      node.description.properties,
      { watch: 'conflicts' },
      true,
      false,
      null,
      node.description,
    )!;
    for (const use of node.description.credentials!)
      expect(NodeHelpers.displayParameter(full, use, null, node.description)).toBe(false);
  });
});

describe.each(ownCredentials.map((credential) => [credential.name, credential] as const))(
  'the credential %s',
  (_, credential) => {
    it('hides its secrets', () => {
      const secrets = credential.properties.filter(({ name }) => /secret|password|token/i.test(name));
      expect(secrets.length).toBeGreaterThan(0);
      for (const { name, typeOptions } of secrets) expect([name, typeOptions?.password]).toEqual([name, true]);
    });

    it('is tested by a node', () => {
      const usages = nodes
        .flatMap(([, node]) => node.description.credentials ?? [])
        .filter(({ name }) => name === credential.name);
      expect(usages.map(({ testedBy }) => testedBy)).toEqual(['testLogin', 'testLogin']);
    });
  },
);
