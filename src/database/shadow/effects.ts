import type { Effect } from '../../values/authoring.ts';
import { type Description, describe, nameOf, renamed } from './describe.ts';
import type { Fact, Inventory } from './inventory.ts';

/** A schema change, and the objects that it touches, for finding what two branches have in common. */
export interface Change extends Effect {
  readonly touches: readonly string[];
  /** The same objects, as named in inventories. */
  readonly keys: readonly FactKey[];
  /** Of an object that is in both: its properties before and after. */
  readonly properties?: { readonly from: Fact['is']; readonly to: Fact['is'] };
}

/**
 * Describes the changes between two inventories; a new or dropped table represents everything in it.
 * @param options `renames: false` if `after` was not created from `before`
 */
export function changesBetween(
  before: Inventory,
  after: Inventory,
  { renames: looking = true }: { renames?: boolean } = {},
): Change[] {
  const [old, now] = [indexed(before), indexed(after)];
  const added = after.filter(fact => !old.has(keyOf(fact)));
  const removed = before.filter(fact => !now.has(keyOf(fact)));
  const renames = looking ? renamesIn(removed, added) : [];
  const gone = new Set(removed.filter(isWhole).map(fact => fact.name));
  const come = new Set(added.filter(isWhole).map(fact => fact.name));
  const ofRenames = new Set(renames.flatMap(({ from, to }) => [from, to]));
  const changes: Change[] = [];
  const push = (
    sign: Effect['sign'],
    { object, words }: Description,
    touches: readonly Fact[],
    properties?: Change['properties'],
  ): void => {
    changes.push({
      sign,
      object,
      words,
      touches: [...new Set(touches.map(nameOf))],
      keys: touches.map(keyOf),
      ...(properties && { properties }),
    });
  };

  for (const fact of removed) {
    if (ofRenames.has(fact) || (fact.part !== null && gone.has(fact.name) && !isWhole(fact))) continue;
    const inside = before.filter(one => one.name === fact.name && one.part !== null);
    push('-', describe(fact), isWhole(fact) ? [fact, ...inside] : [fact]);
  }
  for (const fact of added) {
    if (ofRenames.has(fact) || (fact.part !== null && come.has(fact.name) && !isWhole(fact))) continue;
    push('+', describe(fact), [fact]);
  }
  for (const { from, to } of renames) push('~', renamed(from, to), [from, to]);
  for (const fact of after) {
    const earlier = old.get(keyOf(fact));
    const description = earlier && describe(fact, earlier);
    if (earlier && description && description.words !== '')
      push('~', description, [fact], { from: earlier.is, to: fact.is });
  }
  return changes.sort(byObject);
}

/** Only the displayed part. */
export function effectsOf(changes: readonly Change[]): Effect[] {
  return changes.map(({ sign, object, words }) => ({ sign, object, words }));
}

/**
 * Objects that several branches touch; a table created or dropped by one overlaps with every change in it by
 * another.
 */
export function sharedObjects(branches: readonly (readonly Change[])[]): string[] {
  const touched = branches.map(changes => new Set(changes.flatMap(change => change.touches)));
  const shared = new Set<string>();
  for (const [index, mine] of touched.entries()) {
    for (const theirs of touched.slice(index + 1)) {
      for (const object of mine) if (theirs.has(object)) shared.add(object);
      for (const [one, other] of [
        [mine, theirs],
        [theirs, mine],
      ] as const) {
        for (const object of one) {
          const table = /^table (.*)$/.exec(object)?.[1];
          if (
            table &&
            [...other].some(name => name.startsWith(`${table}.`) || name.startsWith(`${table} `))
          ) {
            shared.add(object);
          }
        }
      }
    }
  }
  return [...shared].sort();
}

/** What identifies an object in every inventory. */
export type FactKey = string & { readonly key: unique symbol };

function indexed(inventory: Inventory): Map<FactKey, Fact> {
  return new Map(inventory.map(fact => [keyOf(fact), fact]));
}

export function keyOf({ kind, name, part }: Fact): FactKey {
  return JSON.stringify([kind, name, part]) as FactKey;
}

/** A table or view: its columns, constraints, indexes and triggers are created and dropped with it. */
function isWhole({ kind }: Fact): boolean {
  return kind === 'table' || kind === 'view' || kind === 'materialized view';
}

/**
 * A renamed column keeps its number; a renamed table keeps its columns. Ambiguous cases remain a drop and an
 * addition.
 */
function renamesIn(removed: readonly Fact[], added: readonly Fact[]): { from: Fact; to: Fact }[] {
  const renames: { from: Fact; to: Fact }[] = [];
  const come = new Map(
    added.filter(({ kind }) => kind === 'column').map(fact => [`${fact.name} ${fact.position}`, fact]),
  );
  for (const from of removed) {
    const to = from.kind === 'column' ? come.get(`${from.name} ${from.position}`) : undefined;
    if (to && to.is.type === from.is.type) renames.push({ from, to });
  }
  const shape = (facts: readonly Fact[], table: string): string =>
    JSON.stringify(
      facts
        .filter(({ kind, name }) => kind === 'column' && name === table)
        .map(({ part, position, is }) => [part, position, is.type]),
    );
  const [old, now] = [removed, added].map(facts => facts.filter(({ kind }) => kind === 'table'));
  for (const from of old as Fact[]) {
    const alike = (now as Fact[]).filter(to => shape(added, to.name) === shape(removed, from.name));
    const candidates = (old as Fact[]).filter(
      other => shape(removed, other.name) === shape(removed, from.name),
    );
    const [to] = alike;
    if (to && alike.length === 1 && candidates.length === 1) renames.push({ from, to });
  }
  return renames;
}

function byObject(a: Effect, b: Effect): number {
  return a.object < b.object ? -1 : a.object > b.object ? 1 : a.sign < b.sign ? -1 : 1;
}
