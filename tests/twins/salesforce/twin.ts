/** The parts of one running twin, handed to every route. */
import type { KeyObject } from 'node:crypto';
import type { BulkJobs } from './bulk/jobs';
import type { Faults } from './faults/fault';
import type { Reply, Request } from './http/message';
import type { Stats } from './http/stats';
import type { Sessions } from './sessions';
import type { Cursors } from './soql/cursor';
import type { Org } from './store/org';

export interface Twin {
  org: Org;
  cursors: Cursors;
  sessions: Sessions;
  jobs: BulkJobs;
  faults: Faults;
  stats: Stats;
  jwt: { publicKey: KeyObject; privatePem: string | null };
  /** Runs a subrequest of a composite call. */
  dispatch(request: Request): Reply;
}
