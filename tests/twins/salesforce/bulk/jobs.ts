/** The bulk jobs of one org. */
import type { JsonObject } from '../json';
import type { Org } from '../store/org';
import { notFound } from '../errors';
import { IngestJob } from './ingest_job';
import { QueryJob } from './query_job';

export class BulkJobs {
  readonly queries = new Map<string, QueryJob>();
  readonly ingests = new Map<string, IngestJob>();
  private made = 0;

  constructor(private readonly org: Org) {}

  createQuery(body: JsonObject, version: number, fails: boolean): QueryJob {
    const job = QueryJob.create(this.org, this.made++, body, version, fails);
    this.queries.set(job.parts.id, job);
    return job;
  }

  createIngest(body: JsonObject, version: number): IngestJob {
    const job = IngestJob.create(this.org, this.made++, body, version);
    this.ingests.set(job.parts.id, job);
    return job;
  }

  query(id: string): QueryJob {
    return this.queries.get(id) ?? missing();
  }

  ingest(id: string): IngestJob {
    return this.ingests.get(id) ?? missing();
  }
}

function missing(): never {
  throw notFound('Requested job does not exist');
}
