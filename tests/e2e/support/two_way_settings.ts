// What the world of a two-way script is like, drawn from its seed.
import type { ConflictRules, ConflictStrategy } from '../../../lib';
import type { Dice } from '../../lib/feed_model';

export interface WorldSettings {
  strategy: ConflictStrategy;
  conflicts: ConflictRules;
  deletes: boolean;
  /** New records may take the keys of deleted ones. */
  recreates: boolean;
  /** Calls fail, connections are cut, rows are locked. */
  faults: boolean;
  /** Runs are stopped in the middle. */
  stops: boolean;
  /** Runs are killed. */
  kills: boolean;
  /** People edit within the second in which a run wrote, or each other: the org's stamps have no finer grain. */
  hasty: boolean;
  /** How far the org's clock is ahead of the table's. Within `skewSeconds`. */
  skewSeconds: number;
}

const groups = [['revenue', 'city']];
const kinds: Pick<WorldSettings, 'strategy' | 'conflicts'>[] = [
  { strategy: 'merge', conflicts: {} },
  { strategy: 'merge', conflicts: { fallback: 'last_write_wins', groups } },
  {
    strategy: 'merge',
    conflicts: {
      rules: { phone: { rule: 'max' }, notes: { rule: 'union' }, tags: { rule: 'union' }, staff: { rule: 'counter' } },
      groups,
    },
  },
  { strategy: 'source_wins', conflicts: { groups } },
  { strategy: 'target_wins', conflicts: {} },
  { strategy: 'last_write_wins', conflicts: { groups } },
  { strategy: 'manual', conflicts: { groups } },
  {
    strategy: 'merge',
    conflicts: {
      fallback: 'source_wins',
      rules: {
        phone: { rule: 'authority', side: 'target' },
        notes: { rule: 'concat', separator: ';' },
        website: { rule: 'coalesce' },
      },
    },
  },
];
const ofDeletions: ConflictRules['deleteUpdate'][] = ['review', 'delete_wins', 'update_wins'];

export function drawSettings(dice: Dice): WorldSettings {
  const kind = kinds[dice.roll(kinds.length)]!;
  const deletes = dice.roll(2) === 0;
  const deleteUpdate = ofDeletions[dice.roll(ofDeletions.length)]!;
  return {
    strategy: kind.strategy,
    conflicts: deletes ? { ...kind.conflicts, deleteUpdate } : kind.conflicts,
    deletes,
    recreates: deletes && dice.roll(3) === 0,
    faults: dice.roll(3) === 0,
    stops: dice.roll(4) === 0,
    kills: dice.roll(5) === 0,
    hasty: dice.roll(4) === 0,
    // Stamps of the org are cut to the second, which makes it seem up to one slower.
    skewSeconds: dice.roll(9) - 4,
  };
}

const query = 'GET /services/data/v66.0/query';
const write = 'composite/sobjects';

/** Faults of the org for one run. */
export function drawFaults(dice: Dice): object[] {
  const after = dice.roll(4);
  const kinds = [
    { kind: '503', after: dice.roll(12), count: 1 + dice.roll(2) },
    { kind: '500', when: 'after', match: write, after: dice.roll(2) },
    { kind: 'cut', when: 'before', match: write, after: dice.roll(2) },
    { kind: 'cut', when: 'after', match: write, after: dice.roll(2) },
    { kind: 'cut', when: 'body', match: query, after, bytes: 200 },
    { kind: 'cut', when: 'after', after: dice.roll(12) },
    { kind: 'lock_row', match: write, every: 2, count: 1 + dice.roll(5) },
    { kind: 'bad_json', match: query, after },
    { kind: 'expire_tokens', after: dice.roll(12) },
    { kind: 'concurrent_limit', after: dice.roll(14) },
    { kind: '429', after: dice.roll(12) },
  ];
  return Array.from({ length: 1 + dice.roll(2) }, () => kinds[dice.roll(kinds.length)]!);
}
