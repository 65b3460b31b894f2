import { Failure } from '../../foundation/failure.ts';
import type { Step } from '../../revisions/plans/plan.ts';
import { type LedgerTable, logRowSql, rowsSql } from '../ledger.ts';
import { withoutMarksStatement } from '../marks.ts';
import type { LoadedStep } from './context.ts';
import type { PipedResult, PipedStatement } from './pipeline.ts';
import { requireSql } from './require-sql.ts';

/** The run found a different state from the one in the plan. */
export function planChanged(message: string): Failure {
  return new Failure({
    code: 'plan-changed',
    message,
    next: 'Check migtui status, then run it again.',
  });
}

/** The query whose result `requireLedger` checks. The table must exist. */
export function ledgerStatement(table: LedgerTable, steps: readonly LoadedStep[]): PipedStatement {
  return {
    sql: `select count(distinct id)::text as total,
            coalesce(json_agg(distinct id) filter (where id in (select json_array_elements_text($1::json))), '[]')::text as found
       from ${ids(table)}`,
    parameters: [JSON.stringify(steps.map(step => step.revision))],
  };
}

/** The id of each row of the migrations table. */
const ids = (table: LedgerTable): string =>
  `(select case when right(name, 3) in ('.js', '.ts') then left(name, -3) else name end collate "C" as id
               from ${table.sql}) as applied`;

/**
 * Statements that fail unless the migrations table has exactly these revisions and no marks. Together they would
 * take the server longer. The table must exist.
 * @param applied from `appliedText`
 */
export function unchangedStatements(table: LedgerTable, applied: string): [PipedStatement, PipedStatement] {
  return [
    withoutMarksStatement(table),
    {
      sql: `select ${requireSql(
        `coalesce(json_agg(distinct id) filter (where id is not null)::text, '[]') = $1`,
        'the applied revisions have changed',
      )} from ${ids(table)}`,
      parameters: [applied],
    },
  ];
}

/** Revisions as PostgreSQL's `json_agg` prints them in the order of collation C. */
export function appliedText(applied: Iterable<string>): string {
  const sorted = [...new Set(applied)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `[${sorted.map(id => JSON.stringify(id)).join(', ')}]`;
}

/**
 * Reads what changes with every row of the migrations table and with its comment, as one text: much faster than
 * `ledgerStatement` and `marksStatement` on a long table. The table must exist.
 */
export function contentStatement(table: LedgerTable): PipedStatement {
  return { sql: `select ${content} as content from ${table.sql}`, parameters: [table.sql] };
}

/** A statement that fails unless `contentStatement` would return this. The table must exist. */
export function sameContentStatement(table: LedgerTable, expected: string): PipedStatement {
  return {
    sql: `select ${requireSql(`${content} = $2`, 'the migrations table has changed')} from ${table.sql}`,
    parameters: [table.sql, expected],
  };
}

const content = `concat_ws(' ', count(*), sum(hashtextextended(name, 0)), obj_description($1::regclass, 'pg_class'))`;

/**
 * Checks the migrations table inside the batch, after its lock: are these steps still to be done, and is
 * everything else unchanged?
 * @param expected the applied set before this batch, according to the plan
 * @throws Failure `plan-changed`
 */
export function requireLedger(
  answer: PipedResult | undefined,
  steps: readonly LoadedStep[],
  expected: ReadonlySet<string>,
): void {
  const { total, found: names } = answer?.rows[0] ?? {};
  const found = new Set(JSON.parse(names ?? '[]') as string[]);
  for (const { revision } of steps) {
    if (found.has(revision) === expected.has(revision)) continue;
    throw planChanged(
      found.has(revision)
        ? `${revision} was applied by another session meanwhile; nothing in this batch was run.`
        : `${revision} was undone by another session meanwhile; nothing in this batch was run.`,
    );
  }
  if (Number(total ?? 0) !== expected.size) {
    throw planChanged(
      `${total ?? 0} revisions are applied now, the plan was made for ${expected.size}; nothing in this batch was run.`,
    );
  }
}

/** Writes or deletes the log row of a step, like MikroORM's storage, and its related rows. */
export function logRowStatement(table: LedgerTable, step: Step): PipedStatement {
  return { sql: logRowSql(table, step) };
}

/** The rows that belong to a step's row; null if there are none. */
export function rowsBesideSql(table: LedgerTable, { action, with: others = [] }: Step): string | null {
  return others.length === 0 ? null : rowsSql(table, action, others);
}
