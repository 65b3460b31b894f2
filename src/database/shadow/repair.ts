import { quoteIdent } from '../quote.ts';
import { type Change, changesBetween, type FactKey, keyOf } from './effects.ts';
import { rolesIn } from './grant-statements.ts';
import type { Fact, Inventory } from './inventory.ts';
import { Meanings } from './meaning.ts';
import { joined, type Renamed, renameSteps } from './repair-renames.ts';
import { runInRounds, type Tried } from './rounds.ts';
import { type ObjectSql, same, statementsBetween } from './statements.ts';
import type { Trial } from './trial.ts';

/** The changes that bring a database to an expected state. */
export interface Repair {
  /** From the database to the expected state. */
  readonly changes: readonly Change[];
  /** Tested: on a database with the same changes they lead to the expected state. */
  readonly sql: readonly string[];
  /** Objects in `changes` for which no SQL is known. */
  readonly without: ReadonlySet<string>;
  /** The reverse: from the expected state to the current one. */
  readonly keep: readonly string[];
  /** Reverts `keep`: those of `sql` that concern the same objects. */
  readonly revert: readonly string[];
  /** Objects in `changes` that no SQL can keep. */
  readonly notKept: ReadonlySet<string>;
}

/** Properties that server versions print differently. */
const written = new Set(['definition', 'default', 'generated', 'checks', 'partition by', 'partition of']);

/**
 * Finds the real differences between a live database and the scratch database of `trial`, which has the
 * expected schema. The scratch database is changed to match the live one: a change without effect there is
 * only printed differently by the live server. Then the SQL that restores the expected schema is tested.
 * @param ours removes what is not compared from an inventory
 */
export async function findRepair(
  trial: Trial,
  live: Inventory,
  expected: Inventory,
  defaultSchema: string,
  ours: (inventory: Inventory) => Inventory,
): Promise<Repair> {
  for (const role of rolesOf([...live, ...expected])) await trial.run([`create role ${role}`]);
  const made: Renamed[] = [];
  let asThere = expected;
  for (const find of renameSteps) {
    const found = find({ from: asThere, to: live, defaultSchema });
    if (found.there.length === 0 || (await trial.run(found.there)) !== null) continue;
    made.push(found);
    asThere = ours(await trial.inventory());
  }
  const rest = await repairOf(trial, live, asThere, defaultSchema, ours);
  if (made.length === 0) return rest;
  const renames = joined(...made);
  const works = (await trial.run(renames.back)) === null;
  return {
    ...rest,
    changes: [...renames.changes, ...rest.changes],
    sql: works ? [...rest.sql, ...renames.back] : rest.sql,
    keep: [...renames.there, ...rest.keep],
    revert: works ? [...rest.revert, ...renames.back] : rest.revert,
    without: works
      ? rest.without
      : new Set([...rest.without, ...renames.changes.map(({ object }) => object)]),
  };
}

/** The same for objects that have their expected names. */
async function repairOf(
  trial: Trial,
  actually: Inventory,
  expected: Inventory,
  defaultSchema: string,
  ours: (inventory: Inventory) => Inventory,
): Promise<Repair> {
  const wanted = byKey(expected);
  const meanings = await Meanings.load();
  const live = actually.map(fact => {
    const there = wanted.get(keyOf(fact));
    return there && onlyWritten(fact, there) && meanings.alike(fact, there) ? there : fact;
  });
  const { ran: statements, failed: blocked } = await runAll(
    trial,
    statementsBetween(expected, live, defaultSchema),
  );
  const made = byKey(ours(await trial.inventory()));
  const there = byKey(live);
  // One that failed may have been made by another.
  const notMade = new Set(keysOf(blocked).filter(key => !equal(made.get(key), there.get(key))));
  const actual = live.map(fact => {
    const key = keyOf(fact);
    const [should, here] = [wanted.get(key), made.get(key)];
    const alike =
      should && here && !notMade.has(key) && onlyWritten(fact, should) && meanings.alike(should, here);
    return alike ? should : fact;
  });
  const none: ReadonlySet<string> = new Set();
  const nothing: Repair = { changes: [], sql: [], without: none, keep: [], revert: [], notKept: none };
  if (changesBetween(actual, expected, { renames: false }).length === 0) return nothing;

  const all = statementsBetween(actual, expected, defaultSchema);
  const { tried, after } = await trial.apart(async () => {
    const { ran } = await runAll(trial, all);
    return { tried: ran, after: byKey(ours(await trial.inventory())) };
  });
  const madeAnew = new Set(keysOf(tried));
  // A restored dump may print a definition differently: created again, both definitions are equal.
  const meant = (fact: Fact): Fact => {
    const key = keyOf(fact);
    const [should, here, again] = [wanted.get(key), made.get(key), after.get(key)];
    const both = should && here && again && onlyWritten(fact, should) && meanings.alike(here, again);
    return both && fact !== should && !notMade.has(key) && madeAnew.has(key) ? should : fact;
  };
  const different = actual.map(meant);
  const changes = changesBetween(different, expected, { renames: false });
  if (changes.length === 0) return nothing;
  const alike = new Set(different.filter((fact, at) => fact !== actual[at]).map(keyOf));
  const isReal = ({ keys }: ObjectSql): boolean => !keys.every(key => alike.has(key));
  // What the scratch database could not be given may use an object that is to be dropped.
  const stuck = live.filter(fact => notMade.has(keyOf(fact)));
  const inUse = (key: FactKey): boolean => {
    const fact = stuck.length > 0 && !wanted.has(key) ? there.get(key) : undefined;
    const name = fact && ownName(fact);
    return (
      name !== undefined &&
      stuck.some(one => one !== fact && Object.values(one.is).some(text => text.includes(name)))
    );
  };
  // What the scratch database still has, unlike the live one: a statement that needs it runs only there.
  const onlyHere = [...notMade].flatMap(key => (there.has(key) ? [] : (made.get(key) ?? [])));
  const readsOnlyHere = ({ sql }: ObjectSql): boolean =>
    onlyHere.some(fact => sql.some(statement => statement.includes(ownName(fact))));
  const works = (one: ObjectSql): boolean =>
    !readsOnlyHere(one) &&
    one.keys.every(key => equal(after.get(key), wanted.get(key)) && !notMade.has(key) && !inUse(key));
  const repairs = await together(
    trial,
    tried.filter(one => isReal(one) && works(one)),
  );
  const done = byKey(ours(await trial.inventory()));
  const bad = new Set(
    keysOf(all.filter(isReal)).filter(
      key => !equal(done.get(key), wanted.get(key)) || notMade.has(key) || inUse(key),
    ),
  );
  // What the SQL changes besides.
  const told = new Set(changes.flatMap(({ keys }) => keys));
  const besides = changesBetween([...done.values()], expected, { renames: false }).filter(
    ({ keys }) => !keys.some(key => told.has(key) || notMade.has(key) || alike.has(key)),
  );
  for (const { keys } of besides) for (const key of keys) bad.add(key);
  // An index whose build did not finish is not worth keeping.
  const notKept = new Set([...notMade, ...live.filter(({ is }) => is.invalid).map(keyOf)]);
  const kept = statements.filter(
    ({ keys }) => keys.some(key => told.has(key)) && !keys.some(key => notKept.has(key)),
  );
  const objectsOf = (of: readonly Change[], keys: ReadonlySet<FactKey>): Set<string> =>
    new Set(of.filter(change => change.keys.some(key => keys.has(key))).map(({ object }) => object));
  return {
    changes: [...changes, ...besides],
    keep: kept.flatMap(({ sql }) => sql),
    notKept: objectsOf(changes, notKept),
    sql: repairs.flatMap(({ sql }) => sql),
    revert: repairs.filter(({ keys }) => !keys.some(key => notKept.has(key))).flatMap(({ sql }) => sql),
    without: objectsOf([...changes, ...besides], bad),
  };
}

/** The name of an object in its schema or table, without the arguments of a function. */
const ownName = ({ name, part }: Fact): string =>
  part ?? name.slice(name.lastIndexOf('.') + 1).replace(/\(.*$/s, '');

/** Runs the statements one after the other, without those that fail because others are missing. */
async function together(trial: Trial, statements: readonly ObjectSql[]): Promise<readonly ObjectSql[]> {
  const run: ObjectSql[] = [];
  for (const one of statements) if (one.follows || (await trial.run(one.sql)) === null) run.push(one);
  return run;
}

const keysOf = (statements: readonly ObjectSql[]): FactKey[] => statements.flatMap(({ keys }) => keys);

const equal = (a: Fact | undefined, b: Fact | undefined): boolean => (a && b ? same(a, b) : a === b);

/** Runs each object's statements; for those that fail, what loses more. */
async function runAll(trial: Trial, statements: readonly ObjectSql[]): Promise<Tried> {
  const { ran, failed: left } = await runInRounds(
    trial,
    statements.filter(({ follows }) => !follows),
  );
  // By now, no other object prevents one from being dropped and created again.
  const again: ObjectSql[] = [];
  const failed: ObjectSql[] = [];
  for (const one of left) {
    const sql = one.otherwise?.() ?? [];
    if (sql.length > 0 && (await trial.run(sql)) === null) again.push({ ...one, sql });
    else failed.push(one);
  }
  return { ran: [...ran, ...again, ...statements.filter(({ follows }) => follows)], failed };
}

function byKey(inventory: Inventory): Map<FactKey, Fact> {
  return new Map(inventory.map(fact => [keyOf(fact), fact]));
}

function onlyWritten(a: Fact, b: Fact): boolean {
  return Object.keys({ ...a.is, ...b.is }).every(key => a.is[key] === b.is[key] || written.has(key));
}

function rolesOf(facts: Inventory): Set<string> {
  return new Set(
    facts.flatMap(({ is }) => [
      ...(is.privileges ? rolesIn(is.privileges) : []),
      ...(is.owner ? [quoteIdent(is.owner)] : []),
    ]),
  );
}
