// Salesforce ids of 18 characters: 15 that count, in an order that a comparison of bytes keeps, and 3 that repeat which
// of them are capitals. The same numbers as in responder/ids.cpp.
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const suffixes = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

function idOf(prefix, index) {
  let number = '';
  for (let rest = index, i = 0; i < 5; ++i, rest = Math.floor(rest / 62)) number = digits[rest % 62] + number;
  const id = prefix + number;
  const suffix = [0, 5, 10].map((from) => {
    const capitals = [...id.slice(from, from + 5)].map((c) => c >= 'A' && c <= 'Z');
    return suffixes[capitals.reduce((bits, capital, i) => bits | (capital ? 1 << i : 0), 0)];
  });
  return id + suffix.join('');
}

export const accountId = (index) => idOf('0015e00000', index);
export const userId = (index) => idOf('0055e00000', index);
