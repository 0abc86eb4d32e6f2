// 100,000 distinct Accounts from a seed, in every form the benchmarks need, made once and kept under build/.
//
// Of each form there is NAME (the rows, end to end) and NAME.lengths (bytes of each row, 32 bits, little-endian):
//   accounts.json   as the query resource gives them, about 1.15 KB
//   accounts.csv    as a Bulk query result gives them, about 570 B, with a line feed; accounts.csv.header stands apart
//   mapped.json     what the mapping makes of them, as the collections resource takes it
//   mapped.copy     the same as PostgreSQL's COPY text, with a line feed
// More than 100,000 records are the same ones again with new ids, which whoever reads the files puts in.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../../../scripts/command.mjs';
import { countryNames, mapRecord, objectName, sectorNames, sourceFields, targetFields } from './mapping.mjs';
import { describes } from './describes.mjs';
import { accountId, userId } from './ids.mjs';
import { seededRandom } from './random.mjs';

export const distinctRecords = 100_000;
const seed = 20_261_124;
/** Grows with any change of what is generated. */
const version = 4;

const streets = [
  'Harbour Road',
  'Rue de l’Église',
  'Königsallee',
  'Via Roma',
  'Calle Mayor',
  'Storgatan',
  '5th Avenue',
];
const cities = ['Amsterdam', 'Berlin', 'Córdoba', 'Dublin', 'Göteborg', 'København', 'Lisboa', 'München', 'Zürich'];
const words = (
  'supplier partner renewal contract quarter delivery warehouse pricing "preferred" customer agreement ' +
  'account review forecast service level regional naïve rollout and with for the of'
).split(' ');
const kinds = ['GmbH', 'Ltd.', 'Inc.', 'S.A.', 'B.V.', '& Sons', '"Group"', 'AB'];
const names = [
  'Acme',
  'Blue Lake',
  'Corbett',
  'Delta',
  'Ébène',
  'Falkner',
  'Granit',
  'Hübner',
  'Iris',
  'Juno',
  'Kestrel',
];

/** The folder of the data; makes it when it is not there. Says so on standard output. */
export function accountsFolder() {
  const folder = join(projectFolder, 'build', 'bench-data', `accounts-${seed}-v${version}`);
  if (existsSync(folder)) return folder;
  console.log(`bench: generating ${distinctRecords} Accounts into ${folder}`);
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  writeForms(unfinished);
  for (const [name, body] of Object.entries(describes)) {
    writeFileSync(join(unfinished, `describe.${name}.json`), JSON.stringify(body));
  }
  renameSync(unfinished, folder);
  return folder;
}

function writeForms(folder) {
  writeFileSync(join(folder, 'accounts.csv.header'), `${sourceFields.map(csvCell).join(',')}\n`);
  const forms = { 'accounts.json': [], 'accounts.csv': [], 'mapped.json': [], 'mapped.copy': [] };
  const random = seededRandom(seed);
  for (let index = 0; index < distinctRecords; ++index) {
    const record = makeAccount(random, index);
    const mapped = mapRecord(record);
    forms['accounts.json'].push(Buffer.from(JSON.stringify(record)));
    forms['accounts.csv'].push(Buffer.from(`${sourceFields.map((path) => csvCell(at(record, path))).join(',')}\n`));
    forms['mapped.json'].push(Buffer.from(JSON.stringify(mapped)));
    forms['mapped.copy'].push(Buffer.from(`${targetFields.map((field) => copyCell(mapped[field])).join('\t')}\n`));
  }
  for (const [name, rows] of Object.entries(forms)) {
    writeFileSync(join(folder, name), Buffer.concat(rows));
    writeFileSync(
      join(folder, `${name}.lengths`),
      Uint32Array.from(rows, (row) => row.length),
    );
  }
}

function makeAccount({ below, pick, chance }, index) {
  const id = accountId(index);
  const owner = below(500);
  const name = `${pick(names)} ${pick(names)} ${pick(kinds)}${chance(0.02) ? ' ' : ''}`;
  const day = String(1 + below(28)).padStart(2, '0');
  const host = `${pick(names)}-${index.toString(36)}`.normalize('NFD').replace(/[^\w-]/g, '');
  return {
    attributes: { type: objectName, url: `/services/data/v66.0/sobjects/${objectName}/${id}` },
    Id: id,
    SystemModstamp: '2026-01-01T00:00:00.000+0000',
    Name: name,
    // The last digit is the record's generation: whoever serves the data changes a record by changing it.
    Account_Reference_Number__c: `AC-${String(index).padStart(8, '0')}-0`,
    Industry: chance(0.05) ? null : chance(0.03) ? 'Space Tourism' : pick(sectorNames),
    Contracted_Annual_Revenue__c: chance(0.05) ? null : 10 * below(90_000_000),
    Verified_Number_Of_Employees__c: chance(0.05) ? null : 1 + below(90_000),
    Headquarters_Billing_Street__c: `${pick(streets)} ${1 + below(400)}${chance(0.1) ? '\nBuilding B' : ''}`,
    Headquarters_Billing_City__c: pick(cities),
    Headquarters_Postal_Code__c: String(10_000 + below(89_999)),
    Headquarters_Country__c: chance(0.02) ? 'Atlantis' : pick(countryNames),
    Switchboard_Phone_Number__c: chance(0.1)
      ? null
      : `+${10 + below(80)} ${100 + below(900)} ${1_000_000 + below(8_999_999)}`,
    Company_Website_Address__c: chance(0.1) ? null : `https://www.${host}.example.com/`,
    Owner: {
      attributes: { type: 'User', url: `/services/data/v66.0/sobjects/User/${userId(owner)}` },
      Name: `Owner ${pick(names)} ${owner}`,
    },
    CreatedDate: `20${10 + below(15)}-0${1 + below(9)}-${day}T0${below(10)}:1${below(10)}:30.000+0000`,
    Account_Description_Long__c: description({ below, pick, chance }),
  };
}

function description({ below, pick, chance }) {
  const length = 240 + below(120);
  let text = chance(0.03) ? '🚚 ' : '';
  while (text.length < length) text += `${pick(words)}${chance(0.02) ? '\n' : ' '}`;
  return text.trimEnd();
}

function at(record, path) {
  return path.split('.').reduce((value, name) => value?.[name], record);
}

// Bulk quotes every cell, writes times with Z, and has no null.
function csvCell(value) {
  const text = String(value ?? '').replace(/^(\d{4}-\d\d-\d\dT[\d:.]+)\+0000$/, '$1Z');
  return `"${text.replaceAll('"', '""')}"`;
}

const copyEscapes = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function copyCell(value) {
  return value === null ? '\\N' : String(value).replace(/[\\\n\r\t]/g, (one) => copyEscapes[one]);
}
