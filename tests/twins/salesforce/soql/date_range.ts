/** Date literals of SOQL (TODAY, LAST_N_DAYS:n, THIS_MONTH ...) as a half-open range of seconds, in UTC. */
import { malformedQuery } from '../errors';

const DAY = 86_400;

export interface DateRange {
  from: number;
  to: number;
}

export function dateRange(name: string, n: number, now: number): DateRange {
  const today = Math.floor(now / DAY) * DAY;
  const days = (from: number, to: number): DateRange => ({ from: today + from * DAY, to: today + to * DAY });
  const date = new Date(now * 1000);
  const month = (offset: number) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + offset, 1) / 1000;
  const year = (offset: number) => Date.UTC(date.getUTCFullYear() + offset, 0, 1) / 1000;
  switch (name) {
    case 'TODAY':
      return days(0, 1);
    case 'YESTERDAY':
      return days(-1, 0);
    case 'TOMORROW':
      return days(1, 2);
    case 'LAST_N_DAYS':
      return days(-n, 1);
    case 'NEXT_N_DAYS':
      return days(1, n + 1);
    case 'N_DAYS_AGO':
      return days(-n, -n + 1);
    case 'LAST_90_DAYS':
      return days(-90, 1);
    case 'THIS_MONTH':
      return { from: month(0), to: month(1) };
    case 'LAST_MONTH':
      return { from: month(-1), to: month(0) };
    case 'THIS_YEAR':
      return { from: year(0), to: year(1) };
    case 'LAST_YEAR':
      return { from: year(-1), to: year(0) };
  }
  throw malformedQuery(`the simulated org does not know the date literal ${name}`);
}
