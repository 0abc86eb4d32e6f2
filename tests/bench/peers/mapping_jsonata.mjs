// Peer of the mapping core: the same mapping in JSONata, from the same bytes to the same bytes; records per CPU second.
import { deepStrictEqual } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import jsonata from 'jsonata';
import { countries, descriptionCharacters, mapRecord, otherCountry, otherSector, sectors } from '../data/mapping.mjs';
import { report, task } from './collections.mjs';

const recordsMax = 10_000;
const pageRecords = 2_000;
const plain = (value) => JSON.parse(JSON.stringify(value));
const looked = (table, path, otherwise) =>
  `${path} = null ? null : ($found := $lookup(${table}, ${path}); $exists($found) ? $found : "${otherwise}")`;
const expression = jsonata(`records.{
  "attributes": { "type": "Account" },
  "Ext__c": Id,
  "Name": $trim(Name),
  "Number__c": Account_Reference_Number__c,
  "Sector__c": (${looked('$sectors', 'Industry', otherSector)}),
  "Revenue_K__c": Contracted_Annual_Revenue__c = null ? null : Contracted_Annual_Revenue__c / 1000,
  "Employees__c": Verified_Number_Of_Employees__c,
  "Street__c": Headquarters_Billing_Street__c,
  "City__c": Headquarters_Billing_City__c,
  "Postal_Code__c": Headquarters_Postal_Code__c,
  "Country__c": (${looked('$countries', 'Headquarters_Country__c', otherCountry)}),
  "Phone": Switchboard_Phone_Number__c,
  "Website": Company_Website_Address__c = null ? null : $lowercase(Company_Website_Address__c),
  "Owner_Name__c": Owner.Name,
  "Customer_Since__c": $substring(CreatedDate, 0, 10),
  "Description": $substring(Account_Description_Long__c, 0, ${descriptionCharacters})
}`);

const { data } = task();
const pages = pagesOf();
for (const page of pages.slice(0, 1)) {
  const { records } = JSON.parse(page);
  deepStrictEqual(plain(await expression.evaluate({ records }, { sectors, countries })), records.map(mapRecord));
}
const before = process.cpuUsage();
for (const page of pages) {
  const mapped = await expression.evaluate(JSON.parse(page.toString('utf8')), { sectors, countries });
  if (Buffer.from(JSON.stringify(mapped)).length === 0) throw new Error('nothing was made');
}
const { user, system } = process.cpuUsage(before);
report({ json: Math.round(recordsMax / ((user + system) / 1e6)) });

function pagesOf() {
  const bytes = readFileSync(join(data, 'accounts.json'));
  const lengths = new Uint32Array(Uint8Array.from(readFileSync(join(data, 'accounts.json.lengths'))).buffer);
  const made = [];
  let [at, rows] = [0, []];
  for (const length of lengths.subarray(0, recordsMax)) {
    rows.push(bytes.toString('utf8', at, (at += length)));
    if (rows.length < pageRecords) continue;
    made.push(Buffer.from(`{"records":[${rows.join(',')}]}`));
    rows = [];
  }
  return made;
}
