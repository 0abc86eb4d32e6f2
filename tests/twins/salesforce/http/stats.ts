/** Counts of what clients asked for. */
export class Stats {
  /** Calls under /services/data, each counted as Salesforce counts it: a collection or composite call is one. */
  apiCalls = 0;
  tokenCalls = 0;
  byRoute: Record<string, number> = {};
  byStatus: Record<string, number> = {};
  /** Calls by the client id of Sforce-Call-Options. */
  byClient: Record<string, number> = {};
  faultsFired: Record<string, number> = {};
  concurrent = 0;
  concurrentMax = 0;

  count(map: Record<string, number>, key: string): void {
    map[key] = (map[key] ?? 0) + 1;
  }

  /** Forgets the counts, for the next part of a test. */
  reset(): void {
    this.apiCalls = 0;
    this.tokenCalls = 0;
    this.byRoute = {};
    this.byStatus = {};
    this.byClient = {};
    this.faultsFired = {};
    this.concurrentMax = this.concurrent;
  }
}
