/** The objects of the simulated org: Account, Contact, User, Organization and the custom object Invoice__c. */
import { addressFields, field, lookup, systemFields, type ObjectSchema } from './field';

export const INDUSTRIES = [
  'Agriculture',
  'Banking',
  'Biotechnology',
  'Chemicals',
  'Construction',
  'Consulting',
  'Education',
  'Energy',
  'Finance',
  'Healthcare',
  'Insurance',
  'Manufacturing',
  'Media',
  'Retail',
  'Technology',
  'Transportation',
  'Utilities',
  'Other',
] as const;
export const TYPES = [
  'Prospect',
  'Customer - Direct',
  'Customer - Channel',
  'Channel Partner / Reseller',
  'Installation Partner',
  'Technology Partner',
  'Other',
] as const;
export const RATINGS = ['Hot', 'Warm', 'Cold'] as const;
export const TAGS = ['Key', 'Partner', 'Trial', 'At risk', 'EU', 'US'] as const;
const SALUTATIONS = ['Mr.', 'Ms.', 'Mrs.', 'Dr.', 'Prof.', 'Mx.'] as const;
const INVOICE_STATES = ['Draft', 'Sent', 'Paid'] as const;

const owner = () => lookup('OwnerId', 'User', 'Owner', null, { nillable: false, defaultedOnCreate: true });

const account = (): ObjectSchema => ({
  name: 'Account',
  label: 'Account',
  labelPlural: 'Accounts',
  keyPrefix: '001',
  custom: false,
  writable: true,
  bulk: true,
  fields: [
    ...systemFields(),
    lookup('MasterRecordId', 'Account', 'MasterRecord', null, { createable: false, updateable: false }),
    field('Name', 'string', { label: 'Account Name', nillable: false, nameField: true }),
    field('Type', 'picklist', { picklist: TYPES }),
    lookup('ParentId', 'Account', 'Parent', 'ChildAccounts'),
    ...addressFields('Billing'),
    field('Phone', 'phone'),
    field('AccountNumber', 'string', { length: 40 }),
    field('Website', 'url'),
    field('Industry', 'picklist', { picklist: INDUSTRIES, restricted: true }),
    field('AnnualRevenue', 'currency'),
    field('NumberOfEmployees', 'int'),
    field('Rating', 'picklist', { picklist: RATINGS, restricted: true }),
    field('Description', 'textarea', { length: 32000 }),
    owner(),
    field('Ext__c', 'string', { length: 64, externalId: true, unique: true, label: 'External Key' }),
    field('Active__c', 'boolean'),
    field('Score__c', 'double'),
    field('Founded__c', 'date'),
    field('Renewal__c', 'datetime'),
    field('Tags__c', 'multipicklist', { picklist: TAGS, restricted: true }),
  ],
});

const contact = (): ObjectSchema => ({
  name: 'Contact',
  label: 'Contact',
  labelPlural: 'Contacts',
  keyPrefix: '003',
  custom: false,
  writable: true,
  bulk: true,
  fields: [
    ...systemFields(),
    lookup('MasterRecordId', 'Contact', 'MasterRecord', null, { createable: false, updateable: false }),
    lookup('AccountId', 'Account', 'Account', 'Contacts'),
    field('LastName', 'string', { length: 80, nillable: false }),
    field('FirstName', 'string', { length: 40 }),
    field('Salutation', 'picklist', { picklist: SALUTATIONS }),
    field('Name', 'string', { length: 121, nillable: false, nameField: true, createable: false, updateable: false }),
    ...addressFields('Mailing'),
    field('Phone', 'phone'),
    field('MobilePhone', 'phone'),
    field('Email', 'email', { idLookup: true }),
    field('Title', 'string', { length: 128 }),
    field('Department', 'string', { length: 80 }),
    field('Birthdate', 'date'),
    field('Description', 'textarea', { length: 32000 }),
    field('DoNotCall', 'boolean'),
    field('HasOptedOutOfEmail', 'boolean'),
    owner(),
    field('Ext__c', 'string', { length: 64, externalId: true, unique: true, label: 'External Key' }),
    field('Legacy__c', 'string', { length: 64, externalId: true, label: 'Legacy Number' }),
    field('AccountIndustry__c', 'string', { calculated: true, length: 1300 }),
  ],
});

const invoice = (): ObjectSchema => ({
  name: 'Invoice__c',
  label: 'Invoice',
  labelPlural: 'Invoices',
  keyPrefix: 'a00',
  custom: true,
  writable: true,
  bulk: true,
  fields: [
    ...systemFields(),
    field('Name', 'string', {
      length: 80,
      nillable: false,
      nameField: true,
      autoNumber: true,
      defaultedOnCreate: true,
    }),
    owner(),
    lookup('Account__c', 'Account', 'Account__r', 'Invoices__r'),
    field('Amount__c', 'currency'),
    field('Status__c', 'picklist', { picklist: INVOICE_STATES, restricted: true }),
    field('Due__c', 'date'),
    field('Ext__c', 'string', { length: 64, externalId: true, unique: true, label: 'External Key' }),
  ],
});

const user = (): ObjectSchema => ({
  name: 'User',
  label: 'User',
  labelPlural: 'Users',
  keyPrefix: '005',
  custom: false,
  writable: false,
  bulk: true,
  fields: [
    ...systemFields().filter((f) => f.name !== 'IsDeleted'),
    field('Username', 'string', { length: 80, nillable: false }),
    field('LastName', 'string', { length: 80, nillable: false }),
    field('FirstName', 'string', { length: 40 }),
    field('Name', 'string', { length: 121, nillable: false, nameField: true }),
    field('Email', 'email', { length: 128, nillable: false }),
    field('IsActive', 'boolean'),
    field('UserType', 'picklist', { picklist: ['Standard'] }),
    field('TimeZoneSidKey', 'picklist', { picklist: ['Europe/Amsterdam', 'America/Los_Angeles'] }),
    field('LocaleSidKey', 'picklist', { picklist: ['en_US', 'nl_NL'] }),
    field('LanguageLocaleKey', 'picklist', { picklist: ['en_US', 'nl_NL'] }),
  ],
});

const organization = (): ObjectSchema => ({
  name: 'Organization',
  label: 'Organization',
  labelPlural: 'Organizations',
  keyPrefix: '00D',
  custom: false,
  writable: false,
  bulk: false,
  fields: [
    ...systemFields().filter((f) => f.name !== 'IsDeleted'),
    field('Name', 'string', { length: 80, nillable: false, nameField: true }),
    field('InstanceName', 'string', { length: 5 }),
    field('OrganizationType', 'picklist', { picklist: ['Developer Edition'] }),
    field('IsSandbox', 'boolean'),
    field('NamespacePrefix', 'string', { length: 15 }),
    field('TrialExpirationDate', 'datetime'),
    field('DefaultLocaleSidKey', 'picklist', { picklist: ['en_US'] }),
    field('LanguageLocaleKey', 'picklist', { picklist: ['en_US'] }),
  ],
});

/** Fresh schemas: each org changes its own. Users come first, because the other rows refer to them. */
export const objectSchemas = (): ObjectSchema[] => [user(), organization(), account(), contact(), invoice()];
