import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { MikroORM } from '@mikro-orm/core';
import { Failure } from '../../foundation/failure.ts';
import { type Statement, splitStatements } from '../../safety/parse.ts';
import { sqlFailure } from '../sql-failure.ts';

/** The schema of a database before its first revision: loaded into every shadow before a replay. */
export interface Baseline {
  /** Absolute. */
  readonly path: string;
  /** The file's text, also of a dump. */
  readonly text: string;
  /** SHA-256, hex, of the text. */
  readonly key: string;
}

/**
 * Reads a baseline: SQL, or the output of `pg_dump --schema-only`.
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
 * Runs a baseline on an empty database. Rows, owners and privileges are ignored: the shadow has neither the
 * rows nor the roles, and only the schema matters.
 * @param root of the project, for messages
 * @throws Failure `baseline-broken` if it does not parse or run
 */
export async function loadBaseline(orm: MikroORM, { path, text }: Baseline, root: string): Promise<void> {
  const file = relative(root, path);
  const statements = await splitStatements(withoutPsql(text));
  if (statements === null) {
    throw new Failure({
      code: 'baseline-broken',
      message: `The baseline ${file} is not valid PostgreSQL.`,
      next: 'Create it with: pg_dump --schema-only --no-owner --no-privileges',
    });
  }
  const connection = orm.em.getConnection();
  // In one transaction, so that the session settings of a dump apply to all of it.
  await connection.transactional(async tx => {
    for (const { text } of statements.filter(isSchema)) {
      await connection.execute(text, [], 'run', tx).catch((error: unknown) => {
        throw doesNotRun(file, text, error);
      });
    }
    // Such as an empty search_path.
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

/** Removes psql commands: `\connect`, `\restrict`, and the rows after `copy … from stdin`. */
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

/** Changes the schema, or the settings for reading names. */
function isSchema({ type, tree, text }: Statement): boolean {
  if (leftOut.has(type)) return false;
  // `alter table … owner to` is a statement of tables, but old dumps use it for other objects too.
  if (type === 'AlterTableStmt') return !/^alter\s[^;]*\sowner\s+to\s+\S+$/i.test(text.trim());
  if (type === 'SelectStmt') return /\bset_config\b/.test(text);
  return !(type === 'CommentStmt' && tree.objtype === 'OBJECT_EXTENSION');
}
