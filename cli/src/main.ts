import { Command, Option } from 'commander';

import { EngineError, failedReport } from '../../lib';
import { conflicts, decide, explain, forget, plan, rejected, run, schema, status, test } from './commands';
import type { Options } from './engine';
import { tables } from './tables';

/** 0: done and nothing rejected; 1: failed, held or stopped; 2: done, but records were rejected. */
async function main(): Promise<void> {
  const program = new Command('data-sync')
    .description('Keeps two systems in step: reads, maps, decides, writes, remembers.')
    .showHelpAfterError()
    .addOption(new Option('--home <dir>', 'directory of the state (default: DATA_SYNC_HOME, else .data-sync)'))
    .addOption(new Option('--json', 'print JSON; the last line is one object').default(false));

  type Action = (options: Options, ...args: string[]) => Promise<number>;
  const command = (name: string, description: string, action: Action) =>
    program
      .command(name)
      .description(description)
      .option('--json', 'print JSON; the last line is one object')
      .action(async (...args: unknown[]) => {
        const options = (args.at(-1) as Command).optsWithGlobals<Options>();
        process.exitCode = await action(options, ...(args.slice(0, -2) as string[]));
      });

  command('run <file>', 'run a sync, or go on with the run that was interrupted', run)
    .option('--full', 'read everything again, not only what changed')
    .option('--approve', 'allow more deletions and changes than the circuit breaker lets pass')
    .option('--watch', 'stay and run at each time of the schedule');
  command('plan <file>', 'show what a run would do; write nothing', plan)
    .option('--full', 'plan a full run')
    .option('--samples <n>', 'differences to show', '10');
  command('test <file>', 'run the tests of the mapping, and connect to both systems', test);
  command('schema <file>', 'show the fields of both objects', schema);
  command('status [sync]', 'show the latest runs of one sync or of all', status);
  command('rejected <file>', 'show the rejected records of a sync', rejected).option(
    '--replay',
    'try all of them again',
  );
  command('conflicts <file>', 'show the conflicts that a sync holds', conflicts).addOption(
    new Option('--state <state>', 'which of them').choices(['open', 'decided', 'closed', 'all']).default('open'),
  );
  command('decide <file> [id]', 'decide a conflict, or all that rules settle; the next run carries it out', decide)
    .addOption(new Option('--take <side>', 'whose values hold').choices(['source', 'target']))
    .option('--field <name=side>', 'for a single field; may be repeated', (word, all: string[]) => [...all, word], [])
    .option('--rules', 'by the strategy and rules of the file, as it is now');
  command('explain <file> <key>', 'show where the values of a record come from', explain).addOption(
    new Option('--side <side>', 'that the key is an identity of').choices(['source', 'target']).default('source'),
  );
  command('tables [id]', 'show the stored tables that mappings look values up in, or the rows of one', tables)
    .addOption(new Option('--set <file>', 'store or replace it: a JSON file with {from: to}').conflicts('delete'))
    .option('--delete', 'remove it');
  command('forget <file>', 'forget links, conflicts, runs and rejected records of a sync', forget);

  await program.parseAsync();
}

main().catch((thrown: unknown) => {
  const error = EngineError.from(thrown);
  if (process.argv.includes('--json'))
    process.stdout.write(`${JSON.stringify({ ...failedReport(error), seconds: process.uptime() })}\n`);
  process.stderr.write(`data-sync: ${error.message}\n`);
  process.exitCode = 1;
});
