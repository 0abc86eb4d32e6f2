import { type Static, Type } from '@sinclair/typebox';

import { tableRowsMax } from '../../../lib';
import { Time } from './list';

const descriptionCharactersMax = 2000;

const Description = Type.Optional(Type.String({ maxLength: descriptionCharactersMax }));
const TableValue = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]);

export const TableWanted = Type.Object(
  {
    description: Description,
    // Not a Record: the pattern that stands for any text in one leaves out keys of several lines.
    rows: Type.Object(
      {},
      {
        additionalProperties: TableValue,
        maxProperties: tableRowsMax,
        description: '{from: to}; a key has 1,000 bytes at most',
      },
    ),
  },
  { additionalProperties: false, description: 'Replaces the table as a whole.' },
);
export type TableWanted = Static<typeof TableWanted>;

const summary = {
  id: Type.String(),
  description: Type.Optional(Type.String()),
  rowCount: Type.Integer(),
  version: Type.Integer({ description: 'counts from 1, up with every change' }),
  createdAt: Time,
  updatedAt: Time,
};

export const TableSummary = Type.Object(summary, { description: 'A table without its rows.' });

export const Table = Type.Object({
  ...summary,
  rows: Type.Object({}, { additionalProperties: Type.Unknown(), description: '{from: to}' }),
});
