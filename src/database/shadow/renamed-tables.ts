import { keyOf } from './effects.ts';
import type { Fact, Inventory } from './inventory.ts';
import { withoutSchemaName } from './statements/names.ts';
import { same } from './statements.ts';

/** An object under its expected name, and under its name in the live database. */
export interface Pair {
  readonly from: Fact;
  readonly to: Fact;
}

/** Objects that only one of two inventories has. */
export function onlyIn(expected: Inventory, live: Inventory): [removed: Fact[], added: Fact[]] {
  const [old, now] = [new Set(expected.map(keyOf)), new Set(live.map(keyOf))];
  return [expected.filter(fact => !now.has(keyOf(fact))), live.filter(fact => !old.has(keyOf(fact)))];
}

/** Less likeness of two tables is a coincidence. */
const enough = 0.6;

/**
 * Tables with another name or schema. Their columns may have been renamed as well, or some added or dropped.
 * Where several tables are equally likely, none is.
 */
export function renamedTables(expected: Inventory, live: Inventory): Pair[] {
  const [removed, added] = onlyIn(expected, live);
  const [old, now] = [removed, added].map(facts => facts.filter(({ kind }) => kind === 'table')) as [
    Fact[],
    Fact[],
  ];
  const likely = old
    .flatMap(from => now.map(to => ({ from, to, score: likeness(from, to, removed, added) })))
    .filter(({ score }) => score >= enough);
  return likely.filter(one =>
    likely.every(
      other => other === one || (other.from !== one.from && other.to !== one.to) || other.score < one.score,
    ),
  );
}

/** The columns of the table of a fact. */
const columns = (facts: readonly Fact[], { name }: Fact): Fact[] =>
  facts.filter(fact => fact.kind === 'column' && fact.name === name);

/** From 0 to 1: how many columns are the same; more if the tables have something else in common. */
function likeness(from: Fact, to: Fact, removed: readonly Fact[], added: readonly Fact[]): number {
  const [old, now] = [columns(removed, from), columns(added, to)];
  const points = old.map(column => {
    const twin = now.find(({ part }) => part === column.part);
    if (twin) return twin.is.type === column.is.type ? 1 : 0.5;
    const there = now.find(({ position }) => position === column.position);
    const taken = there && old.some(({ part }) => part === there.part);
    return there && !taken && there.is.type === column.is.type ? 0.5 : 0;
  });
  const most = Math.max(old.length, now.length);
  const alike = most === 0 ? 1 : points.reduce((sum: number, one) => sum + one, 0) / most;
  const isSameName = withoutSchemaName(from) === withoutSchemaName(to);
  return alike + (same(from, to) ? 0.01 : 0) + (isSameName ? 0.1 : 0);
}

/**
 * Columns with another name. A column keeps its number when it is renamed; in a restored dump the numbers may
 * differ, and then the only column of its kind is the one.
 */
export function renamedColumns(expected: Inventory, live: Inventory): Pair[] {
  const [removed, added] = onlyIn(expected, live);
  const there = new Map(live.map(fact => [keyOf(fact), fact]));
  return removed.flatMap(from => {
    // The columns of partitions follow.
    if (from.kind !== 'column' || from.is.inherited) return [];
    const [gone, come] = [columns(removed, from), columns(added, from)];
    const common = columns(expected, from).filter(fact => there.has(keyOf(fact)));
    const numbered = common.every(fact => there.get(keyOf(fact))?.position === fact.position);
    const sameType = (to: Fact): boolean => to.is.type === from.is.type;
    const [to, ...others] = numbered
      ? come.filter(fact => fact.position === from.position && (common.length > 0 || sameType(fact)))
      : come.filter(sameType);
    const only =
      to &&
      others.length === 0 &&
      (numbered || gone.filter(fact => fact.is.type === from.is.type).length === 1);
    return only ? [{ from, to }] : [];
  });
}
