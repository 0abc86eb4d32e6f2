/** Ids and decimals, the two things that are easy to get nearly right. */
import { roundDecimal, scientificText } from './decimal';
import { IdCodec, idChecksum, idOf18 } from './ids';

describe('ids', () => {
  test.each([
    ['00Di0000000icUB', 'EAY'],
    ['001000000000001', 'AAA'],
    ['00Dxx0000001gPL', 'EAY'],
    ['005xx000001SwiU', 'AAS'],
    ['a00D0000008w2ZS', 'IAY'],
  ])('the checksum of %s is %s', (id15, checksum) => {
    expect(idChecksum(id15)).toBe(checksum);
    expect(idOf18(id15)).toBe(id15 + checksum);
  });

  test('a wrong checksum or length is no id', () => {
    expect(idOf18('00Di0000000icUBEAA')).toBeNull();
    expect(idOf18('00Di0000000icU')).toBeNull();
  });

  test('ids are made from ordinals and lead back to them, in the same order', () => {
    const codec = new IdCodec('001');
    const ordinals = [0, 9, 10, 35, 36, 61, 62, 4000, 238_327, 4_000_000];
    const ids = ordinals.map((ordinal) => codec.encode(ordinal));
    expect(ids.map((id) => codec.decode(id))).toEqual(ordinals);
    expect(ids.map((id) => idOf18(id.slice(0, 15)))).toEqual(ids);
    expect([...ids].sort()).toEqual(ids);
  });
});

test('decimals are rounded and printed digit by digit', () => {
  expect(roundDecimal('9007199254740993.125', 2)).toBe('9007199254740993.13');
  expect(roundDecimal('-0.005', 2)).toBe('-0.01');
  expect(roundDecimal('1.5e3', 0)).toBe('1500');
  expect(roundDecimal('1.2.3', 2)).toBeNull();
  expect(scientificText('123456789.5')).toBe('1.234567895E8');
  expect(scientificText('0.00012')).toBe('1.2E-4');
  expect(scientificText('12.5')).toBe('12.5');
});
