import type { Step } from '../revisions/plans/plan.ts';
import type { Batch, Warning } from '../values/run.ts';
import { enumValueWarnings } from './enum-values.ts';
import { type Statement, splitStatements } from './parse.ts';
import { endsTransaction, isConcurrent } from './traces.ts';

/**
 * Warnings about the transactions of a plan, before anything runs.
 * @param sql the statements of each step, as far as known
 * @param serverVersion such as `18.4`; null: unknown
 */
export async function batchWarnings(
  steps: readonly Step[],
  sql: readonly (readonly string[])[],
  batches: readonly Batch[],
  serverVersion: string | null = null,
): Promise<Warning[]> {
  const warnings: Warning[] = [];
  for (const batch of batches) {
    const parsed = await Promise.all(
      batch.steps.map(async index => {
        const revision = steps[index]?.revision ?? '';
        const texts = sql[index] ?? [];
        return { revision, texts, statements: await parseAll(texts) };
      }),
    );
    if (batch.transactional) {
      for (const { revision, texts, statements } of parsed) {
        warnings.push(...notInTransaction(revision, texts, statements));
      }
      warnings.push(...enumValueWarnings(parsed, serverVersion));
    } else {
      for (const { revision, texts } of parsed)
        warnings.push(...(await togetherConcurrently(revision, texts)));
    }
  }
  return warnings;
}

async function parseAll(texts: readonly string[]): Promise<Statement[]> {
  const statements = await Promise.all(texts.map(splitStatements));
  return statements.flatMap(one => one ?? []);
}

function notInTransaction(
  revision: string,
  texts: readonly string[],
  statements: readonly Statement[],
): Warning[] {
  const found = statements.map(cannotRunInside).find(Boolean);
  if (found) {
    return [
      {
        code: 'needs-no-transaction',
        message: `${found} cannot run inside a transaction: this revision will fail. Put it into a revision of its own whose isTransactional() returns false.`,
        revisions: [revision],
      },
    ];
  }
  if (texts.some(endsTransaction)) {
    return [
      {
        code: 'ends-transaction',
        message: 'It ends the transaction it runs in (commit or rollback): this revision will be refused.',
        revisions: [revision],
      },
    ];
  }
  return [];
}

/** A description of what PostgreSQL refuses inside a transaction block; null: nothing. */
export function cannotRunInside(statement: Statement): string | null {
  const { type, tree } = statement;
  if (isConcurrent(statement)) return `${verbs[type] ?? 'a statement'} concurrently`;
  if (type === 'VacuumStmt') return tree.is_vacuumcmd === true ? 'vacuum' : null;
  return fixed[type] ?? null;
}

const verbs: Readonly<Record<string, string>> = {
  IndexStmt: 'create index',
  DropStmt: 'drop index',
  ReindexStmt: 'reindex',
  AlterTableStmt: 'detach partition',
};

const fixed: Readonly<Record<string, string>> = {
  CreatedbStmt: 'create database',
  DropdbStmt: 'drop database',
  AlterSystemStmt: 'alter system',
  CreateTableSpaceStmt: 'create tablespace',
  DropTableSpaceStmt: 'drop tablespace',
};

/** Several statements in one string form an implicit transaction, which CONCURRENTLY does not allow. */
async function togetherConcurrently(revision: string, texts: readonly string[]): Promise<Warning[]> {
  for (const text of texts) {
    const statements = (await splitStatements(text)) ?? [];
    if (statements.length > 1 && statements.some(statement => cannotRunInside(statement) !== null)) {
      return [
        {
          code: 'needs-no-transaction',
          message:
            'A concurrent statement shares one addSql() call with others, which PostgreSQL runs as one transaction: this revision will fail. Give each its own addSql().',
          revisions: [revision],
        },
      ];
    }
  }
  return [];
}
