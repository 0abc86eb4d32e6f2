import type { IDataObject, IExecuteFunctions, INodeExecutionData, ResourceMapperValue } from 'n8n-workflow';

/** What fills a field: a constant, a path in the item, or an expression that n8n evaluates for each item. */
type Filler = (item: IDataObject, index: number) => unknown;

/** `{{ $json.Name }}`, `{{ $json.address.city }}`, `{{ $json["Any Name"] }}` and nothing else. */
const plainPath = /^=\s*\{\{\s*\$json((?:\.[A-Za-z_$][\w$]*|\[(?:"[^"\\]*"|'[^'\\]*')\])+)\s*\}\}\s*$/;
const pathStep = /\.([A-Za-z_$][\w$]*)|\[["']([^"']*)["']\]/g;

/**
 * Makes one record of each item, as the resource mapper says. The mapper is read once: what n8n's editor makes of a
 * dragged field is followed as a path, and only real expressions are evaluated item by item, which costs n8n tens of
 * microseconds each.
 *
 * A row that is left empty leaves its field alone. An expression that gives null clears it.
 * "Map automatically" takes what the items have of `known` fields, under their own names.
 */
export function recordsOf(
  context: IExecuteFunctions,
  parameter: string,
  items: INodeExecutionData[],
  known: ReadonlySet<string>,
): IDataObject[] {
  const mapper = context.getNode().parameters[parameter] as unknown as ResourceMapperValue;
  if (mapper.mappingMode === 'autoMapInputData') return items.map(({ json }) => only(json, known));
  const fillers = Object.entries(mapper.value ?? {}).flatMap(([field, raw]) => {
    const filler = fillerOf(context, raw);
    return filler ? [[field, filler] as const] : [];
  });
  return items.map(({ json }, index) => {
    const record: IDataObject = {};
    for (const [field, filler] of fillers) {
      const value = filler(json, index);
      if (value !== undefined) record[field] = value;
    }
    return record;
  });
}

function fillerOf(context: IExecuteFunctions, raw: unknown): Filler | undefined {
  if (raw === null || raw === undefined || raw === '') return undefined;
  if (typeof raw !== 'string' || !raw.startsWith('=')) return () => raw;
  const path = plainPath.exec(raw)?.[1];
  if (path) return follower([...path.matchAll(pathStep)].map((step) => step[1] ?? step[2] ?? ''));
  return (_item, index) => context.evaluateExpression(raw.slice(1), index);
}

function follower(names: string[]): Filler {
  return (item) =>
    names.reduce<unknown>(
      (value, name) => (typeof value === 'object' && value !== null ? (value as IDataObject)[name] : undefined),
      item,
    );
}

function only(json: IDataObject, known: ReadonlySet<string>): IDataObject {
  return Object.fromEntries(Object.entries(json).filter(([name]) => known.has(name)));
}
