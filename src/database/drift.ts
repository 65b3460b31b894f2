import type { MikroORM } from '@mikro-orm/core';
import type { DatabaseSchema } from '@mikro-orm/sql';
import type { Project } from '../project/project.ts';
import type { Effect } from '../values/authoring.ts';
import type { Connection } from './connection.ts';
import { wordsOfDifference } from './shadow/difference-words.ts';
import { changesBetween, effectsOf } from './shadow/effects.ts';
import { type Inventory, type InventoryScope, readInventory } from './shadow/inventory.ts';
import { findRepair } from './shadow/repair.ts';
import type { Trial } from './shadow/trial.ts';

/** The changes from one schema to another. */
export interface Difference {
  readonly effects: readonly Effect[];
  readonly sql: readonly string[];
}

/** The difference of a live database from what its revisions make. */
export interface Drift extends Difference {
  /** The other way: what a revision has to do that keeps the change. */
  readonly keep: readonly string[];
  /** Objects that no SQL keeps. */
  readonly notKept: readonly string[];
}

/** What may be left out of a comparison with the live database. */
export type LeftOut = 'owners' | 'grants';

/** Compares as MikroORM does, which forgives what PostgreSQL writes differently. Both schemas are used up. */
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
  return { sql, effects: sql.length > 0 ? wordsOfDifference(difference, defaultSchema) : [] };
}

/**
 * What would bring the live database to what a replay came to: everything that an inventory has, in the schemas that
 * the revisions use. The migrations table, migtui's journal, ignored tables, what extensions brought along and
 * extensions that no revision makes are left out.
 * @param trial works on a scratch database with what is expected
 */
export async function driftTo(
  project: Project,
  { orm }: Connection,
  scope: InventoryScope,
  expected: Inventory,
  trial: <T>(work: (trial: Trial) => Promise<T>) => Promise<T>,
  leftOut: readonly LeftOut[] = [],
): Promise<Drift> {
  const ours = whatIsOurs(project, scope, expected, leftOut);
  const [live, wanted] = [ours(await readInventory(orm, scope)), ours(expected)];
  if (changesBetween(live, wanted, { renames: false }).length === 0) {
    return { effects: [], sql: [], keep: [], notKept: [] };
  }
  const { changes, sql, without, keep, notKept } = await trial(trial =>
    findRepair(trial, live, wanted, scope.defaultSchema, ours),
  );
  const effects = effectsOf(changes).map(effect =>
    without.has(effect.object) ? { ...effect, words: `${effect.words} (no SQL for this)` } : effect,
  );
  return { effects, sql, keep, notKept: [...notKept] };
}

function whatIsOurs(
  project: Project,
  { defaultSchema }: InventoryScope,
  expected: Inventory,
  leftOut: readonly LeftOut[],
): (inventory: Inventory) => Inventory {
  // revisions that run in a schema of their own leave what is in public to others, unless they go there by name
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
    ...(leftOut.includes('grants') ? ['privileges', 'sequence privileges'] : []),
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

/** One statement a line, as MikroORM separates them. */
export function statementsOf(text: string): string[] {
  const statements: string[] = [];
  let open = '';
  for (const chunk of text.split(/;\n/)) {
    open += (open === '' ? '' : ';\n') + chunk;
    // inside a string literal
    if (open.split("'").length % 2 === 0) continue;
    const statement = open.trim();
    if (statement !== '') statements.push(statement.endsWith(';') ? statement : `${statement};`);
    open = '';
  }
  return statements;
}
