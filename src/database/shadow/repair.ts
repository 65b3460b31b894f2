import { quoteIdent } from '../quote.ts';
import { type Change, changesBetween, type FactKey, keyOf } from './effects.ts';
import { rolesIn } from './grant-statements.ts';
import type { Fact, Inventory } from './inventory.ts';
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
  const wanted = byKey(expected);
  for (const role of rolesOf([...live, ...expected])) await trial.run([`create role ${role}`]);
  const notMade = new Set<FactKey>();
  const statements = statementsBetween(expected, live, defaultSchema);
  const blocked = await runAll(trial, statements);
  for (const { keys } of blocked) for (const key of keys) notMade.add(key);
  const made = byKey(ours(await trial.inventory()));
  const actual = live.map(fact => {
    const key = keyOf(fact);
    const [there, here] = [wanted.get(key), made.get(key)];
    const alike = there && here && !notMade.has(key) && same(there, here) && onlyWritten(fact, there);
    return alike ? there : fact;
  });
  const none: ReadonlySet<string> = new Set();
  const nothing: Repair = { changes: [], sql: [], without: none, keep: [], notKept: none };
  if (changesBetween(actual, expected, { renames: false }).length === 0) return nothing;

  const tried = statementsBetween(actual, expected, defaultSchema);
  const failed = new Set((await runAll(trial, tried)).flatMap(({ keys }) => keys));
  const after = byKey(ours(await trial.inventory()));
  // a dump writes what it restores in other words: both definitions, made anew, come to the same
  const meant = (fact: Fact): Fact => {
    const key = keyOf(fact);
    const [there, here, again] = [wanted.get(key), made.get(key), after.get(key)];
    const both = there && here && again && onlyWritten(fact, there) && same(here, again);
    return both && fact !== there && !notMade.has(key) && !failed.has(key) ? there : fact;
  };
  const different = actual.map(meant);
  const changes = changesBetween(different, expected, { renames: false });
  if (changes.length === 0) return nothing;
  const alike = new Set(different.filter((fact, at) => fact !== actual[at]).map(keyOf));
  const repairs = tried.filter(({ keys }) => !keys.every(key => alike.has(key)));
  const back = (key: FactKey): boolean => {
    const [is, should] = [after.get(key), wanted.get(key)];
    return is && should ? same(is, should) : is === should;
  };
  const works = ({ keys }: ObjectSql): boolean =>
    keys.every(key => back(key) && !failed.has(key) && !notMade.has(key));
  const bad = new Set(repairs.filter(one => !works(one)).flatMap(({ keys }) => keys));
  const real = new Set(changes.flatMap(({ keys }) => keys));
  // An index whose build did not finish is not worth keeping.
  for (const fact of live) if (fact.is.invalid) notMade.add(keyOf(fact));
  const kept = statements.filter(
    ({ keys }) => keys.some(key => real.has(key)) && !keys.some(key => notMade.has(key)),
  );
  return {
    changes,
    keep: kept.flatMap(({ sql }) => sql),
    notKept: new Set(
      changes.filter(({ keys }) => keys.some(key => notMade.has(key))).map(({ object }) => object),
    ),
    sql: repairs.filter(works).flatMap(({ sql }) => sql),
    without: new Set(
      changes.filter(({ keys }) => keys.some(key => bad.has(key))).map(({ object }) => object),
    ),
  };
}

/** Runs each object's statements; returns those that fail or do not exist. */
async function runAll(trial: Trial, statements: readonly ObjectSql[]): Promise<ObjectSql[]> {
  let left = [...statements];
  // Statements that need another object that is changed later run the second time.
  for (let round = 0; round < 2 && left.length > 0; round++) {
    const failed: ObjectSql[] = [];
    for (const one of left) {
      if (one.sql.length === 0 || (await trial.run(one.sql)) !== null) failed.push(one);
    }
    if (failed.length === left.length) return failed;
    left = failed;
  }
  return left;
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
