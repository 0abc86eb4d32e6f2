// The commands of docs/rest-api.md, run as they stand there against a service that was just started.
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

import { ServiceProcess } from './support/service_process';

interface Example {
  commands: string;
  /** What the page says that the last command prints; "..." stands for any text. */
  promised?: unknown;
}

const page = fs.readFileSync(path.join(__dirname, '../../docs/rest-api.md'), 'utf8');
const separator = '==== next example ====';

function examplesOf(text: string): Example[] {
  const examples: Example[] = [];
  for (const [, language, content] of text.matchAll(/^```(bash|json)\n(.*?)^```$/gms)) {
    if (language === 'bash') examples.push({ commands: content! });
    else examples.at(-1)!.promised = JSON.parse(content!, (_, value) => (value === '...' ? expect.any(String) : value));
  }
  return examples;
}

function shell(
  script: string,
  env: Record<string, string>,
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], { env: { PATH: process.env['PATH'], ...env } });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (part: string) => (out += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (err += part));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

/** The last JSON object that was printed: answers follow each other without a line end. */
function lastObject(printed: string): unknown {
  const starts = [...printed.matchAll(/\{/g)].map(({ index }) => index);
  for (const start of starts) {
    try {
      if (start === 0 || printed[start - 1] === '}' || printed[start - 1] === '\n')
        return JSON.parse(printed.slice(start));
    } catch {
      // Not from here to the end; the next one may be.
    }
  }
  return undefined;
}

test('every command of the page works, and prints what the page says', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'data-sync-page-'));
  const service = new ServiceProcess({ DATA_SYNC_HOME: folder });
  try {
    const examples = examplesOf(page);
    expect(examples.length).toBeGreaterThan(15);
    const script = examples.map(({ commands }) => `${commands}\necho "${separator}"\n`).join('');
    const env = { DATA_SYNC_HOME: folder, DATA_SYNC_URL: await service.url(), DATA_SYNC_KEY: await service.key() };
    const { code, out, err } = await shell(script, env);
    const printed = out.split(`${separator}\n`).slice(0, -1);
    const failed = examples[printed.length]?.commands;
    expect({ failed, code, err, last: code === 0 ? '' : out.slice(-2000) }).toMatchObject({
      failed: undefined,
      code: 0,
    });
    for (const [index, { commands, promised }] of examples.entries()) {
      if (promised === undefined) continue;
      expect({ commands, answer: lastObject(printed[index]!.trim()) }).toMatchObject({ commands, answer: promised });
    }
  } finally {
    await service.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}, 90_000);
