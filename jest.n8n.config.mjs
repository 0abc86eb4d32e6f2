// The tests that drive a real n8n. They share nothing and each starts its own, so one runs after the other.
import base from './jest.config.mjs';

const [pattern, [transformer, options]] = Object.entries(base.transform).find(([files]) => RegExp(files).test('a.ts'));

export default {
  ...base,
  testPathIgnorePatterns: ['/node_modules/'],
  testMatch: ['<rootDir>/tests/e2e/n8n/**/*.test.ts'],
  testTimeout: 180_000,
  maxWorkers: 1,
  // What starts n8n is an ES module of scripts/: import() has to stay what it is.
  transform: {
    ...base.transform,
    [pattern]: [transformer, { ...options, module: { type: 'commonjs', ignoreDynamic: true } }],
  },
};
