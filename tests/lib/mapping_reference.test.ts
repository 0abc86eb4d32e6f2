// Thousands of generated records through the engine and through a naive interpreter, which have to agree on each.
import { type FieldMapping, previewRecordsMax } from '../../lib';
import {
  type Exact,
  type Rounding,
  characters,
  cutDay,
  dayIn,
  exactText,
  limited,
  masked,
  movedDay,
  rounded,
  seeded,
  sha256,
  size,
  spelt,
  startOfDay,
} from './mapping_reference';
import { OpenEngine } from './open_engine';

const rounds = 3;
const random = seeded(20_240_229);
const below = (bound: number): number => Math.floor(random() * bound);
const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;

let engine: OpenEngine;

beforeAll(() => {
  engine = new OpenEngine();
});
afterAll(() => engine.close());

type Want = string | { rejected: string };

/** Maps `v` of every record by one mapping and compares with what the reference says; numbers by their digits. */
async function expectAll(field: Partial<FieldMapping>, samples: { v: unknown; want: Want; more?: object }[]) {
  const mapping = { source: 'v', target: 'v', onError: 'fail_record', ...field } as FieldMapping;
  const { records, diagnostics } = await engine.now.previewMapping({
    fieldMappings: [mapping],
    records: samples.map(({ v, more }) => ({ v, ...more })),
  });
  expect(diagnostics).toEqual([]);
  const got = records.map((record) =>
    'output' in record ? String(record.output.v) : { rejected: record.rejected.code },
  );
  const differing = samples.flatMap(({ v, want, more }, i) =>
    JSON.stringify(got[i]) === JSON.stringify(want) ? [] : [{ v, more, want, got: got[i] }],
  );
  expect(differing.slice(0, 5)).toEqual([]);
  expect(got).toHaveLength(samples.length);
}

const format = (params: unknown): Partial<FieldMapping> => ({ transformation: { type: 'format', params } });
const asText = { join: ',' };
const many = <T>(make: () => T): T[] => Array.from({ length: previewRecordsMax }, make);

function someNumber(digitsMax = 40): Exact {
  const digits = 1 + below(digitsMax);
  let units = BigInt(Array.from({ length: digits }, () => pick('0123456789556'.split(''))).join(''));
  if (below(2)) units = -units;
  return { units, scale: below(12) };
}

// Letters of one to four bytes, white space of several kinds, and marks that stand alone.
const alphabet = ['a', 'Z', '7', ' ', '\t', 'é', 'ß', '€', '한', '😀', '👩‍💻', '\u00a0', '\u0301', '"', '\\', '\u0000'];
const someText = (): string => Array.from({ length: below(14) }, () => pick(alphabet)).join('');

const modes: Rounding[] = ['half_even', 'half_up', 'half_down', 'up', 'down', 'ceiling', 'floor'];

test.each(modes)('number rounds as exact integers do: %s', async (round) => {
  for (let scale = 0; scale <= 4; scale += 2) {
    const samples = many(() => {
      const number = someNumber();
      const near = rounded(number, scale, round);
      return { v: exactText(number), want: exactText(near) };
    });
    await expectAll(format({ steps: [{ number: { scale, round } }, asText] }), samples);
  }
});

test.each(['de', 'fr', 'en', 'de-CH', 'en-IN', 'sv', 'pl', 'it', 'pt', 'ja', 'ru', 'tr', 'hu', 'nl'])(
  'number reads what Intl writes in %s',
  async (locale) => {
    const samples = many(() => {
      const number = someNumber(24);
      return { v: spelt(number, locale), want: exactText(number) };
    });
    await expectAll(format({ steps: [{ number: { locale } }, asText] }), samples);
  },
);

test('currency agrees with Intl on minor units, and on what is no whole number of them', async () => {
  // Of some others Intl has the digits that people write (none for the forint), not those of ISO 4217.
  const codes = ['EUR', 'USD', 'JPY', 'KWD', 'CLF', 'BHD', 'KRW', 'CHF', 'TND', 'XOF', 'UYW', 'GBP', 'OMR', 'BRL'];
  const digitsOf = (currency: string): number =>
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits!;
  for (let round = 0; round < rounds; ++round) {
    const samples = many(() => {
      const code = pick(codes);
      const number = { ...someNumber(), scale: below(6) };
      const minor = rounded({ units: number.units, scale: Math.max(0, number.scale - digitsOf(code)) }, 0, 'down');
      const shift = digitsOf(code) - number.scale;
      const exact = shift >= 0 ? { units: number.units * 10n ** BigInt(shift), scale: 0 } : minor;
      const lost = shift < 0 && number.units % 10n ** BigInt(-shift) !== 0n;
      const want: Want = lost ? { rejected: 'currency' } : exactText(exact);
      return { v: exactText(number), want, more: { code } };
    });
    await expectAll(format({ steps: [{ currency: { code: { field: 'code' } } }, asText] }), samples);
  }
});

test('texts are trimmed, cut, masked and hashed by whole characters', async () => {
  const texts = (want: (text: string) => string) =>
    many(() => {
      const text = someText();
      return { v: text, want: want(text) };
    });
  await expectAll(
    format({ trim: true }),
    texts((text) => text.trim()),
  );
  await expectAll(
    format({ squash: true }),
    texts((text) => text.trim().replace(/\s+/gu, ' ')),
  );
  for (const unit of ['codePoints', 'utf16', 'bytes'] as const)
    await expectAll(
      format({ truncate: { [unit]: 7 } }),
      texts((text) => limited(text, unit, 7)),
    );
  await expectAll(
    format({ substring: { start: -4, length: 3 } }),
    texts((text) => characters(text).slice(-4).slice(0, 3).join('')),
  );
  await expectAll(
    format({ pad: { length: 6, with: '·' } }),
    texts((text) => '·'.repeat(Math.max(0, 6 - characters(text).length)) + text),
  );
  await expectAll(
    format({ mask: { first: 1, last: 2 } }),
    texts((text) => masked(text, 1, 2)),
  );
  await expectAll(format({ hash: true }), texts(sha256));
  await expectAll(
    format({ nfc: true }),
    texts((text) => text.normalize('NFC')),
  );
  await expectAll(
    format({ replace: { find: 'a', with: 'éé' } }),
    texts((text) => text.replaceAll('a', 'éé')),
  );
  await expectAll(
    format({ steps: [{ split: { by: 'a' } }, { join: '|' }] }),
    texts((text) => (text === '' ? '' : text.split('a').join('|'))),
  );
});

const someDay = (): string =>
  new Date(Date.UTC(1900 + below(200), below(12), 1 + below(31))).toISOString().slice(0, 10);

test('days move and are cut by the calendar', async () => {
  for (let round = 0; round < 10; ++round) {
    const [months, days] = [below(60) - 30, below(800) - 400];
    const samples = many(() => {
      const day = someDay();
      return { v: day, want: movedDay(day, months, days) };
    });
    if (months !== 0 || days !== 0) await expectAll(format({ date: { add: { months, days } } }), samples);
  }
  for (const trunc of ['year', 'quarter', 'month', 'week'] as const) {
    const samples = many(() => {
      const day = someDay();
      return { v: day, want: cutDay(day, trunc) };
    });
    await expectAll(format({ date: { trunc } }), samples);
  }
});

test.each(['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Asia/Beirut', 'UTC'])(
  'an instant has its day, and the day its start, where the clocks of %s say',
  async (zone) => {
    // Half of them close to where the clocks change, in spring and autumn.
    const someInstant = (): Date => {
      const year = 2000 + below(24);
      const near = below(2) ? Date.UTC(year, pick([2, 9]), 24 + below(8)) : Date.UTC(year, below(12), 1 + below(28));
      return new Date(near + below(24 * 4) * 15 * 60_000);
    };
    const instants = Array.from({ length: 200 }, someInstant);
    await expectAll(
      format({ date: { format: 'date', zone } }),
      instants.map((at) => ({ v: at.toISOString(), want: dayIn(at, zone) })),
    );
    await expectAll(
      format({ date: { trunc: 'day', zone } }),
      instants.map((at) => ({ v: at.toISOString(), want: startOfDay(at, zone).toISOString() })),
    );
  },
);

test('url agrees with the URL of the web on what both of them normalise', async () => {
  const parts = ['a', 'B', '..', '.', '', '%7e', '%2F', 'x y', 'é', 'a.b'];
  const samples = many(() => {
    const path = Array.from({ length: below(6) }, () => pick(parts)).join('/');
    const port = pick(['', ':443', ':80', ':8443']);
    const v = `HTTPS://${pick(['Example.com', 'a.B-c.de', '[2001:DB8::1]'])}${port}/${path}${pick(['', '?q=1', '#f'])}`;
    // The web keeps encoded letters as they came; RFC 3986 has them bare.
    return { v, want: new URL(v).href.replaceAll(/%7e/gi, '~') };
  });
  await expectAll(format({ url: true }), samples);
});

test('rules hold where the reference says so', async () => {
  const units = ['codePoints', 'utf16', 'bytes'] as const;
  for (const unit of units) {
    const samples = many(() => {
      const text = someText();
      const fits = size(text, unit) >= 2 && size(text, unit) <= 9;
      return { v: text, want: fits ? text : { rejected: 'length' } };
    });
    await expectAll({ validate: [{ rule: 'length', min: 2, max: 9, unit }] }, samples);
  }
  for (let round = 0; round < rounds; ++round) {
    const [a, b] = [someNumber(6), someNumber(6)];
    const common = (number: Exact): bigint => number.units * 10n ** BigInt(12 - number.scale);
    const [min, max] = common(a) <= common(b) ? [a, b] : [b, a];
    const samples = many(() => {
      const number = below(10) ? someNumber(7) : pick([min, max]);
      const fits = common(number) >= common(min) && common(number) <= common(max);
      return { v: exactText(number), want: fits ? exactText(number) : { rejected: 'range' } };
    });
    await expectAll({ validate: [{ rule: 'range', min: exactText(min), max: exactText(max) }] }, samples);
  }
});
