import * as fs from 'node:fs';
import * as path from 'node:path';

import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

import { projectFolder } from '../support/processes';
import { sqlite } from '../support/tables';
import { type Host, startHost } from './support/host';

// Pictures of this test: what a failed one looked at. With DATA_SYNC_DOCS_IMAGES they become those of docs/.
const pictures = process.env['DATA_SYNC_DOCS_IMAGES'] ?? path.join(projectFolder, 'build', 'reports', 'editor');
const accounts = 2000;

let host: Host;
let browser: Browser;
let session: BrowserContext;
let page: Page;

beforeAll(async () => {
  host = await startHost(['--objects', `Account=${accounts}`]);
  fs.mkdirSync(pictures, { recursive: true });
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((program) =>
    fs.existsSync(program),
  );
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  session = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  session.setDefaultTimeout(30_000);
  page = await session.newPage();
  await signIn();
}, 600_000);

// A page of its own for each test: the editor asks before it leaves a workflow that is not saved.
beforeEach(async () => {
  page = await session.newPage();
});

afterAll(async () => {
  await browser.close();
  await host.stop();
});

const part = (id: string) => page.locator(`[data-test-id="${id}"]`);
const picture = (name: string) => page.screenshot({ path: path.join(pictures, `${name}.png`) });

async function signIn(): Promise<void> {
  const { email, password } = host.n8n.owner;
  await page.goto(`${host.n8n.url}/signin`);
  await page.fill('input[name=emailOrLdapLoginId]', email);
  await page.fill('input[type=password]', password);
  await page.keyboard.press('Enter');
  await page.waitForURL(/home|workflow/);
}

/** Opens a new workflow that starts by hand, and looks for a node to put behind that. */
async function addNode(name: string): Promise<void> {
  await page.goto(`${host.n8n.url}/workflow/new`);
  await part('canvas-add-button').click();
  await page.getByText('Trigger manually').click();
  await part('canvas-handle-plus').click();
  await part('node-creator-search-bar').waitFor();
  await page.keyboard.type(name);
  await part('node-creator-item-name')
    .filter({ hasText: new RegExp(`^${name}$`) })
    .click();
}

/** Opens the panel of an action of Salesforce Sync. */
async function addAction(action: string): Promise<void> {
  await addNode('Salesforce Sync');
  await page.getByText(action, { exact: true }).click();
  await part('ndv').waitFor();
}

/** `kind`: of the element, where the editor gives the parameter's name to others as well. */
async function choose(parameter: string, option: string, kind = ''): Promise<void> {
  await page.locator(`${kind}[data-test-id="parameter-input-${parameter}"]`).click();
  await page.locator('[role=option]:visible, .el-select-dropdown__item:visible').filter({ hasText: option }).click();
}

it('builds a sync from live lists, runs it, and shows the counts', async () => {
  await addAction('Run a sync');
  await choose('database', 'SQLite');
  const file = host.file('crm.db');
  await part('parameter-input-sqlitePath').locator('input').fill(file);
  await part('resource-locator-object').locator('[data-test-id=rlc-input]').click();
  await part('rlc-item')
    .filter({ hasText: /^Contact$/ })
    .waitFor();
  await picture('n8n-objects');
  await part('rlc-item')
    .filter({ hasText: /^Account$/ })
    .click();
  await part('resource-locator-table').locator('input').last().fill('accounts');

  const rows = part('mapping-fields-container');
  await rows.getByText('Record ID (id 18)').waitFor();
  await rows.getByText('Account Name (string 255)').waitFor();
  await page.getByText('Add field to send').click();
  await page.getByText('Annual Revenue (currency 18,2)').click();
  await rows.getByText('Annual Revenue (currency 18,2)').waitFor();
  await part('node-execute-button').click();
  await part('output-panel').getByText('succeeded').first().waitFor();
  await part('output-panel').getByText('created').first().waitFor();
  await picture('n8n-run-sync');
  expect(Number(sqlite(file, 'SELECT count(*) FROM accounts'))).toBe(accounts);
  expect(sqlite(file, "SELECT name FROM pragma_table_info('accounts')").split('\n')).toEqual([
    'Id',
    'Name',
    'AnnualRevenue',
  ]);

  await part('ndv-close-button').click();
  await part('canvas-default-node').waitFor();
  await picture('n8n-workflow');
});

it('shows an error with the field and the fix', async () => {
  await addAction('Get records');
  const object = part('resource-locator-object');
  await object.locator('[data-test-id=rlc-mode-selector]').click();
  await part('mode-name').click();
  await object.locator('input').last().fill('Nonsense__c');
  await object.locator('input').last().press('Tab');
  // The editor takes the name over a little later, and refuses to run a node without one: then it is asked again.
  const error = part('output-panel').getByText('Nonsense__c').first();
  for (let tries = 0; tries < 10 && !(await error.isVisible()); ++tries) {
    await part('node-execute-button').click();
    await error.waitFor({ timeout: 3000 }).catch(() => undefined);
  }
  expect(await error.isVisible()).toBe(true);
  await picture('n8n-error');
});

it('maps fields in the panel of Data Mapping, with a rule for one of them', async () => {
  await addNode('Data Mapping');
  await page.getByText('Add to workflow').click();
  await part('ndv').waitFor();
  const names = part('parameter-input-targetFields').locator('input');
  await names.fill('name, amount');
  await names.press('Tab');
  const rows = part('mapping-fields-container');
  await rows.getByText('amount', { exact: true }).waitFor();
  await rows.locator('input').first().fill('Ada');
  await rows.locator('input').last().fill('12,3');
  await page.getByText('Add for a Field').click();
  await choose('field', 'amount', 'div');
  await choose('transformation', 'Number With 2 Decimals');
  await part('node-execute-button').click();
  await part('output-panel').getByText('Rejected Branch (1 item)').click();
  await part('output-panel').getByText('amount `12,3` is not a number').waitFor();
  await picture('n8n-data-mapping');
});

it('shows an input for each branch that Conflict Resolution resolves, and what needs review', async () => {
  await addNode('Conflict Resolution');
  await page.getByText('Resolve items of two branches', { exact: true }).click();
  await part('ndv').waitFor();
  await part('parameter-input-useBase').click();
  await part('ndv-close-button').click();
  for (const port of ['Source', 'Target', 'Base', 'Resolved', 'Needs Review'])
    await part('canvas').getByText(port, { exact: true }).waitFor();
  await picture('n8n-conflict-resolution');
});
