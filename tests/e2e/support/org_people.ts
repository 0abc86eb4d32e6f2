// People who work in the simulated org: they make, change and delete accounts at a time that the test says.
import type { Twin } from './twin';

/** Fields of an Account by the column that a table keeps them in. */
export const orgFields = {
  ext: 'Ext__c',
  name: 'Name',
  phone: 'Phone',
  website: 'Website',
  notes: 'Description',
  tags: 'Tags__c',
  city: 'BillingCity',
  staff: 'NumberOfEmployees',
  revenue: 'AnnualRevenue',
} as const;
export type Column = keyof typeof orgFields;
export type Cells = Partial<Record<Column, string | null>>;

export interface OrgRow {
  id: string;
  cells: Record<Column, string | null>;
  /** SystemModstamp. */
  stamp: string;
}

const columns = Object.keys(orgFields) as Column[];
const allOfThem = 1_000_000;
const inOrg = (cells: Cells) =>
  Object.fromEntries(Object.entries(cells).map(([column, cell]) => [orgFields[column as Column], cell]));

interface Effect {
  key: string | null;
  by: 'api' | 'mutate';
}

async function ledger(twin: Twin): Promise<Effect[]> {
  const text = await (await fetch(`${twin.url}/__twin/ledger?object=Account`)).text();
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Effect);
}

async function logIn(url: string): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: 'twin-client', client_secret: 'twin-secret' };
  const answer = await fetch(`${url}/services/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) });
  return `Bearer ${((await answer.json()) as { access_token: string }).access_token}`;
}

export class OrgPeople {
  readonly #twin: Twin;
  readonly #began: number;
  /** Keys of records that these people deleted: the twin's ledger takes that for a client's effect. */
  readonly #deleted: string[] = [];

  private constructor(twin: Twin, began: number) {
    this.#twin = twin;
    this.#began = began;
  }

  /** Comes to an org from which all accounts were taken. */
  static async in(twin: Twin): Promise<OrgPeople> {
    await twin.mutate({ object: 'Account', hardDelete: allOfThem });
    return new OrgPeople(twin, (await ledger(twin)).length);
  }

  async create(cells: Cells): Promise<string> {
    const { ids } = await this.#twin.mutate({ object: 'Account', insert: 1, ids: true });
    const id = (ids as { inserted: string[] }).inserted[0]!;
    await this.edit(id, { ...Object.fromEntries(columns.map((column) => [column, null])), ...cells });
    return id;
  }

  async edit(id: string, cells: Cells): Promise<void> {
    const { updated } = await this.#twin.mutate({ object: 'Account', updateIds: [id], set: inOrg(cells) });
    expect(updated).toBe(1);
  }

  async remove(ext: string, id: string): Promise<void> {
    const url = `${this.#twin.url}/services/data/v66.0/sobjects/Account/${id}`;
    const { status } = await fetch(url, { method: 'DELETE', headers: { Authorization: await logIn(this.#twin.url) } });
    expect(status).toBe(204);
    this.#deleted.push(ext);
  }

  /** Effects of others since these people came, by Ext__c. */
  async writesOfOthers(): Promise<Map<string, number>> {
    const effects = (await ledger(this.#twin)).slice(this.#began).filter(({ by }) => by === 'api');
    const counts = new Map<string, number>();
    const count = (ext: string, by: number) => counts.set(ext, (counts.get(ext) ?? 0) + by);
    for (const { key } of effects) count(key ?? '', 1);
    for (const ext of this.#deleted) count(ext, -1);
    return counts;
  }

  /** What is there and not deleted, by Ext__c. */
  async rows(): Promise<Map<string, OrgRow>> {
    const rows = new Map<string, OrgRow>();
    for (const [id, row] of await this.#twin.dump('Account')) {
      const cells = Object.fromEntries(columns.map((column) => [column, row[orgFields[column]] ?? null]));
      const ext = cells['ext'] as string;
      if (rows.has(ext)) throw new Error(`the org has two records ${ext}`);
      rows.set(ext, { id, cells: cells as OrgRow['cells'], stamp: row['SystemModstamp'] as string });
    }
    return rows;
  }
}
