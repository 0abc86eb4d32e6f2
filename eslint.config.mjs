import js from '@eslint/js';
import tseslint from '@typescript-eslint/eslint-plugin';
import parser from '@typescript-eslint/parser';

const typeScript = ['**/*.ts', '**/*.cts'];
const nodeGlobals = Object.fromEntries(
  (
    'AbortController AbortSignal Buffer Headers Response TextDecoder TextEncoder URL URLSearchParams clearImmediate ' +
    'clearInterval clearTimeout console fetch performance process queueMicrotask setImmediate setInterval setTimeout ' +
    'structuredClone'
  )
    .split(' ')
    .map((name) => [name, 'readonly']),
);

export default [
  { ignores: ['build/', 'dist/', 'prebuilds/', 'node_modules/', 'service/console/'] },
  js.configs.recommended,
  { files: ['**/*.mjs'], languageOptions: { globals: nodeGlobals } },
  { files: ['**/*.cjs'], languageOptions: { globals: { ...nodeGlobals, __dirname: 'readonly' } } },
  ...tseslint.configs['flat/strict-type-checked'].map((config) => ({ ...config, files: typeScript })),
  {
    files: typeScript,
    languageOptions: { parser, parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-undef': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Compile-time noUnusedLocals and noUnusedParameters do the same with the same words everywhere.
      '@typescript-eslint/no-unused-vars': 'off',
      // Brackets say that a key comes from outside, a dot that it is known.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    // Tests and twins look into foreign JSON on purpose, and a wrong guess makes them fail, which is their work.
    files: ['tests/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
      'no-console': 'off',
    },
  },
  { files: ['cli/**/*.ts', 'service/src/main.ts'], rules: { 'no-console': 'off' } },
];
