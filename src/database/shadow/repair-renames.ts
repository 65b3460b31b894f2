import { literalsIn, quoteIdent } from '../quote.ts';
import { type Change, keyOf, renamesIn } from './effects.ts';
import type { Fact, FactKind, Inventory } from './inventory.ts';
import { bare, inSchema, type Place, quotedName } from './statements/names.ts';
import { same } from './statements.ts';
import { nameOf, renamed } from './words.ts';

/** Objects that were renamed by hand: renaming them back keeps their data. */
export interface Renamed {
  /** From the live database to the expected schema. */
  readonly changes: readonly Change[];
  /** Renames what is expected as it is called in the live database. */
  readonly there: readonly string[];
  readonly back: readonly string[];
}

/** Kinds that have rows or are expensive to build; others are dropped and created. */
const kinds: readonly FactKind[] = ['constraint', 'index', 'enum', 'domain', 'type', 'sequence'];

/** Finds objects that differ only in their name, where only one is possible. */
export function renamedObjects(expected: Inventory, live: Inventory, defaultSchema: string): Renamed {
  const [old, now] = [expected, live].map(facts => new Set(facts.map(keyOf)));
  const removed = expected.filter(fact => !now?.has(keyOf(fact)));
  const added = live.filter(fact => !old?.has(keyOf(fact)));
  // The columns of partitions follow.
  const pairs = renamesIn(removed, added).filter(({ from }) => !from.is.inherited);
  const tables = new Set(live.filter(({ part }) => part === null).map(({ name }) => name));
  for (const from of removed) {
    if (!kinds.includes(from.kind) || (from.part !== null && !tables.has(from.name))) continue;
    const alike = (facts: readonly Fact[]): Fact[] => facts.filter(one => isSame(one, from));
    const [to] = alike(added);
    if (to && alike(added).length === 1 && alike(removed).length === 1) pairs.push({ from, to });
  }
  const at: Place = { from: expected, to: live, defaultSchema };
  const values = renamedValues(expected, live);
  const value = ({ fact, from, to }: RenamedValue): string =>
    `alter type ${quotedName(at, fact)} rename value ${from} to ${to};`;
  return {
    changes: [
      ...pairs.map(
        ({ from, to }): Change => ({
          sign: '~',
          ...renamed(to, from),
          touches: [nameOf(from), nameOf(to)],
          keys: [keyOf(from), keyOf(to)],
        }),
      ),
      ...values.map(
        ({ fact, from, to }): Change => ({
          sign: '~',
          object: nameOf(fact),
          words: `${nameOf(fact)} ${to} renamed to ${from}`,
          touches: [nameOf(fact)],
          keys: [keyOf(fact)],
        }),
      ),
    ],
    there: [...values.map(value), ...pairs.map(({ from, to }) => rename(at, from, to))],
    back: [
      ...pairs.map(({ from, to }) => rename(at, to, from)).reverse(),
      ...values.map(({ fact, from, to }) => value({ fact, from: to, to: from })),
    ],
  };
}

interface RenamedValue {
  readonly fact: Fact;
  readonly from: string;
  readonly to: string;
}

/** Values of an enum that have another name in the same place. */
function renamedValues(expected: Inventory, live: Inventory): RenamedValue[] {
  const now = new Map(live.map(fact => [keyOf(fact), fact]));
  return expected.flatMap(fact => {
    const there = fact.kind === 'enum' ? now.get(keyOf(fact)) : undefined;
    const [before, after] = [literalsIn(fact.is.values ?? ''), literalsIn(there?.is.values ?? '')];
    if (before.length !== after.length) return [];
    const moved = before.some(
      (one, at) => one !== after[at] && (after.includes(one) || before.includes(after[at] as string)),
    );
    if (moved) return [];
    return before.flatMap((from, at) =>
      from === after[at] ? [] : [{ fact, from, to: after[at] as string }],
    );
  });
}

function isSame(a: Fact, b: Fact): boolean {
  if (a.kind !== b.kind || a.schema !== b.schema || (a.part === null) !== (b.part === null)) return false;
  if (a.part !== null && a.name !== b.name) return false;
  return same(withoutName(a), withoutName(b));
}

/** An index's definition starts with its name. */
function withoutName(fact: Fact): Fact {
  const { definition, ...is } = fact.is;
  if (fact.kind !== 'index' || definition === undefined) return fact;
  const name = definition.indexOf(' ON ');
  return {
    ...fact,
    is: { ...is, definition: definition.slice(name), unique: String(/^CREATE UNIQUE/.test(definition)) },
  };
}

function rename(at: Place, from: Fact, to: Fact): string {
  const { kind, part } = from;
  if (kind === 'index')
    return `alter index ${inSchema(from, part as string)} rename to ${quoteIdent(to.part as string)};`;
  const name = quotedName(at, from);
  if (part === null && from.schema !== to.schema)
    return `alter ${kind} ${name} set schema ${quoteIdent(to.schema as string)};`;
  if (part !== null)
    return `alter table ${name} rename ${kind} ${quoteIdent(part)} to ${quoteIdent(to.part as string)};`;
  return `alter ${kind === 'enum' ? 'type' : kind} ${name} rename to ${quoteIdent(bare(to, at.defaultSchema))};`;
}
