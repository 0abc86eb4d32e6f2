/**
 * The simulated org: its tables, clock, ledger and settings. One org belongs to one running twin; nothing is global.
 */
import { Clock } from '../clock';
import * as data from '../data/generators';
import { firstStamps } from '../data/stamps';
import { unknownType } from '../errors';
import { IdCodec } from '../ids';
import type { TwinOptions } from '../options';
import type { Field } from '../schema/field';
import { objectSchemas } from '../schema/objects';
import { Ledger } from './ledger';
import { Table, type Derivation, type Undo } from './table';

const USERS = 5;

const personName: Derivation = (table, row) =>
  [table.value('FirstName', row), table.value('LastName', row)].filter((part) => part !== null).join(' ');

export class Org {
  readonly clock = new Clock();
  readonly ledger = new Ledger(this.clock);
  readonly userId = new IdCodec('005').encode(0);
  /** A person who changes records by hand. */
  readonly personId = new IdCodec('005').encode(1);
  readonly organizationId = new IdCodec('00D').encode(0);
  /** When describe last changed (seconds); If-Modified-Since compares with it. */
  metadataChangedAt: number;
  private readonly tables = new Map<string, Table>();
  private undoLog: Undo[] | null = null;

  constructor(readonly options: TwinOptions) {
    this.metadataChangedAt = this.clock.now() - 1;
    const { Account: accounts = 0 } = options.objects;
    const shape = { seed: options.seed, accounts, users: USERS, nul: options.nul };
    const generators: Record<string, data.Generators> = {
      Account: data.accountGenerators(shape),
      Contact: data.contactGenerators(shape),
      Invoice__c: data.invoiceGenerators(shape),
      User: data.userGenerators(),
      Organization: data.organizationGenerators(),
    };
    for (const schema of objectSchemas()) {
      const { clock, userId } = this;
      const derivations = this.derivations(schema.name);
      const table = new Table({ schema, clock, userId, derivations, generators: generators[schema.name] ?? {} });
      this.tables.set(schema.name.toLowerCase(), table);
      this.fill(table);
    }
  }

  /** All tables, in the order of describeGlobal. */
  all(): Table[] {
    return [...this.tables.values()];
  }

  /** A table by object name, whatever the case; throws INVALID_TYPE. */
  table(name: string): Table {
    const table = this.tables.get(name.toLowerCase());
    if (!table) throw unknownType(name);
    return table;
  }

  /** The table a lookup field points into. */
  parentOf(f: Field): Table {
    return this.table(f.referenceTo!);
  }

  /** The table and row of a well-formed id; null when no object has its prefix or no such row was ever made. */
  locate(id: string): { table: Table; row: number } | null {
    const table = this.all().find((candidate) => id.startsWith(candidate.schema.keyPrefix));
    const row = table ? table.ids.decode(id) : -1;
    return table && row >= 0 && row < table.size ? { table, row } : null;
  }

  /** Notes how to take one row change back; used only inside `transaction`. */
  onUndo(undo: () => Undo): void {
    this.undoLog?.push(undo());
  }

  /** Runs `work`; when `keep` is false every row it changed is put back and the ledger forgets it. May be nested. */
  transaction<T>(work: () => { keep: boolean; result: T }): T {
    const outer = this.undoLog;
    const mark = this.ledger.mark();
    const log: Undo[] = (this.undoLog = []);
    try {
      const { keep, result } = work();
      if (keep) outer?.push(...log);
      else {
        for (const undo of log.reverse()) undo();
        this.ledger.rollback(mark);
      }
      return result;
    } finally {
      this.undoLog = outer;
    }
  }

  private derivations(object: string): Record<string, Derivation> {
    if (object === 'Invoice__c') return { Name: (_, row) => `INV-${String(row + 1).padStart(6, '0')}` };
    if (object !== 'Contact') return {};
    return {
      Name: personName,
      // A formula over the parent: it changes without a new SystemModstamp on the contact, as in Salesforce.
      AccountIndustry__c: (table, row) => {
        const parent = table.value('AccountId', row);
        const accounts = this.table('Account');
        return parent === null ? null : accounts.value('Industry', accounts.ids.decode(String(parent)));
      },
    };
  }

  private fill(table: Table): void {
    const { objects, seed, sameStamp } = this.options;
    const { name } = table.schema;
    const count = name === 'User' ? USERS : name === 'Organization' ? 1 : (objects[name] ?? 0);
    const tied = sameStamp ?? (count >= 5000 ? 2500 : 0);
    for (let row = 0; row < count; row++) table.generate(firstStamps(seed, row, count, Math.min(tied, count)));
  }
}
