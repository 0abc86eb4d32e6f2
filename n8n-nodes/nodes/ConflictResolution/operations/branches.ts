import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

/** Items of one branch by their key. */
export interface Branch {
  items: INodeExecutionData[];
  /** Places in `items`, in order. Only one of them: the key is unique. */
  places: Map<string, number[]>;
  /** Places of items that have no key. */
  keyless: number[];
}

/** The place of one record in each branch; undefined: it has none there. */
export interface Match {
  key: string;
  places: (number | undefined)[];
}

export function branchOf(context: IExecuteFunctions, input: number, keyField: string): Branch {
  const items = context.getInputData(input);
  const places = new Map<string, number[]>();
  const keyless: number[] = [];
  for (const [place, { json }] of items.entries()) {
    const key = keyOf(json, keyField);
    if (key === undefined) keyless.push(place);
    else places.set(key, [...(places.get(key) ?? []), place]);
  }
  return { items, places, keyless };
}

/** Keys by their text: 7 and "7" are one. A blank one, a list and an object are none. */
function keyOf(json: IDataObject, keyField: string): string | undefined {
  const value = json[keyField];
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  const key = String(value);
  return key === '' ? undefined : key;
}

/** Records whose key is unique in each branch, in the order of the first branch, then of the next ones. */
export function matched(branches: Branch[]): Match[] {
  const keys = new Set(branches.flatMap(({ places }) => [...places.keys()]));
  return [...keys]
    .filter((key) => !isAmbiguous(branches, key))
    .map((key) => ({ key, places: placesOf(branches, key) }));
}

/** Items that cannot be matched, and why, in order. */
export function unmatched(branches: Branch[]): { input: number; item: number; reason: string }[] {
  return branches.flatMap((branch, input) => {
    const ambiguous = [...branch.places].filter(([key]) => isAmbiguous(branches, key)).flatMap(([, places]) => places);
    return [
      ...branch.keyless.map((item) => ({ input, item, reason: 'key_missing' })),
      ...ambiguous.map((item) => ({ input, item, reason: 'key_not_unique' })),
    ].sort((a, b) => a.item - b.item);
  });
}

function isAmbiguous(branches: Branch[], key: string): boolean {
  return branches.some(({ places }) => (places.get(key)?.length ?? 0) > 1);
}

function placesOf(branches: Branch[], key: string): (number | undefined)[] {
  return branches.map(({ places }) => places.get(key)?.[0]);
}
