import type { MigrationSql } from '../../project/entities.ts';
import { type Change, changesBetween, type FactKey, keyOf } from './effects.ts';
import { outOfTheWay } from './in-the-way.ts';
import type { Fact, Inventory } from './inventory.ts';
import { lostViews } from './lost-views.ts';
import { type Creation, findOverlooked } from './overlooked.ts';
import { runInRounds } from './rounds.ts';
import { withoutSchemaName } from './statements/names.ts';
import { same, statementsBetween } from './statements.ts';
import { castThroughText } from './through-text.ts';
import type { Trial } from './trial.ts';

/** Generated SQL after testing. */
export interface Refined {
  readonly sql: MigrationSql;
  /** The effects of `sql.up` in PostgreSQL; null if it does not run. */
  readonly changes: readonly Change[] | null;
  /** Statements without effect that were removed. */
  readonly dropped: number;
  /** Descriptions of changes in `sql` that MikroORM did not generate. */
  readonly added: readonly string[];
  /** Descriptions of entity changes for which no SQL is known. */
  readonly missing: readonly string[];
  /** Descriptions of what `sql.down` does not restore. */
  readonly notRestored: readonly string[];
}

/**
 * Tests generated SQL: statements without effect are removed, changes that MikroORM misses are added, and the
 * downgrade is tested and corrected if possible.
 */
export async function refine(
  trial: Trial,
  sql: MigrationSql,
  defaultSchema: string,
  creation: Creation | null,
): Promise<Refined> {
  const before = await trial.inventory();
  const unchanged = { sql, changes: null, dropped: 0, added: [], missing: [], notRestored: [] };
  const wanted = sql.up.filter(statement => statement !== '');
  const {
    statements: up,
    result: all,
    again,
  } = wanted.length > 0
    ? await adjusted(trial, wanted, before, defaultSchema)
    : { statements: wanted, result: before, again: [] };
  if (all === null) return unchanged;
  // what is dropped and created again is what it was before, and still has to be
  const kept = again.length > 0 ? up : await effective(trial, up, before, all);
  if (kept.length > 0) await trial.run(kept);
  const {
    sql: more,
    added,
    missing,
    after,
  } = creation
    ? await findOverlooked(trial, all, defaultSchema, creation)
    : { sql: [], added: [], missing: [], after: all };
  const final = [...kept, ...more];
  if (final.length === 0) {
    return { ...unchanged, sql: { up: [], down: [] }, changes: [], dropped: up.length, missing };
  }
  const down = await reversal(trial, sql.down, before, after, defaultSchema);
  return {
    sql: {
      up: up === wanted && kept.length === up.length && more.length === 0 ? sql.up : final,
      down: [...down.sql],
    },
    changes: changesBetween(before, after),
    dropped: up.length - kept.length,
    added: [
      ...again.map(
        object => `${object} is dropped and created again, because it depends on a changed object`,
      ),
      ...added,
    ],
    missing,
    notRestored: down.notRestored,
  };
}

/**
 * Compares once more, with the result of the generated SQL: MikroORM creates some objects in another way than it
 * compares them, such as the key of a table that inherits from another entity's table.
 * @param refined the tested SQL, which has not run in `trial`
 * @param generatedDown the downgrade before it was tested
 * @param compare generates SQL from the current state of `trial`
 */
export async function refineResult(
  trial: Trial,
  refined: Refined,
  generatedDown: readonly string[],
  compare: () => Promise<readonly string[]>,
  defaultSchema: string,
): Promise<Refined> {
  const { up } = refined.sql;
  if (refined.changes === null || up.length === 0) return refined;
  const before = await trial.inventory();
  if ((await trial.run(up.filter(statement => statement !== ''))) !== null) return refined;
  const wanted = [...(await compare())];
  if (wanted.length === 0) return refined;
  const { sql, changes } = await trial.apart(() =>
    refine(trial, { up: wanted, down: [] }, defaultSchema, null),
  );
  if (changes === null || changes.length === 0 || (await trial.run(sql.up)) !== null) return refined;
  const after = await trial.inventory();
  const back = await reversal(trial, generatedDown, before, after, defaultSchema);
  return {
    ...refined,
    sql: { up: [...up, ...sql.up], down: [...back.sql] },
    changes: changesBetween(before, after),
    notRestored: back.notRestored,
  };
}

/** Statements with the casts and dropped views that they need to run and that MikroORM does not generate. */
interface Adjusted {
  readonly statements: readonly string[];
  /** The schema after them; null if they still fail. */
  readonly result: Inventory | null;
  /** Views and generated columns that are dropped and created again. */
  readonly again: readonly string[];
}

async function adjusted(
  trial: Trial,
  statements: readonly string[],
  before: Inventory,
  defaultSchema: string,
): Promise<Adjusted> {
  const after = (sql: readonly string[]): Promise<Inventory | null> =>
    trial.apart(() => outcomeOf(trial, sql));
  const whole = async (sql: readonly string[], again: readonly string[] = []): Promise<Adjusted> => {
    const result = await after(sql);
    if (!result) return { statements: sql, result, again };
    const lost = await lostViews(trial, sql, before, result, defaultSchema);
    if (lost.sql.length === 0) return { statements: sql, result, again };
    const more = [...sql, ...lost.sql];
    return { statements: more, result: await after(more), again: [...again, ...lost.again] };
  };
  const plain = await whole(statements);
  if (plain.result) return plain;
  const cast = await castThroughText(trial, statements, before);
  if (cast) return whole(cast);
  const free = await outOfTheWay(trial, statements, before, defaultSchema);
  return free ? whole(free.sql, free.again) : plain;
}

async function outcomeOf(trial: Trial, statements: readonly string[]): Promise<Inventory | null> {
  return (await trial.run(statements)) === null ? await trial.inventory() : null;
}

/** The statements without those that have no effect or cancel each other out. */
async function effective(
  trial: Trial,
  statements: readonly string[],
  before: Inventory,
  after: Inventory,
): Promise<readonly string[]> {
  const changed = differing(before, after);
  if (changed.length === 0) return statements.some(writesRows) ? statements : [];
  // Statements that name nothing that changed are removed, if the rest has the same result.
  const named = statements.filter(
    statement => writesRows(statement) || changed.some(fact => mentions(statement, fact)),
  );
  if (named.length === statements.length) return statements;
  const come = await trial.apart(() => outcomeOf(trial, named));
  return come && differing(come, after).length === 0 ? named : oneByOne(trial, statements);
}

/** Groups statements by what they change, and removes groups without an effect. */
async function oneByOne(trial: Trial, statements: readonly string[]): Promise<readonly string[]> {
  return trial.apart(async () => {
    const start = await trial.inventory();
    const touched: Set<FactKey>[] = [];
    let last = start;
    for (const statement of statements) {
      await trial.run([statement]);
      const next = await trial.inventory();
      touched.push(new Set(differing(last, next).map(keyOf)));
      last = next;
    }
    const changed = new Set(differing(start, last).map(keyOf));
    let grown = true;
    while (grown) {
      grown = false;
      for (const keys of touched) {
        if (![...keys].some(key => changed.has(key))) continue;
        for (const key of keys) {
          if (changed.has(key)) continue;
          changed.add(key);
          grown = true;
        }
      }
    }
    return statements.filter(
      (statement, at) =>
        writesRows(statement) || [...(touched[at] as Set<FactKey>)].some(key => changed.has(key)),
    );
  });
}

/** Objects that differ; MikroORM ignores privileges, so a recreated view is the same view. */
function differing(before: Inventory, after: Inventory): Fact[] {
  const plain = (fact: Fact): Fact => {
    const { privileges, owner, ...is } = fact.is;
    return { ...fact, is };
  };
  const [old, now] = [before, after].map(facts => new Map(facts.map(fact => [keyOf(fact), plain(fact)]))) as [
    Map<FactKey, Fact>,
    Map<FactKey, Fact>,
  ];
  return [
    ...before.filter(fact => !now.has(keyOf(fact))),
    ...after.filter(fact => {
      const earlier = old.get(keyOf(fact));
      return !earlier || !same(earlier, plain(fact));
    }),
  ];
}

function mentions(statement: string, fact: Fact): boolean {
  const { part } = fact;
  const whole = statement.includes(withoutSchemaName(fact).replace(/\(.*$/s, ''));
  return part === null
    ? whole
    : statement.includes(part) && (whole || /^(drop|alter) index/i.test(statement));
}

/** Changes that an inventory does not contain are never removed. */
function writesRows(statement: string): boolean {
  return !/^\s*(alter|create|drop|comment)\b/i.test(statement);
}

/** A downgrade that was tested. */
export interface Reversal {
  readonly sql: readonly string[];
  /** Descriptions of what it does not restore. */
  readonly notRestored: readonly string[];
}

/** Tests the downgrade, starting after the upgrade, and completes it from the schema before. */
export async function reversal(
  trial: Trial,
  down: readonly string[],
  before: Inventory,
  after: Inventory,
  defaultSchema: string,
): Promise<Reversal> {
  const statements = down.filter(statement => statement !== '');
  const changed = differing(before, after);
  const named = statements.filter(
    statement => writesRows(statement) || changed.some(fact => mentions(statement, fact)),
  );
  const { statements: adapted, result: whole } = await adjusted(trial, named, after, defaultSchema);
  if (whole && differing(before, whole).length === 0) {
    return {
      sql: adapted === named && named.length === statements.length ? [...down] : [...adapted],
      notRestored: [],
    };
  }
  const result: string[] = [];
  for (const statement of adapted) if ((await trial.run([statement])) === null) result.push(statement);
  const come = await trial.inventory();
  const { ran } = await runInRounds(trial, statementsBetween(come, before, defaultSchema));
  result.push(...ran.flatMap(({ sql }) => sql));
  const left = changesBetween(await trial.inventory(), before, { renames: false });
  return { sql: result, notRestored: left.map(({ sign, words }) => `${sign} ${words}`) };
}
