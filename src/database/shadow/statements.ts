import { type FactKey, keyOf } from './effects.ts';
import type { Fact, FactKind, Inventory } from './inventory.ts';
import { changed, remade } from './statements/change.ts';
import { created } from './statements/create.ts';
import { dropped } from './statements/drop.ts';
import { changesAlone, follows } from './statements/follows.ts';
import type { Place } from './statements/names.ts';

/** Statements about one object; empty if no SQL for the change is known. */
export interface ObjectSql {
  /** The objects that they change. */
  readonly keys: readonly FactKey[];
  readonly sql: readonly string[];
  /** Tried if `sql` fails, and loses more: an object that is dropped and created again. */
  readonly otherwise?: (() => readonly string[]) | undefined;
  /** The objects change with others that have a statement, so that none is needed here: inherited columns. */
  readonly follows?: boolean;
}

/** Objects that are dropped first and created last. */
const order: readonly FactKind[] = [
  'event trigger',
  'publication',
  'default privileges',
  'policy',
  'rule',
  'trigger',
  'view',
  'materialized view',
  'statistics',
  'constraint',
  'index',
  'column',
  'table',
  'sequence',
  'function',
  'domain',
  'type',
  'enum',
  'extension',
  'schema',
];

/**
 * SQL that changes one inventory into the other, object by object, in dependency order. It is built from
 * PostgreSQL's own definitions; the caller must test its effect.
 */
export function statementsBetween(from: Inventory, to: Inventory, defaultSchema: string): ObjectSql[] {
  const [old, now] = [from, to].map(facts => new Map(facts.map(fact => [keyOf(fact), fact]))) as [
    Map<FactKey, Fact>,
    Map<FactKey, Fact>,
  ];
  const at: Place = { from, to, defaultSchema };
  const byRank = (a: Fact, b: Fact): number =>
    order.indexOf(a.kind) - order.indexOf(b.kind) || foreignFirst(a, b);
  const removed = from.filter(fact => !now.has(keyOf(fact))).sort(byRank);
  const added = to
    .filter(fact => !old.has(keyOf(fact)))
    .sort((a, b) => byRank(b, a) || (a.position ?? 0) - (b.position ?? 0));
  const differing = to
    .filter(fact => old.has(keyOf(fact)) && !same(old.get(keyOf(fact)) as Fact, fact))
    .sort((a, b) => byRank(b, a));
  const wholes = (facts: readonly Fact[]): Set<string> =>
    new Set(facts.filter(isRelation).map(fact => fact.name));
  const [gone, come] = [wholes(removed), wholes(added)];
  const statements: ObjectSql[] = [];
  for (const fact of removed) {
    if (fact.part !== null && gone.has(fact.name)) continue;
    const inside = isRelation(fact) ? removed.filter(one => one.part !== null && one.name === fact.name) : [];
    const keys = [fact, ...inside].map(keyOf);
    statements.push(
      follows(fact, removed, now) ? { keys, sql: [], follows: true } : { keys, sql: dropped(at, fact) },
    );
  }
  for (const fact of [...added, ...differing].sort(
    (a, b) => byRank(b, a) || (a.position ?? 0) - (b.position ?? 0),
  )) {
    const earlier = old.get(keyOf(fact));
    if (earlier) {
      const keys = [keyOf(fact)];
      statements.push(
        changesAlone(earlier, fact)
          ? { keys, sql: changed(at, earlier, fact), otherwise: () => remade(at, earlier, fact) }
          : { keys, sql: [], follows: true },
      );
    } else if (follows(fact, added, old)) statements.push({ keys: [keyOf(fact)], sql: [], follows: true });
    else if (fact.kind === 'column' && come.has(fact.name)) continue;
    else {
      const columns = isRelation(fact)
        ? added.filter(one => one.kind === 'column' && one.name === fact.name)
        : [];
      statements.push({ keys: [fact, ...columns].map(keyOf), sql: created(at, fact, columns) });
    }
  }
  return statements;
}

/** Whether an object has the same properties. */
export function same(a: Fact, b: Fact): boolean {
  const keys = new Set([...Object.keys(a.is), ...Object.keys(b.is)]);
  return [...keys].every(key => a.is[key] === b.is[key]);
}

function isRelation({ kind }: Fact): boolean {
  return kind === 'table' || kind === 'view' || kind === 'materialized view';
}

/** A foreign key is dropped before the key that it references, and created after it. */
function foreignFirst(a: Fact, b: Fact): number {
  const foreign = ({ is }: Fact): number => (/^FOREIGN KEY/.test(is.definition ?? '') ? 0 : 1);
  return foreign(a) - foreign(b);
}
