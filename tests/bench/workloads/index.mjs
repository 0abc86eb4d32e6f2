// Every workload, in the order of the table. Each is {id, name, title, run(context)}; run gives {results, targets}.
import { bulk, rest } from './http.mjs';
import { calls } from './calls.mjs';
import { conflicts } from './conflicts.mjs';
import { items } from './items.mjs';
import { expression } from './expression.mjs';
import { kills } from './kills.mjs';
import { latency } from './latency.mjs';
import { mapping } from './mapping.mjs';
import { memory } from './memory.mjs';
import { n8n } from './n8n.mjs';
import { postgres } from './postgres.mjs';
import { resync } from './resync.mjs';
import { service } from './service.mjs';

export const workloads = [
  mapping,
  expression,
  conflicts,
  rest,
  bulk,
  postgres,
  resync,
  memory,
  calls,
  kills,
  latency,
  n8n,
  items,
  service,
];
