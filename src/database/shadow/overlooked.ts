import { quoteIdent } from '../quote.ts';
import { type Change, changesBetween, type FactKey, keyOf } from './effects.ts';
import { outOfTheWay } from './in-the-way.ts';
import type { Fact, Inventory } from './inventory.ts';
import { statementsBetween } from './statements.ts';
import type { Trial } from './trial.ts';

/** The expected schema of the entities, to find what MikroORM does not generate. */
export interface Creation {
  /** SQL that creates everything in the entities. */
  readonly sql: readonly string[];
  /** Schemas in which it creates objects. */
  readonly schemas: readonly string[];
  readonly ignoredTypes: ReadonlySet<string>;
}

/** Entity changes that MikroORM does not generate. */
export interface Overlooked {
  /** Statements for them, which have run. */
  readonly sql: readonly string[];
  /** Descriptions of the changes with a statement. */
  readonly added: readonly string[];
  /** Descriptions of those without. */
  readonly missing: readonly string[];
  /** The schema after the statements. */
  readonly after: Inventory;
}

/** Properties in which MikroORM misses differences: it compares types and index expressions only by name. */
function overlookedIn({ kind, is }: Fact): string | undefined {
  if (kind === 'column') return is.type;
  if (kind === 'enum') return is.values;
  if (kind === 'index') return is.definition?.replace(/ WITH \([^()]*\)/, '');
  return undefined;
}

/** Creates everything in the entities next to the existing schema, and finds the differences. */
export async function findOverlooked(
  trial: Trial,
  now: Inventory,
  defaultSchema: string,
  { sql, schemas, ignoredTypes }: Creation,
): Promise<Overlooked> {
  const none = { sql: [], added: [], missing: [], after: now };
  const aside = (schema: string): string => `migtui_aside_${schema}`;
  const wanted = await trial.apart(async () => {
    const failure = await trial.run([
      ...schemas.flatMap(schema => [
        `alter schema ${quoteIdent(schema)} rename to ${quoteIdent(aside(schema))}`,
        `create schema ${quoteIdent(schema)}`,
      ]),
      // Existing extensions and handwritten functions are found in their schemas.
      `select set_config('search_path', ${schemas.length > 0 ? `'${[...schemas, ...schemas.map(aside)].map(quoteIdent).join(', ').replaceAll("'", "''")}'` : `current_setting('search_path')`}, true)`,
      ...sql.filter(statement => !/^create schema /i.test(statement)),
    ]);
    return failure === null ? await trial.inventory() : null;
  });
  if (!wanted) return none;
  const back = (text: string): string =>
    schemas.reduce((result, schema) => result.replaceAll(aside(schema), schema), text);
  const should = new Map(wanted.map(fact => [keyOf(fact), fact]));
  const target = now.map(fact => {
    const want = should.get(keyOf(fact));
    const [is, to] = [overlookedIn(fact), want && overlookedIn(want)];
    if (!want || to === undefined || is === back(to)) return fact;
    if (fact.kind === 'column' && ignoredTypes.has(`${fact.name}.${fact.part}`)) return fact;
    const property = fact.kind === 'column' ? 'type' : fact.kind === 'enum' ? 'values' : 'definition';
    return { ...fact, is: { ...fact.is, [property]: back(want.is[property] as string) } };
  });
  const changes = changesBetween(now, target);
  if (changes.length === 0) return none;
  const statements: string[] = [];
  const missing = new Set<FactKey>();
  for (const { keys, sql, follows } of statementsBetween(now, target, defaultSchema)) {
    if (follows) continue;
    const runs = sql.length > 0 && (await trial.run(sql)) === null;
    const free = runs || sql.length === 0 ? null : await outOfTheWay(trial, sql, now, defaultSchema);
    if (free) await trial.run(free.sql);
    if (runs || free) statements.push(...(free?.sql ?? sql));
    else for (const key of keys) missing.add(key);
  }
  const without = (change: Change): boolean => change.keys.some(key => missing.has(key));
  return {
    sql: statements,
    added: changes.filter(change => !without(change)).map(({ words }) => words),
    missing: changes.filter(without).map(({ words }) => words),
    after: await trial.inventory(),
  };
}
