import { EngineError } from '../../lib';
import { commands, firstKey, usage, UsageError } from './commands';
import { createLog } from './log';
import { openEngine, Service } from './service';
import { readSettings, type Settings, SettingsError } from './settings';

/** A command, or the service until it is told to stop. */
async function main(args: string[]): Promise<void> {
  const [name, ...rest] = args;
  const settings = readSettings(process.env);
  if (name === undefined) await serve(settings);
  else if (name === '--help' || name === '-h') console.log(usage);
  else await perform(settings, name, rest);
}

async function perform(settings: Settings, name: string, args: string[]): Promise<void> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new UsageError(`there is no command "${name}"`);
  const engine = openEngine(settings, createLog({ ...settings, logLevel: 'silent' }));
  try {
    console.log(await command(engine, args));
  } finally {
    await engine.close();
  }
}

async function serve(settings: Settings): Promise<void> {
  const log = createLog(settings);
  const service = await Service.open(settings, log);
  try {
    const key = settings.auth ? undefined : await firstKey(service.context.engine);
    if (settings.queueUrl !== undefined) log.info('QUEUE_URL is set; no sync of this version needs a queue');
    await service.start();
    await service.app.listen({ host: settings.host, port: settings.port });
    if (key !== undefined) console.log(`API key, shown this once: ${key}`);
  } catch (thrown) {
    await service.stop();
    throw thrown;
  }
  stopOnSignal(service);
}

/** The first signal stops in good order; the second does what it does to any other program. */
function stopOnSignal(service: Service): void {
  const { log } = service.context;
  const onSignal = (signal: NodeJS.Signals) => {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    log.info({ signal }, 'stopping after the pages in flight');
    service.stop().then(
      () => log.info('stopped'),
      (thrown: unknown) => {
        log.error({ err: thrown }, 'stopping failed');
        process.exitCode = 1;
      },
    );
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
}

main(process.argv.slice(2)).catch((thrown: unknown) => {
  const known = thrown instanceof SettingsError || thrown instanceof EngineError || thrown instanceof UsageError;
  console.error(`data-sync-service: ${known ? thrown.message : String((thrown as Error).stack ?? thrown)}`);
  if (thrown instanceof UsageError) console.error(usage);
  process.exitCode = 1;
});
