// What the simulated orgs answer to a describe: the fields of the mapping's both sides, with the properties that
// clients look at.

const flags = {
  createable: true,
  updateable: true,
  filterable: true,
  sortable: true,
  nillable: true,
  defaultedOnCreate: false,
  unique: false,
  externalId: false,
  idLookup: false,
  calculated: false,
  autoNumber: false,
  custom: false,
  restrictedPicklist: false,
  deprecatedAndHidden: false,
  nameField: false,
};
const readOnly = { createable: false, updateable: false, defaultedOnCreate: true, nillable: false };

function field(name, type, more = {}) {
  return {
    ...flags,
    name,
    label: name,
    type,
    length: 255,
    precision: 0,
    scale: 0,
    digits: 0,
    referenceTo: [],
    relationshipName: null,
    picklistValues: [],
    compoundFieldName: null,
    custom: name.endsWith('__c'),
    ...more,
  };
}

function object(name, keyPrefix, fields) {
  return {
    name,
    label: name,
    labelPlural: `${name}s`,
    keyPrefix,
    custom: false,
    queryable: true,
    createable: true,
    updateable: true,
    deletable: true,
    retrieveable: true,
    replicateable: true,
    searchable: true,
    undeletable: true,
    deprecatedAndHidden: false,
    fields,
    childRelationships: [],
    recordTypeInfos: [],
  };
}

const standard = [
  field('Id', 'id', { ...readOnly, length: 18, idLookup: true }),
  field('IsDeleted', 'boolean', { ...readOnly, length: 0 }),
  field('SystemModstamp', 'datetime', { ...readOnly, length: 0 }),
  field('CreatedDate', 'datetime', { ...readOnly, length: 0 }),
];

const whole = (digits) => ({ length: 0, digits });
const decimal = { length: 0, precision: 18, scale: 3 };

export const describes = {
  Account: object('Account', '001', [
    ...standard,
    field('Name', 'string', { nillable: false, nameField: true }),
    field('Account_Reference_Number__c', 'string', { length: 40 }),
    field('Industry', 'picklist'),
    field('Contracted_Annual_Revenue__c', 'currency', { ...decimal, scale: 0 }),
    field('Verified_Number_Of_Employees__c', 'int', whole(8)),
    field('Headquarters_Billing_Street__c', 'textarea'),
    field('Headquarters_Billing_City__c', 'string', { length: 40 }),
    field('Headquarters_Postal_Code__c', 'string', { length: 20 }),
    field('Headquarters_Country__c', 'string', { length: 80 }),
    field('Switchboard_Phone_Number__c', 'phone', { length: 40 }),
    field('Phone', 'phone', { length: 40 }),
    field('Company_Website_Address__c', 'url'),
    field('Website', 'url'),
    field('OwnerId', 'reference', { length: 18, referenceTo: ['User'], relationshipName: 'Owner' }),
    field('Account_Description_Long__c', 'textarea', { length: 32_000 }),
    field('Description', 'textarea', { length: 32_000 }),
    field('Ext__c', 'string', { length: 40, unique: true, externalId: true, idLookup: true }),
    field('Number__c', 'string', { length: 40 }),
    field('Sector__c', 'string', { length: 10 }),
    field('Revenue_K__c', 'double', decimal),
    field('Employees__c', 'int', whole(8)),
    field('Street__c', 'string'),
    field('City__c', 'string', { length: 40 }),
    field('Postal_Code__c', 'string', { length: 20 }),
    field('Country__c', 'string', { length: 2 }),
    field('Owner_Name__c', 'string'),
    field('Customer_Since__c', 'date', { length: 0 }),
  ]),
  User: object('User', '005', [...standard, field('Name', 'string', { length: 121, nameField: true })]),
};
