import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const runBuckets = [1, 5, 15, 60, 300, 900, 3_600, 14_400];

/** Every metric of the service. docs/operations.md says what each is for. */
export function makeInstruments(registry: Registry) {
  const registers = [registry];
  const counter = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
    new Counter({ name: `data_sync_${name}`, help, labelNames, registers });
  const gauge = <T extends string>(name: string, help: string, labelNames: readonly T[] = []) =>
    new Gauge({ name: `data_sync_${name}`, help, labelNames, registers });
  const histogram = <T extends string>(name: string, help: string, labelNames: readonly T[], buckets: number[]) =>
    new Histogram({ name: `data_sync_${name}`, help, labelNames, buckets, registers });
  return {
    records: counter('records_total', 'Records by what became of them', ['sync', 'outcome']),
    pages: counter('pages_total', 'Pages that were committed', ['sync']),
    pageSeconds: counter('page_seconds_total', 'Time spent on pages, by phase', ['sync', 'phase']),
    apiCalls: counter('api_calls_total', 'Calls to the systems of a sync', ['sync']),
    quotaUsed: gauge('quota_used', 'Calls that a system has counted against its limit', ['sync']),
    quotaMax: gauge('quota_max', 'Calls that a system allows', ['sync']),
    lag: gauge('lag_seconds', 'Time since the start of the last run that succeeded, of syncs that are to run', [
      'sync',
    ]),
    info: gauge('sync_info', 'Always 1: which integrations a sync connects', ['sync', 'source', 'target', 'mode']),
    runs: counter('runs_total', 'Runs that ended, by status', ['status']),
    runsActive: gauge('runs_active', 'Runs under way in this process'),
    runSeconds: histogram('run_duration_seconds', 'Duration of runs', ['status'], runBuckets),
    errors: counter('errors_total', 'Runs that failed, by code of the error', ['code']),
    queueDepth: gauge('queue_depth', 'Runs and plans that are due and not begun, in all processes'),
    queueWait: gauge('queue_wait_seconds', 'How long the first of them has been due'),
    conflicts: gauge('conflicts', 'Conflicts that wait for a decision, or decided for the next run', ['sync', 'state']),
    storeUp: gauge('store_up', '1 if the store answered at the last look, else 0'),
    requests: histogram(
      'http_request_duration_seconds',
      'Requests to the API',
      ['method', 'route', 'status'],
      durationBuckets,
    ),
  };
}

export type Instruments = ReturnType<typeof makeInstruments>;
