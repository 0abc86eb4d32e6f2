// As much of Prometheus' language as is needed to see which metrics and labels a query names.

export interface Use {
  metric: string;
  labels: string[];
}

/** A metric, with the labels that it is selected by. */
const selector = /\b([a-z][a-z0-9_]*)(?:\{([^}]*)\})?/g;
const grouping = /\b(?:by|on|ignoring|group_left|group_right|without)\s*\(([^)]*)\)/g;
const words = new Set(
  (
    'sum max min avg rate increase absent histogram_quantile label_values by on ignoring group_left and or unless ' +
    'clamp_min'
  )
    .split(' ')
    .concat('bool'),
);

/** What a query names: metrics with the labels in their braces, and labels that it groups by. */
export function namesIn(query: string): { uses: Use[]; grouped: string[] } {
  const grouped = [...query.matchAll(grouping)].flatMap(([, list]) => list!.split(',').map((name) => name.trim()));
  const plain = query
    .replaceAll(grouping, (found) => found.split('(')[0]!)
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll('$__rate_interval', '');
  const uses: Use[] = [];
  for (const [, metric, inside = ''] of plain.matchAll(selector)) {
    if (words.has(metric!) || !metric!.includes('_')) continue;
    const labels = [...inside.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)/g)].map(([, label]) => label!);
    uses.push({ metric: metric!, labels });
  }
  return { uses, grouped: grouped.filter((name) => name !== '') };
}
