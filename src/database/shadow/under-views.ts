import type { FactKey } from './effects.ts';
import type { Fact, Inventory } from './inventory.ts';
import { type ObjectSql, statementsBetween } from './statements.ts';
import type { Trial } from './trial.ts';

/** Statements that run because the views in their way are dropped first and created again after them. */
export interface UnderViews {
  readonly sql: readonly string[];
  /** Names of those views. */
  readonly views: readonly string[];
}

/** `feature_not_supported`: the type of a column that a view reads; `dependent_objects_still_exist`: the column itself. */
const inTheWay = new Set(['0A000', '2BP01']);

/**
 * PostgreSQL changes no column that a view reads. Where that is why statements fail, finds the views of their tables
 * and those on top of them.
 * @returns null when the statements fail for another reason, or still fail without the views
 */
export async function underViews(
  trial: Trial,
  statements: readonly string[],
  before: Inventory,
  defaultSchema: string,
): Promise<UnderViews | null> {
  const failure = await trial.apart(() => trial.run(statements));
  if (!failure?.sql || !inTheWay.has(failure.sql.sqlState ?? '')) return null;
  const views = before.filter(isView);
  const failed = failure.sql.statement ?? '';
  const named = before.filter(({ kind, name }) => kind === 'table' && names(failed, name));
  const found = new Map<string, Fact>();
  for (let below = named; below.length > 0; ) {
    const above = views.filter(
      view =>
        !found.has(view.name) &&
        below.some(({ name }) => names(view.is.definition ?? '', name)) &&
        !statements.some(one => /^\s*(create|drop)\b/i.test(one) && names(one, view.name)),
    );
    for (const view of above) found.set(view.name, view);
    below = above;
  }
  if (found.size === 0) return null;
  const without = before.filter(({ name }) => !found.has(name));
  const sql = [
    ...inOrder(statementsBetween(before, without, defaultSchema), found, true),
    ...statements,
    ...inOrder(statementsBetween(without, before, defaultSchema), found, false),
  ];
  const runs = await trial.apart(() => trial.run(sql));
  return runs === null ? { sql, views: [...found.keys()].sort() } : null;
}

const isView = ({ kind }: Fact): boolean => kind === 'view' || kind === 'materialized view';

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
