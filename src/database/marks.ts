import type { Action } from '../revisions/plans/plan.ts';
import type { Query } from './journal/table.ts';
import type { LedgerTable } from './ledger.ts';
import { quoteLiteral } from './quote.ts';

/*
 * A revision that started outside a transaction and has not finished must be recorded so that it survives a
 * kill, in every project, with or without a journal. The mark is stored in the comment of MikroORM's
 * migrations table: this creates no object, MikroORM and its diffs ignore the comment, dumps include it,
 * every role can read it, and it is removed when the revision is resolved.
 */

/** A revision that started outside a transaction. */
export interface Mark {
  readonly revision: string;
  readonly action: Action;
  readonly run: string;
  readonly since: string;
  readonly who: string;
  readonly error: string | null;
  /** Indexes that were already INVALID before it started. */
  readonly invalidBefore: readonly string[];
}

const opening = 'migtui: begun and not settled ';

/** The marks in the comment, and the rest of the comment. */
export interface Marks {
  readonly marks: readonly Mark[];
  readonly others: string;
  /** This role may change the comment: it owns the table. */
  readonly writable: boolean;
}

/** The query for the marks; `marksOf` reads its one row. */
export function marksStatement(table: LedgerTable): { sql: string; parameters: [string, string] } {
  return {
    sql: `select obj_description(c.oid, 'pg_class') as comment, pg_has_role(c.relowner, 'usage')::text as writable
       from pg_class c
      where c.relnamespace = (select oid from pg_namespace where nspname = $1) and c.relname = $2 and c.relkind in ('r', 'p')`,
    parameters: [table.schema, table.name],
  };
}

/** Fails if the table has marks. */
export function withoutMarksStatement(table: LedgerTable): { sql: string; parameters: [string, string] } {
  return {
    // A value that is not a boolean raises a server error.
    sql: `select description::boolean from pg_catalog.pg_description
       where objoid = $1::regclass and classoid = 'pg_catalog.pg_class'::regclass and objsubid = 0 and position($2 in description) > 0`,
    parameters: [table.sql, opening],
  };
}

export async function readMarks(query: Query, table: LedgerTable): Promise<Marks> {
  const { sql, parameters } = marksStatement(table);
  const [row] = await query<{ comment: string | null; writable: string }>(sql, parameters);
  return marksOf(row);
}

export function marksOf(
  row: { readonly comment?: string | null; readonly writable?: string | null } = {},
): Marks {
  const comment = row.comment ?? '';
  const at = comment.indexOf(opening);
  const others = (at < 0 ? comment : comment.slice(0, at)).trimEnd();
  return {
    marks: at < 0 ? [] : parse(comment.slice(at + opening.length)),
    others,
    writable: row.writable === 'true',
  };
}

/** Sets or replaces the mark of a revision. */
export async function setMark(query: Query, table: LedgerTable, mark: Mark): Promise<void> {
  const { marks, others } = await readMarks(query, table);
  await write(query, table, others, [...marks.filter(({ revision }) => revision !== mark.revision), mark]);
}

/** Removes the mark of a revision, if there is one. */
export async function clearMark(query: Query, table: LedgerTable, revision: string): Promise<void> {
  const { marks, others } = await readMarks(query, table);
  const rest = marks.filter(mark => mark.revision !== revision);
  if (rest.length < marks.length) await write(query, table, others, rest);
}

async function write(
  query: Query,
  table: LedgerTable,
  others: string,
  marks: readonly Mark[],
): Promise<void> {
  const ours = marks.length > 0 ? `${opening}${JSON.stringify(marks)}` : '';
  const comment = [others, ours].filter(Boolean).join('\n\n');
  await query(`comment on table ${table.sql} is ${comment ? quoteLiteral(comment) : 'null'}`);
}

function parse(text: string): Mark[] {
  try {
    const value = JSON.parse(text) as Mark[];
    return Array.isArray(value) ? value.filter(mark => typeof mark?.revision === 'string') : [];
  } catch {
    return [];
  }
}
