import { literalsIn, quoteIdent } from '../quote.ts';
import { nameOf, renamed } from './describe.ts';
import { type Change, keyOf } from './effects.ts';
import type { Fact, FactKind } from './inventory.ts';
import { onlyIn, type Pair, renamedColumns, renamedTables } from './renamed-tables.ts';
import { bare, inSchema, nounOf, type Place, quotedName } from './statements/names.ts';
import { same } from './statements.ts';

/** Objects that were renamed by hand: renaming them back keeps their data. */
export interface Renamed {
  /** From the live database to the expected schema. */
  readonly changes: readonly Change[];
  /** Renames what is expected as it is called in the live database. */
  readonly there: readonly string[];
  readonly back: readonly string[];
}

/** Finds renames of some kinds, from the expected schema to the live one. */
type FindRenames = (at: Place) => Renamed;

/**
 * Each finds renames after those of the previous ones were made in the expected schema: what is in a renamed
 * table, or has a renamed type, is compared under its new name.
 */
export const renameSteps: readonly FindRenames[] = [
  at => joined(renamedValues(at), renamedPairs(at, sameButForName(at, ['enum', 'domain', 'type']))),
  at => renamedPairs(at, renamedTables(at.from, at.to)),
  at => renamedPairs(at, renamedColumns(at.from, at.to)),
  at => renamedPairs(at, sameButForName(at, ['constraint', 'index', 'sequence'])),
];

/** Renames that are made one after the other. */
export function joined(...all: readonly Renamed[]): Renamed {
  return {
    changes: all.flatMap(({ changes }) => changes),
    there: all.flatMap(({ there }) => there),
    back: all.toReversed().flatMap(({ back }) => back),
  };
}

function renamedPairs(at: Place, pairs: readonly Pair[]): Renamed {
  return {
    changes: pairs.map(
      ({ from, to }): Change => ({
        sign: '~',
        ...renamed(to, from),
        touches: [nameOf(from), nameOf(to)],
        keys: [keyOf(from), keyOf(to)],
      }),
    ),
    there: pairs.flatMap(({ from, to }) => rename(at, from, to)),
    back: pairs.toReversed().flatMap(({ from, to }) => rename(at, to, from)),
  };
}

/** Objects of these kinds that differ only in their name, where only one is possible. */
function sameButForName(at: Place, kinds: readonly FactKind[]): Pair[] {
  const [removed, added] = onlyIn(at.from, at.to);
  return removed.flatMap(from => {
    if (!kinds.includes(from.kind)) return [];
    const alike = (facts: readonly Fact[]): Fact[] => facts.filter(one => isSame(one, from));
    const [to] = alike(added);
    return to && alike(added).length === 1 && alike(removed).length === 1 ? [{ from, to }] : [];
  });
}

interface RenamedValue {
  readonly fact: Fact;
  readonly from: string;
  readonly to: string;
}

/** Values of an enum that have another name in the same place. */
function renamedValues(at: Place): Renamed {
  const values = valuePairs(at);
  const value = ({ fact, from, to }: RenamedValue): string =>
    `alter type ${quotedName(at, fact)} rename value ${from} to ${to};`;
  return {
    changes: values.map(
      ({ fact, from, to }): Change => ({
        sign: '~',
        object: nameOf(fact),
        words: `${nameOf(fact)} ${to} renamed to ${from}`,
        touches: [nameOf(fact)],
        keys: [keyOf(fact)],
      }),
    ),
    there: values.map(value),
    back: values.map(({ fact, from, to }) => value({ fact, from: to, to: from })),
  };
}

function valuePairs({ from: expected, to: live }: Place): RenamedValue[] {
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

function rename(at: Place, from: Fact, to: Fact): string[] {
  const { kind, part } = from;
  if (kind === 'index')
    return [`alter index ${inSchema(from, part as string)} rename to ${quoteIdent(to.part as string)};`];
  const name = quotedName(at, from);
  if (part !== null)
    return [`alter table ${name} rename ${kind} ${quoteIdent(part)} to ${quoteIdent(to.part as string)};`];
  const noun = nounOf(kind);
  const [old, now] = [bare(from, at.defaultSchema), bare(to, at.defaultSchema)];
  return [
    ...(from.schema === to.schema
      ? []
      : [`alter ${noun} ${name} set schema ${quoteIdent(to.schema as string)};`]),
    ...(old === now ? [] : [`alter ${noun} ${inSchema(to, old)} rename to ${quoteIdent(now)};`]),
  ];
}
