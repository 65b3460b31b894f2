import { condense, isProven, type Proof, prove } from '../../database/shadow/condense.ts';
import type { Inventory } from '../../database/shadow/inventory.ts';
import { withoutSchema } from '../../database/shadow/statements/without-schema.ts';
import type { Trial } from '../../database/shadow/trial.ts';
import { Failure } from '../../foundation/failure.ts';
import type { MigrationSource } from '../../project/files/migration-source.ts';
import { splitStatements } from '../../safety/parse.ts';
import { isConcurrent } from '../../safety/traces.ts';

import type { SquashRange } from './squash-range.ts';
import { type OnDisk, ups, type Workspace } from './workspace.ts';

/** The SQL of a squashed revision, verified on the shadow. */
export interface SquashedSql {
  readonly from: 'catalog' | 'statements';
  readonly up: readonly string[];
  /** Null: it cannot be downgraded. */
  readonly down: readonly string[] | null;
  readonly objects: number;
  /** Revisions that change rows. */
  readonly data: readonly string[];
  readonly warnings: readonly string[];
}

/** Statements that change rows and nothing else. */
const changesRows = ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'CopyStmt', 'TruncateStmt'];

/** Statements with unknown effects. */
const runsCode = ['SelectStmt', 'DoStmt', 'CallStmt', 'RefreshMatViewStmt', 'LockStmt'];

/**
 * The SQL of one revision that replaces a range: generated from the schema if the range begins with an empty
 * database and leaves no rows; otherwise the original statements in order.
 * @throws Failure `cannot-squash` | `not-proven`; ReplayFailure if the range itself fails
 */
export async function squashedSql(
  workspace: Workspace,
  disk: OnDisk,
  { line, base }: SquashRange,
): Promise<SquashedSql> {
  const up = await statementsOf(workspace, disk, line, 'up');
  const data = up.filter(({ rows }) => rows).map(({ revision }) => revision);
  const down = await statementsOf(workspace, disk, line.toReversed(), 'down').catch(error => {
    if (error instanceof Failure) return null;
    throw error;
  });
  const before = (await workspace.replay(disk, ups(base))).inventory;
  const after = (await workspace.replay(disk, ups([...base, ...line]))).inventory;
  const hasRows =
    data.length > 0 && (await workspace.trial(disk, [...base, ...line], trial => trial.hasRows()));
  const { scope } = await workspace.shadow(disk.byId);
  return workspace.trial(disk, base, async trial => {
    // A rename in the original would become a drop and an addition, which would lose existing rows.
    const empty = !before.some(({ kind }) => kind === 'table');
    const fresh = empty && !up.some(({ code }) => code) && !(data.length > 0 && hasRows);
    const named = up.some(({ sql }) => sql.some(text => text.includes(scope.defaultSchema)));
    const fromSchema = fresh ? await fromCatalog(trial, before, after, scope.defaultSchema, named) : null;
    if (fromSchema) return { from: 'catalog', ...fromSchema, objects: after.length, data, warnings: [] };
    const joined = { up: up.flatMap(({ sql }) => sql), down: down?.flatMap(({ sql }) => sql) ?? null };
    const proof = await prove(trial, joined, before, after);
    if (!isProven(proof.up)) throw notProven(proof.up);
    const back = proof.down !== null && isProven(proof.down);
    return {
      from: 'statements',
      up: joined.up,
      down: back ? joined.down : null,
      objects: after.length,
      data,
      warnings: [
        ...(up.some(({ concurrent }) => concurrent)
          ? ['CONCURRENTLY is left out: the squashed revision runs in one transaction, on new databases.']
          : []),
        ...(back ? [] : [notReversible(proof.down)]),
      ],
    };
  });
}

/**
 * @param named the range itself refers to the default schema; otherwise the replacement must also run in any
 * schema
 */
async function fromCatalog(
  trial: Trial,
  before: Inventory,
  after: Inventory,
  defaultSchema: string,
  named: boolean,
): Promise<{ up: readonly string[]; down: readonly string[] | null } | null> {
  const written = await condense(trial, before, after, defaultSchema);
  if (!written) return null;
  const up = named ? written : written.map(sql => withoutSchema(sql, defaultSchema));
  const down = await trial.apart(async () =>
    (await trial.run(up)) === null ? condense(trial, after, before, defaultSchema) : null,
  );
  const proof = await prove(trial, { up, down }, before, after);
  if (!isProven(proof.up)) return null;
  return { up, down: proof.down !== null && isProven(proof.down) ? down : null };
}

interface RevisionSql {
  readonly revision: string;
  readonly sql: readonly string[];
  /** It changes rows, or may do so. */
  readonly rows: boolean;
  /** It may have effects that its statements do not show. */
  readonly code: boolean;
  readonly concurrent: boolean;
}

/** @throws Failure `cannot-squash` with the revisions whose SQL is unknown before they run; `no-down` */
async function statementsOf(
  workspace: Workspace,
  disk: OnDisk,
  line: readonly string[],
  direction: 'up' | 'down',
): Promise<RevisionSql[]> {
  const found: RevisionSql[] = [];
  const unknown: string[] = [];
  for (const revision of line) {
    const recording = await workspace.session.record(disk.byId.get(revision) as MigrationSource, direction);
    if (recording.irreversible) {
      throw new Failure({ code: 'no-down', message: `${revision} has no down().` });
    }
    if (!recording.complete) unknown.push(`${revision} (${recording.note ?? 'not known before it runs'})`);
    else found.push({ revision, ...(await examined(recording.sql)) });
  }
  if (unknown.length === 0) return found;
  throw new Failure({
    code: 'cannot-squash',
    message: `The SQL of these is known only when they run, so they cannot be squashed: ${unknown.join(', ')}.`,
    next: "Squash the line up to the first of them and from after the last of them, or write their SQL as this.addSql('…').",
  });
}

async function examined(sql: readonly string[]): Promise<Omit<RevisionSql, 'revision'>> {
  let [rows, code, concurrent] = [false, false, false];
  const kept: string[] = [];
  for (const text of sql) {
    const statements = await splitStatements(text);
    if (statements === null || statements.some(({ type }) => runsCode.includes(type))) code = true;
    if (code || statements?.some(({ type }) => changesRows.includes(type))) rows = true;
    if (statements?.every(({ type }) => type === 'VariableSetStmt')) {
      // MikroORM's own statements, before every revision.
      if (/^set names /i.test(text.trim())) continue;
    }
    if (!statements?.some(isConcurrent)) kept.push(text);
    else {
      concurrent = true;
      kept.push(text.replace(/\bconcurrently\b\s*/i, ''));
    }
  }
  return { sql: kept, rows, code, concurrent };
}

function notReversible(down: Proof | null): string {
  if (down === null) return 'It has no down(), because a revision of the range has none.';
  const why =
    down.failure?.message ??
    down.differences
      .map(({ words }) => words)
      .slice(0, 3)
      .join('; ');
  return `It has no down(): its downgrade would not restore the schema before the range (${why}).`;
}

function notProven({ failure, differences }: Proof): Failure {
  const what = failure
    ? `its statements do not run in one transaction: ${failure.message}`
    : `it would create a different schema: ${differences
        .map(({ sign, words }) => `${sign} ${words}`)
        .slice(0, 5)
        .join('; ')}`;
  return new Failure({
    code: 'not-proven',
    message: `The range cannot be squashed: ${what}.`,
    next: 'Squash a shorter range, such as up to the revision before.',
    ...(failure?.sql && { sql: failure.sql }),
  });
}
