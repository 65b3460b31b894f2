import type { FactKey } from './effects.ts';
import { type Fact, type Inventory, isView } from './inventory.ts';
import { type ObjectSql, statementsBetween } from './statements.ts';
import type { Trial } from './trial.ts';

/** Statements that failed, and run if the objects that block them are dropped first and recreated after them. */
export interface OutOfTheWay {
  readonly sql: readonly string[];
  /** What is dropped: `view names`, `generated column users.full_name`. */
  readonly again: readonly string[];
}

/** `feature_not_supported`: the type of a column that a view reads; `dependent_objects_still_exist`: the column itself. */
const inTheWay = new Set(['0A000', '2BP01']);

/**
 * PostgreSQL changes no column that a view or a generated column reads. Where that is why statements fail, drops these
 * before them and creates them again after them.
 * @returns null when the statements fail for another reason, or still fail
 */
export async function outOfTheWay(
  trial: Trial,
  statements: readonly string[],
  before: Inventory,
  defaultSchema: string,
): Promise<OutOfTheWay | null> {
  let result: OutOfTheWay = { sql: statements, again: [] };
  for (;;) {
    const failure = await trial.apart(() => trial.run(result.sql));
    if (failure === null) return result.again.length > 0 ? result : null;
    if (!failure.sql || !inTheWay.has(failure.sql.sqlState ?? '')) return null;
    const failed = failure.sql.statement ?? '';
    const more =
      withoutViews(failed, result.sql, before, defaultSchema) ??
      (await withoutGenerated(trial, failed, result.sql, before, defaultSchema));
    // Nothing is dropped twice, so this ends.
    if (!more || more.again.every(object => result.again.includes(object))) return null;
    result = { sql: more.sql, again: [...new Set([...result.again, ...more.again])] };
  }
}

/** Without the views of the tables that the failed statement names, and those on top of them. */
function withoutViews(
  failed: string,
  statements: readonly string[],
  before: Inventory,
  defaultSchema: string,
): OutOfTheWay | null {
  const views = before.filter(isView);
  const named = before.filter(({ kind, name }) => kind === 'table' && names(failed, name));
  const found = new Map<string, Fact>();
  for (let below = named; below.length > 0; ) {
    const above = views.filter(
      view =>
        !found.has(view.name) &&
        below.some(({ name }) => names(view.is.definition ?? '', name)) &&
        !statements.some(
          // up to what a new view reads
          one => /^\s*(create|drop)\b/i.test(one) && names(one.split(/\sas\s/i)[0] as string, view.name),
        ),
    );
    for (const view of above) found.set(view.name, view);
    below = above;
  }
  if (found.size === 0) return null;
  const without = before.filter(({ name }) => !found.has(name));
  const isOldView = (statement: string): boolean => /^\s*drop (materialized )?view\b/i.test(statement);
  const others = statements.filter(one => !isOldView(one));
  // A new view may read those that are created again.
  const firstView = others.findIndex(one => /^\s*create (materialized )?view\b/i.test(one));
  const end = firstView < 0 ? others.length : firstView;
  return {
    sql: [
      ...statements.filter(isOldView),
      ...inOrder(statementsBetween(before, without, defaultSchema), found, true),
      ...others.slice(0, end),
      ...inOrder(statementsBetween(without, before, defaultSchema), found, false),
      ...others.slice(end),
    ],
    again: [...found.keys()].sort().map(name => `view ${name}`),
  };
}

/** Without the generated columns of the table that the failed statement names. */
async function withoutGenerated(
  trial: Trial,
  failed: string,
  statements: readonly string[],
  before: Inventory,
  defaultSchema: string,
): Promise<OutOfTheWay | null> {
  const tables = before.filter(({ kind, name }) => kind === 'table' && names(failed, name));
  const generated = before.filter(
    ({ kind, name, is }) => kind === 'column' && is.generated && tables.some(table => table.name === name),
  );
  if (generated.length === 0) return null;
  const drops = statementsBetween(
    before,
    before.filter(fact => !generated.includes(fact)),
    defaultSchema,
  ).flatMap(({ sql }) => sql);
  // Their indexes and constraints are dropped with them.
  const left = await trial.apart(async () => ((await trial.run(drops)) === null ? trial.inventory() : null));
  if (left === null) return null;
  const again = statementsBetween(left, before, defaultSchema).flatMap(({ sql }) => sql);
  return {
    sql: [...drops, ...statements, ...again],
    again: generated.map(({ name, part }) => `generated column ${name}.${part}`),
  };
}

/** What stands on another view is dropped before it, and created after it. */
function inOrder(
  statements: readonly ObjectSql[],
  found: ReadonlyMap<string, Fact>,
  topFirst: boolean,
): string[] {
  const levels = [...found.keys()];
  const levelOf = ({ keys }: ObjectSql): number =>
    levels.indexOf((JSON.parse(keys[0] as FactKey) as string[])[1] as string);
  const sorted = [...statements].sort((a, b) => levelOf(a) - levelOf(b));
  return (topFirst ? sorted.reverse() : sorted).flatMap(({ sql }) => sql);
}

/** Whether a statement has a name as a word of its own. */
function names(statement: string, name: string): boolean {
  const bare = name.slice(name.lastIndexOf('.') + 1).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w$])${bare}(?![\\w$])`).test(statement);
}
