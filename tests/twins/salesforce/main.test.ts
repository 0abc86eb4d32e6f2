/** The command line of the twin. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { optionsFrom } from './main';

describe('the command line', () => {
  test('counts rows from --records, from single counts and from --objects', () => {
    expect(optionsFrom(['--records', '50']).objects).toEqual({ Account: 50, Contact: 100, Invoice__c: 5 });
    expect(optionsFrom(['--records', '50', '--contacts', '7']).objects).toMatchObject({ Account: 50, Contact: 7 });
    expect(optionsFrom(['--objects', 'Account=3,Contact=4', '--seed', '9'])).toEqual({
      objects: { Account: 3, Contact: 4 },
      seed: 9,
    });
  });

  test('names the option that is wrong', () => {
    expect(() => optionsFrom(['--records', 'many'])).toThrow('--records must be a whole number, got many');
    expect(() => optionsFrom(['--recrods', '1'])).toThrow(/--recrods/);
  });

  test('prints one line of JSON when it is ready, serves, and stops on SIGTERM', async () => {
    const script = join(__dirname, '../../../scripts/twin.mjs');
    const child = spawn(process.execPath, [script, 'salesforce', '--port', '0', '--records', '5'], { stdio: 'pipe' });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const line = await new Promise<string>((resolve) => child.stdout.once('data', (data) => resolve(String(data))));
    const { twin, url } = JSON.parse(line) as { twin: string; url: string };
    expect(twin).toBe('salesforce');
    expect((await fetch(`${url}/services/data`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});
