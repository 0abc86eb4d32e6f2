// The tests that drive a real n8n. They share nothing and each starts its own, so one runs after the other.
import base from './jest.config.mjs';

export default {
  ...base,
  testPathIgnorePatterns: ['/node_modules/'],
  testMatch: ['<rootDir>/tests/e2e/n8n/**/*.test.ts'],
  testTimeout: 180_000,
  maxWorkers: 1,
};
