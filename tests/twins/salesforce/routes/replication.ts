/**
 * getUpdated and getDeleted. Times are cut to the minute; the window starts within the last 30 days (updated) or 15
 * days (deleted). `latestDateCovered` lags the end by a setting, as it does while a long transaction runs.
 */
import { ApiError } from '../errors';
import { parseTime, restTime } from '../datetime';
import { json, type Reply, type Request } from '../http/message';
import type { Route } from '../http/router';
import { StampOrder } from '../store/stamp_order';
import type { Org } from '../store/org';
import type { Twin } from '../twin';

const DAY = 86_400;
const UPDATED_DAYS = 30;
const DELETED_DAYS = 15;
const IDS_MAX = 600_000;

interface Window {
  start: number;
  end: number;
}

function windowOf(request: Request, org: Org, days: number): Window {
  const read = (name: string): number => {
    const text = request.query.get(name) ?? '';
    // An unescaped + of the zone arrives as a space.
    const seconds = parseTime(text.replace(' ', '+'));
    if (seconds === null)
      throw new ApiError(400, 'INVALID_REPLICATION_DATE', `${name} is not a date and time: ${text}`);
    return Math.floor(seconds / 60) * 60;
  };
  const [start, end] = [read('start'), read('end')];
  if (end - start < 60)
    throw new ApiError(400, 'INVALID_REPLICATION_DATE', 'startDate must be at least 1 minute before endDate');
  if (start < org.clock.now() - days * DAY) {
    throw new ApiError(400, 'INVALID_REPLICATION_DATE', `startDate cannot be more than ${days} days ago`);
  }
  return { start, end };
}

const covered = (org: Org, end: number): string =>
  restTime(Math.min(end, Math.floor((org.clock.now() - org.options.coveredLagSeconds) / 60) * 60));

function tooMany(): ApiError {
  return new ApiError(400, 'EXCEEDED_ID_LIMIT', `more than ${IDS_MAX} ids: make the window smaller`);
}

function updated(request: Request, { org }: Twin): Reply {
  const table = org.table(request.params.object!);
  const { start, end } = windowOf(request, org, UPDATED_DAYS);
  const ids: string[] = [];
  table.order.scan(StampOrder.key(start, 0), StampOrder.key(end, 0), (row) => {
    if (table.isLive(row)) ids.push(table.ids.encode(row));
    return ids.length <= IDS_MAX;
  });
  if (ids.length > IDS_MAX) throw tooMany();
  return json({ ids, latestDateCovered: covered(org, end) });
}

function deleted(request: Request, { org }: Twin): Reply {
  const table = org.table(request.params.object!);
  const { start, end } = windowOf(request, org, DELETED_DAYS);
  const deletedRecords = [...table.deletions()]
    .filter(([, at]) => at >= start && at < end)
    .map(([row, at]) => ({ id: table.ids.encode(row), deletedDate: restTime(at) }));
  if (deletedRecords.length > IDS_MAX) throw tooMany();
  const earliest = restTime(Math.floor((org.clock.now() - DELETED_DAYS * DAY) / 60) * 60);
  return json({ deletedRecords, earliestDateAvailable: earliest, latestDateCovered: covered(org, end) });
}

export const replicationRoutes: Route[] = [
  { method: 'GET', pattern: 'sobjects/:object/updated', handler: updated },
  { method: 'GET', pattern: 'sobjects/:object/deleted', handler: deleted },
];
