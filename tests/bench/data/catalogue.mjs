// The second mapping of B1: many functions of the catalogue, said twice as in mapping.mjs. The JavaScript is lean and
// gives the same values; what a library of formats would do on the way is left out in its favour.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { countries, otherCountry, otherSector, sectors } from './mapping.mjs';

const format = (params) => ({ type: 'format', params });
const steps = (...list) => format({ steps: list });
const lookup = (table, otherwise) => ({ type: 'lookup', params: { table, otherwise } });
const calculate = (expression) => ({ type: 'calculate', params: { expression } });

const street = 'Headquarters_Billing_Street__c';
const revenue = 'Contracted_Annual_Revenue__c';
const employees = 'Verified_Number_Of_Employees__c';
const created = 'CreatedDate';

/** Each line: target, source, what happens, and the same as a function of the record's value and the record. */
const lines = [
  ['id', 'Id', undefined, (id) => id],
  ['name', 'Name', format({ squash: true }), (name) => name.trim().replaceAll(/\s+/g, ' ')],
  [
    'initial',
    'Name',
    format({ substring: { start: 0, length: 1 } }),
    (name) => String.fromCodePoint(name.codePointAt(0)),
  ],
  ['city', 'Headquarters_Billing_City__c', format({ case: 'upper' }), (city) => city.toUpperCase()],
  ['industry', 'Industry', format({ case: 'lower' }), (industry) => industry.toLowerCase()],
  ['street', street, steps({ nfc: true }, { blankToNull: true }), (text) => text.normalize('NFC')],
  ['house', street, format({ split: { by: ' ', part: -1 } }), (text) => text.slice(text.lastIndexOf(' ') + 1)],
  ['staff', employees, format({ pad: { length: 8, with: '0' } }), (count) => String(count).padStart(8, '0')],
  [
    'number',
    'Account_Reference_Number__c',
    format({ replace: { find: '-', with: '' } }),
    (text) => text.replaceAll('-', ''),
  ],
  [
    'phone',
    'Switchboard_Phone_Number__c',
    format({ replace: { pattern: '[^0-9+]', with: '' } }),
    (text) => text.replaceAll(/[^0-9+]/g, ''),
  ],
  [
    'hidden',
    'Switchboard_Phone_Number__c',
    format({ mask: { last: 4 } }),
    (text) => '*'.repeat(text.length - 4) + text.slice(-4),
  ],
  [
    'place',
    'Headquarters_Billing_City__c',
    format({ template: '{}, {Headquarters_Country__c}' }),
    (city, record) => `${city}, ${record.Headquarters_Country__c}`,
  ],
  ['note', 'Account_Description_Long__c', format({ truncate: { utf16: 100 } }), (text) => text.slice(0, 100)],
  [
    'words',
    'Account_Description_Long__c',
    steps({ split: { by: ' ' } }, { join: '_' }),
    (text) => text.replaceAll(' ', '_'),
  ],
  ['print', 'Id', format({ hash: true }), (id) => createHash('sha256').update(id).digest('hex')],
  ['millions', revenue, format({ number: { shift: -6, scale: 2 } }), millions],
  ['cents', revenue, format({ currency: { code: 'EUR' } }), (amount) => amount * 100],
  ['since', created, format({ date: { format: 'date', zone: 'UTC' } }), (time) => time.slice(0, 10)],
  [
    'since_de',
    created,
    format({ date: { format: 'dd.MM.yyyy', zone: 'UTC' } }),
    (time) => `${time.slice(8, 10)}.${time.slice(5, 7)}.${time.slice(0, 4)}`,
  ],
  [
    'month_end',
    created,
    format({ date: { trunc: 'month', add: { months: 1, days: -1 }, format: 'date', zone: 'UTC' } }),
    (time) => new Date(Date.UTC(Number(time.slice(0, 4)), Number(time.slice(5, 7)), 0)).toISOString().slice(0, 10),
  ],
  [
    'due',
    created,
    format({ date: { add: { hours: 36 } } }),
    (time) => new Date(Date.parse(time) + 36 * 3_600_000).toISOString(),
  ],
  ['sector', 'Industry', lookup(sectors, otherSector), (name) => sectors[name] ?? otherSector],
  ['country', 'Headquarters_Country__c', lookup(countries, otherCountry), (name) => countries[name] ?? otherCountry],
  ['website', 'Company_Website_Address__c', format({ url: true }), (text) => new URL(text).href],
  [
    'size',
    employees,
    calculate('value == null ? null : value > 1000 ? "large" : "small"'),
    (count) => (count > 1000 ? 'large' : 'small'),
  ],
  ['owner', 'Owner.Name', calculate('value + " (" + record.Id + ")"'), (name, record) => `${name} (${record.Id})`],
];

/** Rules that every record keeps, so that they are looked at and nothing is rejected. */
const checks = {
  name: [{ rule: 'length', max: 80 }],
  staff: [{ rule: 'pattern', pattern: '^[0-9]{8}$' }],
  cents: [{ rule: 'range', min: 0 }],
  website: [{ rule: 'url' }],
};

export const catalogueMappings = lines.map(([target, source, transformation]) => ({
  source,
  target,
  ...(transformation && { transformation, onError: 'fail_record' }),
  ...(checks[target] && { validate: checks[target] }),
}));

/** The parts of a million, half to even at the second digit. */
function millions(amount) {
  const [whole, rest] = [Math.floor(amount / 10_000), amount % 10_000];
  return (whole + Number(rest > 5000 || (rest === 5000 && whole % 2 === 1))) / 100;
}

/** A record of the query resource to its mapped form. */
export function mapByCatalogue(record) {
  const mapped = {};
  for (const [target, source, , map] of lines) {
    const value = source === 'Owner.Name' ? record.Owner.Name : record[source];
    mapped[target] = value === null ? null : map(value, record);
  }
  return mapped;
}

/** Name of the file in `folder` with what the catalogue makes of its Accounts; makes it when it is not there. */
export function expectedByCatalogue(folder) {
  const version = createHash('sha256').update(JSON.stringify(catalogueMappings)).digest('hex').slice(0, 8);
  const name = `catalogue-${version}.json`;
  if (existsSync(join(folder, name))) return name;
  const bytes = readFileSync(join(folder, 'accounts.json'));
  const lengths = new Uint32Array(Uint8Array.from(readFileSync(join(folder, 'accounts.json.lengths'))).buffer);
  let at = 0;
  const rows = Array.from(lengths, (length) =>
    Buffer.from(JSON.stringify(mapByCatalogue(JSON.parse(bytes.toString('utf8', at, (at += length)))))),
  );
  writeFileSync(
    join(folder, `${name}.lengths`),
    Uint32Array.from(rows, (row) => row.length),
  );
  writeFileSync(join(folder, name), Buffer.concat(rows));
  return name;
}
