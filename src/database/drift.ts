import type { MikroORM } from '@mikro-orm/core';
import type { DatabaseSchema } from '@mikro-orm/sql';
import type { Project } from '../project/project.ts';
import type { Effect } from '../values/authoring.ts';
import type { Connection } from './connect/connection.ts';
import { nameOf } from './shadow/describe.ts';
import { describeDifference } from './shadow/describe-difference.ts';
import { changesBetween, effectsOf, keyOf } from './shadow/effects.ts';
import { type Inventory, type InventoryScope, readInventory } from './shadow/inventory.ts';
import { renamedTables } from './shadow/renamed-tables.ts';
import { findRepair } from './shadow/repair.ts';
import type { Trial } from './shadow/trial.ts';

/** The changes from one schema to another. */
export interface Difference {
  readonly effects: readonly Effect[];
  readonly sql: readonly string[];
}

/** The difference between a live database and the schema of its revisions. */
export interface Drift extends Difference {
  /** The reverse: the changes for a revision that keeps the drift. */
  readonly keep: readonly string[];
  /** Reverts `keep`. */
  readonly revert: readonly string[];
  /** Objects for which no SQL is known. */
  readonly notKept: readonly string[];
  /** Schemas of the live database that no revision uses, which are not compared. */
  readonly otherSchemas: readonly string[];
}

/** What a comparison with the live database can leave out. */
export type LeftOut = 'owners' | 'grants';

/**
 * Compares with MikroORM's comparator, which ignores notation differences in PostgreSQL. It modifies both
 * schemas.
 */
export function differenceBetween(
  { modules }: Project,
  orm: MikroORM,
  from: DatabaseSchema,
  to: DatabaseSchema,
): Difference {
  const platform = orm.em.getPlatform() as never as { getDefaultSchemaName(): string };
  const difference = new modules.sql.SchemaComparator(platform as never).compare(from, to);
  const { schema } = orm as unknown as {
    schema: { diffToSQL(difference: unknown, options: object): string };
  };
  const text = schema.diffToSQL(difference, { wrap: false, safe: false, dropTables: true });
  const sql = statementsOf(text);
  const defaultSchema = (orm.config.get('schema') as string | undefined) ?? platform.getDefaultSchemaName();
  return { sql, effects: sql.length > 0 ? describeDifference(difference, defaultSchema) : [] };
}

/**
 * The changes that bring the live database to the state of a replay: all objects of an inventory, in the
 * schemas that the revisions use. Leaves out the migrations table, migtui's journal, ignored tables, objects
 * of extensions, and extensions that no revision creates.
 * @param trial uses a scratch database with the expected schema
 */
export async function driftTo(
  project: Project,
  { orm }: Connection,
  scope: InventoryScope,
  expected: Inventory,
  trial: <T>(work: (trial: Trial) => Promise<T>) => Promise<T>,
  leftOut: readonly LeftOut[] = [],
): Promise<Drift> {
  const ours = comparedObjects(project, scope, expected, leftOut);
  const everything = await readInventory(orm, scope);
  const [live, wanted] = [ours(everything), ours(expected)];
  const otherSchemas = everything
    .filter(
      fact =>
        fact.kind === 'schema' && fact.name !== 'public' && !live.some(one => keyOf(one) === keyOf(fact)),
    )
    .map(({ name }) => name);
  if (changesBetween(live, wanted, { renames: false }).length === 0) {
    return { effects: [], sql: [], keep: [], revert: [], notKept: [], otherSchemas };
  }
  const { changes, sql, without, keep, revert, notKept } = await trial(trial =>
    findRepair(trial, live, wanted, scope.defaultSchema, ours),
  );
  const moved = movedAway(wanted, everything, live);
  const effects = effectsOf(changes).map(effect => {
    const there = effect.sign === '+' ? moved.get(effect.object) : undefined;
    const words = there ? `${effect.words} (empty: its rows are probably in ${there})` : effect.words;
    return { ...effect, words: without.has(effect.object) ? `${words} (no SQL for this)` : words };
  });
  return { effects, sql, keep, revert, notKept: [...notKept], otherSchemas };
}

/** Missing tables that are in a schema that is not compared, with their name there. */
function movedAway(wanted: Inventory, everything: Inventory, live: Inventory): Map<string, string> {
  const compared = new Set(live.map(keyOf));
  return new Map(
    renamedTables(wanted, everything)
      .filter(({ to }) => !compared.has(keyOf(to)))
      .map(({ from, to }) => [nameOf(from), to.name]),
  );
}

function comparedObjects(
  project: Project,
  { defaultSchema }: InventoryScope,
  expected: Inventory,
  leftOut: readonly LeftOut[],
): (inventory: Inventory) => Inventory {
  // Revisions that run in their own schema do not own the objects in public, unless they refer to public
  // explicitly.
  const schemas = new Set([
    defaultSchema,
    ...expected
      .filter(({ kind, name }) => kind !== 'schema' || name !== 'public')
      .map(({ schema }) => schema),
  ]);
  const extensions = new Set(expected.filter(({ kind }) => kind === 'extension').map(({ name }) => name));
  const { skipTables = [], skipViews = [] } = project.orm.config.get('schemaGenerator') as Record<
    string,
    (string | RegExp)[]
  >;
  const skipped = (patterns: readonly (string | RegExp)[], name: string): boolean =>
    patterns.some(one =>
      typeof one === 'string' ? [one, one.replace(/^public\./, '')].includes(name) : one.test(name),
    );
  const properties = [
    ...(leftOut.includes('owners') ? ['owner'] : []),
    ...(leftOut.includes('grants') ? ['privileges', 'sequence privileges', 'column privileges'] : []),
  ];
  return inventory =>
    inventory
      .filter(({ kind, schema, name, part }) => {
        if (kind === 'extension') return extensions.has(name);
        if (kind === 'default privileges' && leftOut.includes('grants')) return false;
        if (schema !== null && !schemas.has(schema)) return false;
        const view = kind === 'view' || kind === 'materialized view';
        return !skipped(view ? skipViews : kind === 'table' || part !== null ? skipTables : [], name);
      })
      .map(fact =>
        properties.some(key => key in fact.is)
          ? {
              ...fact,
              is: Object.fromEntries(Object.entries(fact.is).filter(([key]) => !properties.includes(key))),
            }
          : fact,
      );
}

/** One statement per line, as MikroORM separates them. */
export function statementsOf(text: string): string[] {
  const statements: string[] = [];
  let open = '';
  for (const chunk of text.split(/;\n/)) {
    open += (open === '' ? '' : ';\n') + chunk;
    // Inside a string literal.
    if (open.split("'").length % 2 === 0) continue;
    const statement = open.trim();
    if (statement !== '') statements.push(statement.endsWith(';') ? statement : `${statement};`);
    open = '';
  }
  // MikroORM does not quote every default: what is left has a literal without an end.
  if (open.trim() !== '') statements.push(open.trim());
  return statements;
}
