// Prints the paths of all native sources for binding.gyp, which cannot search folders itself.
import { readdirSync } from 'node:fs';

const paths = readdirSync('native', { recursive: true }).map((path) => `native/${path}`);
console.log(
  paths
    .filter((path) => /\.[ch]pp$/.test(path))
    .sort()
    .join('\n'),
);
