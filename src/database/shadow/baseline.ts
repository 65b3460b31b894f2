import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { MikroORM } from '@mikro-orm/core';
import { Failure } from '../../foundation/failure.ts';
import { type Statement, splitStatements } from '../../safety/parse.ts';
import { sqlFailure } from '../sql-failure.ts';

/** What a database had before its first revision: loaded into every shadow before anything is replayed. */
export interface Baseline {
  /** Absolute. */
  readonly path: string;
  /** The file's text; a dump's too. */
  readonly text: string;
  /** SHA-256, hex, of the text. */
  readonly key: string;
}

/**
 * Reads a baseline: SQL, or what `pg_dump --schema-only` writes.
 * @throws Failure `baseline-missing` | `baseline-broken`
 */
export function readBaseline(path: string): Baseline {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new Failure(
      {
        code: 'baseline-missing',
        message: `The baseline ${path} cannot be read: ${(error as Error).message}`,
        next: 'Correct --baseline, or shadow.baseline in the settings.',
      },
      { cause: error },
    );
  }
  if (bytes.subarray(0, 5).toString('latin1') === 'PGDMP' || bytes.includes(0)) {
    throw new Failure({
      code: 'baseline-broken',
      message: `The baseline ${path} is a dump in PostgreSQL's custom format; it must be SQL.`,
      next: `Convert it to SQL: pg_restore --schema-only --no-owner --no-privileges -f baseline.sql ${path}`,
    });
  }
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  return { path, text, key: createHash('sha256').update(text).digest('hex') };
}

/**
 * Runs a baseline on an empty database. Rows, owners and privileges are left out: the shadow has neither the rows nor
 * the roles, and only the schema counts.
 * @param root of the project, for messages
 * @throws Failure `baseline-broken` where it does not parse or does not run
 */
export async function loadBaseline(orm: MikroORM, { path, text }: Baseline, root: string): Promise<void> {
  const file = relative(root, path);
  const statements = await splitStatements(withoutPsql(text));
  if (statements === null) {
    throw new Failure({
      code: 'baseline-broken',
      message: `The baseline ${file} is not valid PostgreSQL.`,
      next: 'Make it with: pg_dump --schema-only --no-owner --no-privileges',
    });
  }
  const connection = orm.em.getConnection();
  // one transaction, so that what a dump sets for its session holds for all of it
  await connection.transactional(async tx => {
    for (const { text } of statements.filter(isSchema)) {
      await connection.execute(text, [], 'run', tx).catch((error: unknown) => {
        throw doesNotRun(file, text, error);
      });
    }
    // such as an empty search_path
    await connection.execute('reset all', [], 'run', tx);
  });
}

function doesNotRun(file: string, statement: string, error: unknown): Failure {
  const { info } = sqlFailure(error, statement);
  return new Failure(
    {
      ...info,
      code: 'baseline-broken',
      message: `The baseline ${file} does not run on the shadow: ${info.message}`,
      next: 'Remove what the shadow does not support, or rehearse on a server that has it (--shadow).',
    },
    { cause: error },
  );
}

/** Without what psql does itself: `\connect`, `\restrict`, and the rows behind `copy … from stdin`. */
function withoutPsql(text: string): string {
  const kept: string[] = [];
  let inRows = false;
  for (const line of text.split(/\r?\n/)) {
    if (inRows) inRows = line !== '\\.';
    else if (/^\\[a-z]/i.test(line)) continue;
    else if (/^copy\b.*\bfrom stdin\b.*;\s*$/i.test(line)) inRows = true;
    else kept.push(line);
  }
  return kept.join('\n');
}

const leftOut = new Set([
  'AlterOwnerStmt',
  'GrantStmt',
  'GrantRoleStmt',
  'AlterDefaultPrivilegesStmt',
  'CreateRoleStmt',
  'AlterRoleStmt',
  'AlterRoleSetStmt',
  'CreatedbStmt',
  'AlterDatabaseStmt',
  'AlterDatabaseSetStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'CopyStmt',
  'TransactionStmt',
  'CreatePublicationStmt',
  'CreateSubscriptionStmt',
]);

/** Makes something of the schema, or says how names are read on the way. */
function isSchema({ type, tree, text }: Statement): boolean {
  if (leftOut.has(type)) return false;
  // `alter table … owner to` is a table's statement, and old dumps write it for everything
  if (type === 'AlterTableStmt') return !/^alter\s[^;]*\sowner\s+to\s+\S+$/i.test(text.trim());
  if (type === 'SelectStmt') return /\bset_config\b/.test(text);
  return !(type === 'CommentStmt' && tree.objtype === 'OBJECT_EXTENSION');
}
