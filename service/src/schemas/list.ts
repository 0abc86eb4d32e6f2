import { type TProperties, type TSchema, Type } from '@sinclair/typebox';

export const listLimitMax = 1000;
export const listLimitDefault = 100;

/** Names that people choose: of integrations, mappings, syncs. */
export const idPattern = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$';

export const IdParams = Type.Object({ id: Type.String({ pattern: idPattern }) });

/** The query of a list; `more` are its filters. */
export function ListQuery<T extends TProperties>(more: T) {
  return Type.Object(
    {
      cursor: Type.Optional(Type.String({ maxLength: 1024, description: '`next` of the answer before' })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: listLimitMax, default: listLimitDefault })),
      ...more,
    },
    { additionalProperties: false },
  );
}

/** A part of a list. `next` is the cursor of the part that follows; it is not there at the end. */
export function ListOf<T extends TSchema>(item: T) {
  return Type.Object({ items: Type.Array(item), next: Type.Optional(Type.String()) });
}

export const Time = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' });
