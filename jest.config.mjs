// Tests run from the sources through swc; types are checked by the compiler and eslint.
export default {
  rootDir: import.meta.dirname,
  roots: ['<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  // Those have a config of their own: jest.n8n.config.mjs.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/tests/e2e/n8n/'],
  modulePathIgnorePatterns: ['<rootDir>/tests/bench/node_modules'],
  testEnvironment: 'node',
  testTimeout: 30_000,
  // Most tests wait for other processes, so one worker for each processor is not too many.
  maxWorkers: '100%',
  resolver: '<rootDir>/tests/resolver.cjs',
  // What fastify's inject() reads cookies with is an ES module, which Jest cannot require as it is.
  transformIgnorePatterns: ['/node_modules/(?!cookie/)'],
  transform: {
    '/node_modules/cookie/.+\\.js$': ['@swc/jest', { module: { type: 'commonjs' } }],
    '^.+\\.c?ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        // What starts servers is an ES module of scripts/: import() has to stay what it is.
        module: { type: 'commonjs', ignoreDynamic: true },
        sourceMaps: 'inline',
      },
    ],
  },
  // The whole run has to end by itself: a test that leaves a server or a timer behind is found here.
  forceExit: false,
};
