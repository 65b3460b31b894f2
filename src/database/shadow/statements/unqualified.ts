import type { Fact, FactKind } from '../inventory.ts';
import { bare, oncePerPlace, type Place } from './names.ts';
import { withoutSchema } from './without-schema.ts';

/** What an unqualified name finds in `public` in any statement: PostgreSQL's own schema has none of these names. */
const found: ReadonlySet<FactKind> = new Set([
  'table',
  'view',
  'materialized view',
  'sequence',
  'enum',
  'domain',
  'type',
]);

/** The first words of a statement that creates something by a qualified name of its own. */
const head = /^(CREATE (?:OR REPLACE )?(?:FUNCTION|PROCEDURE|STATISTICS) )public\./;
const triggerFunction = /( EXECUTE (?:FUNCTION|PROCEDURE) )public\./;

/**
 * A statement that PostgreSQL wrote with an empty search_path, without `public.` before the objects of the inventory,
 * like all others that migtui writes: a revision also runs in the schemas of tenants. Functions that are called stay
 * qualified, because PostgreSQL may have one of the same name; so do objects of extensions.
 */
export function unqualified(at: Place, kind: FactKind, sql: string): string {
  if (!sql.includes('public')) return sql;
  const names = namesIn(at);
  const text = (kind === 'trigger' ? sql.replace(triggerFunction, '$1') : sql).replace(head, '$1');
  return withoutSchema(text, 'public', name => names.has(name));
}

const namesIn = oncePerPlace(
  at => new Set([...at.from, ...at.to].filter(isFound).map(fact => bare(fact, at.defaultSchema))),
);

const isFound = ({ kind, schema }: Fact): boolean => schema === 'public' && found.has(kind);
