// The one mapping of the benchmarks, 15 fields, said twice: as our sync file has it and as lean hand-written
// JavaScript. The peers use the JavaScript; what it gives is also what every written value is compared with.

export const keyField = 'Ext__c';
export const objectName = 'Account';
/** Limit of the collections resource. */
export const recordsPerCall = 200;

export const sectors = {
  Agriculture: 'AGR',
  Banking: 'BNK',
  Biotechnology: 'BIO',
  Chemicals: 'CHE',
  Construction: 'CON',
  Education: 'EDU',
  Energy: 'ENE',
  Engineering: 'ENG',
  Finance: 'FIN',
  Healthcare: 'HEA',
  Insurance: 'INS',
  Machinery: 'MAC',
  Manufacturing: 'MAN',
  Media: 'MED',
  Retail: 'RET',
  Shipping: 'SHI',
  Technology: 'TEC',
  Telecommunications: 'TEL',
};
export const countries = {
  Austria: 'AT',
  Belgium: 'BE',
  Brazil: 'BR',
  Canada: 'CA',
  Denmark: 'DK',
  Finland: 'FI',
  France: 'FR',
  Germany: 'DE',
  India: 'IN',
  Ireland: 'IE',
  Italy: 'IT',
  Japan: 'JP',
  Mexico: 'MX',
  Netherlands: 'NL',
  Norway: 'NO',
  Poland: 'PL',
  Portugal: 'PT',
  Spain: 'ES',
  Sweden: 'SE',
  Switzerland: 'CH',
  'United Kingdom': 'GB',
  'United States': 'US',
};
export const otherSector = 'OTH';
export const otherCountry = 'ZZ';
export const descriptionCharacters = 340;
export const sectorNames = Object.keys(sectors);
export const countryNames = Object.keys(countries);

const format = (params) => ({ type: 'format', params });
const lookup = (table, otherwise) => ({ type: 'lookup', params: { table, otherwise } });

/** `fieldMappings` of a sync file. */
export const fieldMappings = [
  { source: 'Id', target: keyField, required: true },
  { source: 'Name', target: 'Name', transformation: format({ trim: true }), required: true },
  { source: 'Account_Reference_Number__c', target: 'Number__c' },
  { source: 'Industry', target: 'Sector__c', transformation: lookup(sectors, otherSector) },
  {
    source: 'Contracted_Annual_Revenue__c',
    target: 'Revenue_K__c',
    transformation: format({ number: { shift: -3 } }),
    onError: 'null',
  },
  { source: 'Verified_Number_Of_Employees__c', target: 'Employees__c' },
  { source: 'Headquarters_Billing_Street__c', target: 'Street__c' },
  { source: 'Headquarters_Billing_City__c', target: 'City__c' },
  { source: 'Headquarters_Postal_Code__c', target: 'Postal_Code__c' },
  { source: 'Headquarters_Country__c', target: 'Country__c', transformation: lookup(countries, otherCountry) },
  { source: 'Switchboard_Phone_Number__c', target: 'Phone' },
  { source: 'Company_Website_Address__c', target: 'Website', transformation: format({ case: 'lower' }) },
  { source: 'Owner.Name', target: 'Owner_Name__c' },
  {
    source: 'CreatedDate',
    target: 'Customer_Since__c',
    transformation: format({ date: { format: 'date', zone: 'UTC' } }),
    onError: 'null',
  },
  {
    source: 'Account_Description_Long__c',
    target: 'Description',
    transformation: format({ truncate: descriptionCharacters }),
  },
];

export const sourceFields = ['Id', 'SystemModstamp', ...fieldMappings.map(({ source }) => source).slice(1)];
export const targetFields = fieldMappings.map(({ target }) => target);
export const statement = `SELECT ${sourceFields.join(',')} FROM ${objectName}`;

/** Looks a name up; a name that is not in the table is the table's other, no name is none. */
const sectorOf = (name) => (name === null ? null : (sectors[name] ?? otherSector));
const countryOf = (name) => (name === null ? null : (countries[name] ?? otherCountry));

/** Counting characters is only needed where there may be too many. */
function shortText(text) {
  if (text === null || text.length <= descriptionCharacters) return text;
  return [...text].slice(0, descriptionCharacters).join('');
}

/** A record of the query resource, as JSON.parse gives it, to a record of the collections resource. */
export function mapRecord(record) {
  return {
    attributes: { type: 'Account' },
    Ext__c: record.Id,
    Name: record.Name.trim(),
    Number__c: record.Account_Reference_Number__c,
    Sector__c: sectorOf(record.Industry),
    Revenue_K__c: record.Contracted_Annual_Revenue__c === null ? null : record.Contracted_Annual_Revenue__c / 1000,
    Employees__c: record.Verified_Number_Of_Employees__c,
    Street__c: record.Headquarters_Billing_Street__c,
    City__c: record.Headquarters_Billing_City__c,
    Postal_Code__c: record.Headquarters_Postal_Code__c,
    Country__c: countryOf(record.Headquarters_Country__c),
    Phone: record.Switchboard_Phone_Number__c,
    Website: record.Company_Website_Address__c === null ? null : record.Company_Website_Address__c.toLowerCase(),
    Owner_Name__c: record.Owner === null ? null : record.Owner.Name,
    Customer_Since__c: record.CreatedDate.slice(0, 10),
    Description: shortText(record.Account_Description_Long__c),
  };
}

/** As mapRecord, from the cells of a CSV row in the order of `sourceFields`. An empty cell is null. */
export function mapCells(cells) {
  const text = (index) => (cells[index] === '' ? null : cells[index]);
  const number = (index) => (cells[index] === '' ? null : Number(cells[index]));
  const revenue = number(5);
  const website = text(12);
  return {
    attributes: { type: 'Account' },
    Ext__c: cells[0],
    Name: cells[2].trim(),
    Number__c: text(3),
    Sector__c: sectorOf(text(4)),
    Revenue_K__c: revenue === null ? null : revenue / 1000,
    Employees__c: number(6),
    Street__c: text(7),
    City__c: text(8),
    Postal_Code__c: text(9),
    Country__c: countryOf(text(10)),
    Phone: text(11),
    Website: website === null ? null : website.toLowerCase(),
    Owner_Name__c: text(13),
    Customer_Since__c: cells[14].slice(0, 10),
    Description: shortText(text(15)),
  };
}
