import { keyOf } from './effects.ts';
import { type Fact, type Inventory, isView } from './inventory.ts';
import { runInRounds } from './rounds.ts';
import { withoutSchemaName } from './statements/names.ts';
import { statementsBetween } from './statements.ts';
import type { Trial } from './trial.ts';

/** Statements that create again what a cascade dropped. */
export interface CreatedAgain {
  readonly sql: readonly string[];
  /** What they create: `view names`. */
  readonly again: readonly string[];
}

/**
 * MikroORM changes a view by `drop view … cascade`, which drops the views that read it. Those that no statement drops by
 * name are created again as they were.
 * @param after the schema after the statements
 */
export async function lostViews(
  trial: Trial,
  statements: readonly string[],
  before: Inventory,
  after: Inventory,
  defaultSchema: string,
): Promise<CreatedAgain> {
  if (!statements.some(one => /\bcascade\b/i.test(one))) return { sql: [], again: [] };
  const left = new Set(after.map(keyOf));
  const lost = new Set(
    before
      .filter(fact => isView(fact) && !left.has(keyOf(fact)) && !isDropped(fact, statements))
      .map(({ name }) => name),
  );
  if (lost.size === 0) return { sql: [], again: [] };
  const missing = before.filter(fact => lost.has(fact.name) && !left.has(keyOf(fact)));
  return trial.apart(async () => {
    await trial.run(statements);
    const { ran } = await runInRounds(trial, statementsBetween(after, [...after, ...missing], defaultSchema));
    const now = new Set((await trial.inventory()).map(keyOf));
    const again = before.filter(fact => isView(fact) && lost.has(fact.name) && now.has(keyOf(fact)));
    return { sql: ran.flatMap(({ sql }) => sql), again: again.map(({ kind, name }) => `${kind} ${name}`) };
  });
}

function isDropped(fact: Fact, statements: readonly string[]): boolean {
  const bare = withoutSchemaName(fact);
  const quoted = `"${bare.replaceAll('"', '""')}"`;
  return statements.some(one => {
    const start = /^\s*drop (?:materialized )?view (?:if exists )?/i.exec(one)?.[0];
    if (start === undefined) return false;
    const target = one
      .slice(start.length)
      .trim()
      .replace(/;$/, '')
      .replace(/ cascade$/i, '');
    return (
      target === quoted || target === bare || target.endsWith(`.${quoted}`) || target.endsWith(`.${bare}`)
    );
  });
}
