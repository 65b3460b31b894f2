import type { Overview, RevisionRow, Standing } from '../../engine/api.ts';
import { Failure } from '../../foundation/failure.ts';
import { isEmbeddedKind } from '../../values/database-kind.ts';
import type { Call } from '../shell/call.ts';

/**
 * Gets the status, and fails if the database or the revisions could not be read.
 * @param needs `database`: the applied revisions must be known; `revisions`: the files are enough;
 *   `table`: the applied revisions must be known, and the files are not needed
 * @throws Failure of the database, `no-migrations-folder`, or `broken-revisions`
 */
export async function requireStatus(
  call: Call,
  needs: 'database' | 'revisions' | 'table',
): Promise<Overview> {
  const engine = await call.engine();
  const overview = await engine.overview();
  requireStanding(call, overview, needs);
  return overview;
}

/** The same for a status that was already read. */
export function requireStanding(
  call: Call,
  standing: Standing,
  needs: 'database' | 'revisions' | 'table',
): void {
  const onDisk = needs === 'table' ? null : (folderFailure(standing) ?? problemsOf(standing));
  if (onDisk) throw onDisk;
  const failure = databaseFailure(standing);
  if (failure && needs !== 'revisions') throw failure;
  if (failure) {
    call.output.note(
      failure.info,
      ({ message }, paint) =>
        `${paint.warn('warning:')} ${message.replace(/[.]?$/, '.')} No revision is shown as applied.`,
    );
  }
}

/**
 * Why the applied revisions are unknown; null if they are known. An embedded database that does not exist yet
 * counts as empty.
 */
export function databaseFailure({
  database,
  project,
}: Pick<Standing, 'database' | 'project'>): Failure | null {
  if (database.state === 'missing' && isEmbeddedKind[database.kind]) return null;
  if (database.state !== 'connected') {
    return new Failure(
      database.failure ?? {
        code: `database-${database.state}`,
        message: `${database.label} is ${database.state}.`,
      },
    );
  }
  if (database.table !== 'forbidden') return null;
  return new Failure({
    code: 'table-forbidden',
    message: `This role cannot read ${project.table}, so the applied revisions are unknown.`,
    next: `Grant it: grant select on ${project.table} to the role that the MikroORM config uses.`,
  });
}

/** Why the revisions are unknown; null if they are known. */
export function folderFailure({ project }: Standing): Failure | null {
  return project.folderFailure ? new Failure(project.folderFailure) : null;
}

/** All problems of the revisions on disk, as one failure; null if there are none. */
export function problemsOf({ problems }: Standing): Failure | null {
  if (problems.length === 0) return null;
  return new Failure({
    code: 'broken-revisions',
    message:
      problems.length === 1
        ? 'The revisions have a problem; nothing runs until it is fixed.'
        : `The revisions have ${problems.length} problems; nothing runs until they are fixed.`,
    problems,
  });
}

/** The rows of these ids, in the same order. */
export function rowsOf(overview: Overview, ids: readonly string[]): RevisionRow[] {
  const byId = new Map(overview.revisions.map(row => [row.id, row]));
  return ids.flatMap(id => byId.get(id) ?? []);
}

/**
 * The single revision of a target.
 * @throws Failure of the target, `no-revision` | `several-revisions`
 */
export async function onlyRow(call: Call, overview: Overview, target: string): Promise<RevisionRow> {
  const engine = await call.engine();
  const rows = rowsOf(overview, await engine.resolve(target));
  const [row] = rows;
  if (!row) {
    throw new Failure({
      code: 'no-revision',
      message: `"${target}" is not a revision.`,
      next: 'migtui history lists the revisions.',
    });
  }
  if (rows.length > 1) {
    throw new Failure({
      code: 'several-revisions',
      message: `"${target}" matches more than one revision: specify one.`,
      candidates: rows.map(({ id }) => id),
    });
  }
  return row;
}
