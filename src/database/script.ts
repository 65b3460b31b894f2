import type { Project } from '../project/project.ts';
import type { Plan, Step } from '../revisions/plans/plan.ts';
import { type Statement, splitStatements } from '../safety/parse.ts';
import type { Batch } from '../values/run.ts';
import { logRowSql } from './ledger.ts';
import { quoteIdent, quoteLiteral } from './quote.ts';
import {
  checkBatch,
  checkStart,
  checkStrict,
  oneLine,
  type ScriptStart,
  type ScriptStrict,
} from './script-checks.ts';

/** The input of a SQL script. */
export interface ScriptInput extends ScriptStart {
  readonly project: Project;
  readonly plan: Plan;
  readonly batches: readonly Batch[];
  /** The statements of each step, as they would be sent; empty for steps that only write a row. */
  readonly sql: readonly (readonly string[])[];
  /** Rules that must not be violated on the database. */
  readonly strict: ScriptStrict;
  /** Why the script has no steps or ends before its target, and how to continue; empty if it does not. */
  readonly ending: readonly string[];
  /** ms */
  readonly lockTimeout: number;
}

/**
 * The plan as a script for `psql -v ON_ERROR_STOP=1`: the same statements in the same transactions with the
 * same log rows as a run, and a check before each batch that its revisions are still pending. Does not
 * connect.
 */
export async function scriptFor(input: ScriptInput): Promise<string> {
  const { plan, batches, from, ending } = input;
  const parts = [
    [
      `-- migtui: ${plan.steps.length} ${plan.steps.length === 1 ? 'step' : 'steps'}, for a database at ${oneLine(from)}`,
      '-- run it with: psql -v ON_ERROR_STOP=1 -f <this file>',
      '\\set ON_ERROR_STOP on',
    ].join('\n'),
  ];
  const start = checkStart(input);
  if (start !== null) parts.push(start);
  const strict = checkStrict(input);
  if (strict !== null) parts.push(strict);
  if (plan.steps.length > 0) parts.push(await createTable(input));
  for (const batch of batches) parts.push(await batchScript(input, batch));
  if (ending.length > 0) parts.push(ending.map(line => `\\echo ${quoteLiteral(oneLine(line))}`).join('\n'));
  return `${parts.join('\n\n')}\n`;
}

async function batchScript(input: ScriptInput, { transactional, steps }: Batch): Promise<string> {
  const { plan, lockTimeout, table } = input;
  const parts = steps.map(index => [index, plan.steps[index] as Step] as const);
  const checks = checkBatch(
    table,
    parts.map(([, step]) => step),
  );
  const bodies = await Promise.all(
    parts.map(([index, step]) => stepScript(input, index, step, transactional)),
  );
  const timeout = (local: string): string => `set ${local}lock_timeout = '${lockTimeout}ms';`;
  if (transactional) return ['begin;', timeout('local '), checks, ...bodies, 'commit;'].join('\n\n');
  return ['-- without a transaction', timeout(''), checks, ...bodies, 'reset lock_timeout;'].join('\n\n');
}

async function stepScript(
  { project, table, sql }: ScriptInput,
  index: number,
  step: Step,
  transactional: boolean,
): Promise<string> {
  const { revision, action } = step;
  const row = `${logRowSql(table, step)};`;
  const title = `-- ${action} ${oneLine(revision)}`;
  if (action === 'log' || action === 'unlog') return [title, row].join('\n');
  const { before, after } = aroundStep(project);
  const statements: string[] = [];
  for (const text of sql[index] ?? []) statements.push(await asSent(text, transactional));
  return [title, ...before, ...statements, ...after, row].join('\n');
}

/** The statements that MikroORM's runner sends around a migration's own. */
function aroundStep({ orm, options }: Project): { before: string[]; after: string[] } {
  const helper = (
    orm.driver.getPlatform() as unknown as {
      getSchemaHelper(): {
        getSchemaBeginning(charset: string, disableForeignKeys?: boolean): string;
        getSchemaEnd(disableForeignKeys?: boolean): string;
      };
    }
  ).getSchemaHelper();
  const { disableForeignKeys, schema } = options as { disableForeignKeys?: boolean; schema?: string };
  const lines = (text: string): string[] => text.split('\n').filter(line => line.trim() !== '');
  return {
    before: [
      ...(schema ? [`set search_path to ${quoteIdent(schema)};`] : []),
      ...lines(helper.getSchemaBeginning(orm.config.get('charset'), disableForeignKeys)),
    ],
    after: [...lines(helper.getSchemaEnd(disableForeignKeys)), ...(schema ? ['reset search_path;'] : [])],
  };
}

/**
 * A text that a run sends as one query: outside a transaction, PostgreSQL runs several statements in one
 * query as one transaction, but psql sends them one by one.
 */
async function asSent(sql: string, transactional: boolean): Promise<string> {
  const statements = await splitStatements(sql);
  const ended = statements === null ? end(sql) : statements.map(({ text }) => end(text)).join('\n');
  const together =
    !transactional && statements !== null && statements.length > 1 && !statements.some(isTransactionControl);
  return together ? `begin;\n${ended}\ncommit;` : ended;
}

function isTransactionControl({ type }: Statement): boolean {
  return type === 'TransactionStmt';
}

/** With a semicolon, which a trailing comment must not hide. */
function end(statement: string): string {
  const text = statement.trim().replace(/;$/, '');
  return text.slice(text.lastIndexOf('\n') + 1).includes('--') ? `${text}\n;` : `${text};`;
}

/** Creates the migrations table with the statements of MikroORM's storage, if it does not exist. */
async function createTable({ project, table }: ScriptInput): Promise<string> {
  const created: string[] = [];
  const connection = {
    async execute(sql: string) {
      if (/^\s*create\b/i.test(sql)) created.push(sql);
      return /information_schema\.schemata/i.test(sql) ? [{ schema_name: 'public' }] : [];
    },
  };
  const driver = {
    getConnection: () => connection,
    getPlatform: () => project.orm.driver.getPlatform(),
    config: project.orm.config,
  };
  const storage = new project.modules.migrations.MigrationStorage(driver as never, project.options);
  storage.setRunSchema((project.options as { schema?: string }).schema);
  await storage.ensureTable();
  // PostgreSQL's "if not exists" requires the CREATE privilege even if there is nothing to create.
  return [
    'do $migtui$',
    'begin',
    ...created.flatMap(sql => [
      /^\s*create schema/i.test(sql)
        ? `  if to_regnamespace(${quoteLiteral(quoteIdent(table.schema))}) is null then`
        : `  if to_regclass(${quoteLiteral(table.sql)}) is null then`,
      `    ${end(sql)}`,
      '  end if;',
    ]),
    'end $migtui$;',
  ].join('\n');
}
