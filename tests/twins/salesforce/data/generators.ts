/**
 * Generated field values. A generator is a pure function of the row's ordinal (the seed is bound in), so rows that
 * nobody changed take no memory: 200,000 of them cost a few bytes each.
 */
import { dateOfDay } from '../datetime';
import { IdCodec } from '../ids';
import { INDUSTRIES, RATINGS, TAGS, TYPES } from '../schema/objects';
import { Dice, type Generator, type Generators } from './dice';
import * as words from './words';

export type { Generators } from './dice';

export interface DataShape {
  seed: number;
  /** Rows per object at the start; lookups point into them. */
  accounts: number;
  users: number;
  /** Puts a NUL byte into the description of every 500th Account. */
  nul: boolean;
}

const NUL_EVERY = 500;
const DAYS_1900 = -25_567;
const RENEWALS_FROM = 1_735_689_600;
const RENEWALS_SPAN = 4 * 365 * 86_400;

const padded = (row: number): string => String(row + 1).padStart(7, '0');

function description(dice: Dice, nul: boolean): Generator {
  const first = dice.roll();
  const second = dice.roll();
  return (row) => {
    const roll = first(row) % 200;
    if (nul && row % NUL_EVERY === 7) return `before\0after ${row}`;
    if (roll < 50) return null;
    if (roll < 52) return '#N/A';
    if (roll < 54) return 'NA';
    if (roll < 55) return 'None';
    const text = words.DESCRIPTIONS[first(row) % words.DESCRIPTIONS.length]!;
    const more = second(row);
    return more % 3 === 0 ? `${text}\n${words.DESCRIPTIONS[(more >>> 8) % words.DESCRIPTIONS.length]}` : text;
  };
}

/** Drops the zeros that end a fraction. */
const withoutZeros = (text: string): string => text.replace(/\.?0+$/, '');

/** 16 digits before the point and 2 after: more than a double can hold. */
function longAmount(a: number, b: number): string {
  const digits = `9${String(a).padStart(10, '0')}${String(b % 100_000).padStart(5, '0')}`;
  return `${digits}.${b % 10}7`;
}

function revenue(dice: Dice): Generator {
  const high = dice.roll();
  const low = dice.roll();
  return (row) => {
    const chance = high(row) % 100;
    if (chance < 6) return null;
    const cents = String(low(row) % 100).padStart(2, '0');
    if (chance < 8) return longAmount(high(row), low(row));
    return withoutZeros(`${low(row) % 900_000_000}.${cents}`);
  };
}

export function accountGenerators(shape: DataShape): Generators {
  const dice = new Dice(shape.seed, 1);
  const name = dice.roll();
  const employees = dice.roll();
  const score = dice.roll();
  const founded = dice.roll();
  const renewal = dice.roll();
  const tags = dice.roll();
  const users = new IdCodec('005');
  return {
    Name: (row) => {
      const n = name(row);
      const { COMPANY_FIRST: first, COMPANY_SECOND: second, COMPANY_FORM: form } = words;
      return `${first[n % 32]} ${second[(n >>> 5) % 16]} ${form[(n >>> 9) % 8]}`;
    },
    Type: dice.pick(TYPES, 10),
    ParentId: dice.reference(new IdCodec('001'), (row) => Math.min(row, shape.accounts), 5),
    ...dice.address('Billing'),
    Phone: dice.phone(80),
    AccountNumber: (row) => `CD${padded(row)}`,
    Website: (row) => `https://www.company-${row + 1}.example`,
    Industry: dice.pick(INDUSTRIES, 8),
    AnnualRevenue: revenue(dice),
    NumberOfEmployees: dice.sometimes(85, (row) => String(employees(row) % 50_000)),
    Rating: dice.pick(RATINGS, 40),
    Description: description(dice, shape.nul),
    OwnerId: (row) => users.encode(name(row) % shape.users),
    Ext__c: (row) => `A-${padded(row)}`,
    Active__c: dice.flag(70),
    Score__c: (row) => {
      const n = score(row);
      if (n % 50 === 0) return String((n >>> 4) + 10_000_000);
      return withoutZeros((((n >>> 6) % 10_000_000) / 10_000 - 100).toFixed(4));
    },
    Founded__c: dice.sometimes(75, (row) => dateOfDay(DAYS_1900 + (founded(row) % 45_000))),
    Renewal__c: dice.sometimes(60, (row) => RENEWALS_FROM + (renewal(row) % RENEWALS_SPAN)),
    Tags__c: (row) => TAGS.filter((_, i) => (tags(row) >>> (i * 2)) % 4 === 0).join(';') || null,
  };
}

export function contactGenerators(shape: DataShape): Generators {
  const dice = new Dice(shape.seed, 2);
  const first = dice.pick(words.FIRST_NAMES, 2);
  const last = dice.pick(words.LAST_NAMES);
  const born = dice.roll();
  const owner = dice.roll();
  const users = new IdCodec('005');
  return {
    AccountId: dice.reference(new IdCodec('001'), () => shape.accounts, 95),
    LastName: last,
    FirstName: first,
    Salutation: dice.pick(['Mr.', 'Ms.', 'Dr.'], 50),
    ...dice.address('Mailing'),
    Phone: dice.phone(70),
    MobilePhone: dice.phone(40),
    Email: dice.sometimes(90, (row) => `person.${row + 1}@mail-${row % 97}.example`),
    Title: dice.pick(words.JOB_TITLES, 20),
    Department: dice.pick(words.DEPARTMENTS, 20),
    Birthdate: dice.sometimes(50, (row) => dateOfDay(-10_000 + (born(row) % 20_000))),
    Description: description(dice, false),
    DoNotCall: dice.flag(10),
    HasOptedOutOfEmail: dice.flag(15),
    OwnerId: (row) => users.encode(owner(row) % shape.users),
    Ext__c: (row) => `C-${padded(row)}`,
    Legacy__c: (row) => `L-${Math.floor(row / 3)}`,
  };
}

export function invoiceGenerators(shape: DataShape): Generators {
  const dice = new Dice(shape.seed, 3);
  const amount = dice.roll();
  const due = dice.roll();
  const users = new IdCodec('005');
  return {
    OwnerId: () => users.encode(0),
    Account__c: dice.reference(new IdCodec('001'), () => shape.accounts, 98),
    Amount__c: (row) => withoutZeros(`${amount(row) % 100_000}.${10 + ((amount(row) >>> 20) % 89)}`),
    Status__c: dice.pick(['Draft', 'Sent', 'Paid']),
    Due__c: (row) => dateOfDay(20_000 + (due(row) % 800)),
    Ext__c: (row) => `I-${padded(row)}`,
  };
}

export function userGenerators(): Generators {
  const name = (row: number): [string, string] =>
    row === 0 ? ['Twin', 'Admin'] : [words.FIRST_NAMES[row]!, words.LAST_NAMES[row]!];
  const username = (row: number) => (row === 0 ? 'admin@twin.test' : `user${row}@twin.test`);
  return {
    Username: username,
    Email: username,
    FirstName: (row) => name(row)[0],
    LastName: (row) => name(row)[1],
    Name: (row) => name(row).join(' '),
    IsActive: () => true,
    UserType: () => 'Standard',
    TimeZoneSidKey: () => 'Europe/Amsterdam',
    LocaleSidKey: () => 'en_US',
    LanguageLocaleKey: () => 'en_US',
  };
}

export function organizationGenerators(): Generators {
  return {
    Name: () => 'Simulated Org',
    InstanceName: () => 'TWIN',
    OrganizationType: () => 'Developer Edition',
    IsSandbox: () => false,
    DefaultLocaleSidKey: () => 'en_US',
    LanguageLocaleKey: () => 'en_US',
  };
}
