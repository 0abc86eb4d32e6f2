/** Versions, limits, describe. Describe answers 304 when the org's metadata did not change since If-Modified-Since. */
import { empty, json, type Reply, type Request } from '../http/message';
import type { Route } from '../http/router';
import { describeEntry, describeObject } from '../schema/describe';
import type { Org } from '../store/org';
import type { Twin } from '../twin';

const SEASONS = ['Spring', 'Summer', 'Winter'] as const;
/** Winter '24 was version 59; three versions a year follow the seasons. */
function label(version: number): string {
  const season = SEASONS[version % 3]!;
  const year = 23 + Math.ceil((version - 58) / 3);
  return `${season} '${year}`;
}

/** The answer of /services/data, ascending. */
export function versions(org: Org): object[] {
  const { oldestVersion, newestVersion } = org.options;
  return Array.from({ length: newestVersion - oldestVersion + 1 }, (_, i) => {
    const version = oldestVersion + i;
    return { label: label(version), url: `/services/data/v${version}.0`, version: `${version}.0` };
  });
}

const RESOURCES = ['composite', 'jobs', 'limits', 'query', 'queryAll', 'sobjects'];

function resources(request: Request): Reply {
  return json(Object.fromEntries(RESOURCES.map((name) => [name, `${request.base}/${name}`])));
}

function limits(_request: Request, { org, stats }: Twin): Reply {
  const whole = (max: number) => ({ Max: max, Remaining: max });
  const daily = { Max: org.options.apiLimit, Remaining: Math.max(0, org.options.apiLimit - stats.apiCalls) };
  return json({
    DailyApiRequests: { ...daily, 'Simulated App': { Max: 0, Remaining: 0 } },
    DailyBulkApiBatches: whole(15_000),
    DailyBulkV2QueryJobs: whole(10_000),
    DailyBulkV2QueryFileStorageMB: whole(976_562),
    HourlyPublishedPlatformEvents: whole(50_000),
    MonthlyPlatformEventsUsageEntitlement: whole(0),
    DailyDeliveredPlatformEvents: whole(10_000),
    DataStorageMB: whole(1024),
    FileStorageMB: whole(1024),
  });
}

/** HTTP dates have whole seconds, so equal means unchanged. */
function unchangedSince(request: Request, org: Org): boolean {
  const since = Date.parse(request.headers['if-modified-since'] ?? '');
  return !Number.isNaN(since) && since / 1000 >= org.metadataChangedAt;
}

const dated = (org: Org): Record<string, string> => ({
  'Last-Modified': new Date(org.metadataChangedAt * 1000).toUTCString(),
});

function describeGlobal(request: Request, { org }: Twin): Reply {
  if (unchangedSince(request, org)) return empty(304);
  const sobjects = org.all().map((table) => describeEntry(table, request.base));
  return json({ encoding: 'UTF-8', maxBatchSize: 200, sobjects }, 200, dated(org));
}

function describe(request: Request, { org }: Twin): Reply {
  const table = org.table(request.params.object!);
  if (unchangedSince(request, org)) return empty(304);
  return json(describeObject(org, table, request.base), 200, dated(org));
}

function objectInfo(request: Request, { org }: Twin): Reply {
  return json({ objectDescribe: describeEntry(org.table(request.params.object!), request.base), recentItems: [] });
}

export const metadataRoutes: Route[] = [
  { method: 'GET', pattern: '', handler: resources },
  { method: 'GET', pattern: 'limits', handler: limits },
  { method: 'GET', pattern: 'sobjects', handler: describeGlobal },
  { method: 'GET', pattern: 'sobjects/:object/describe', handler: describe },
  { method: 'GET', pattern: 'sobjects/:object', handler: objectInfo },
];
