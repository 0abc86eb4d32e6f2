// Starts a simulated system: npm run twin -- salesforce --port N --records N --seed N
// Prints one line of JSON with its address when it is ready; tests/twins/README.md lists the options.
import { require as load } from 'tsx/cjs/api';

const TWINS = ['salesforce'];
const [name, ...args] = process.argv.slice(2);

if (!TWINS.includes(name)) {
  process.stderr.write(`usage: npm run twin -- <${TWINS.join('|')}> [options]; see tests/twins/README.md\n`);
  process.exit(1);
}
const { main } = load(`../tests/twins/${name}/main.ts`, import.meta.url);
await main(args).catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
