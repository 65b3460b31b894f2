import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Failure } from '../../foundation/failure.ts';
import type { MigrationSource } from '../../project/files/migration-source.ts';
import type { RevisionDetail, RevisionRow, SqlPreview } from '../api.ts';
import { bookkeeping } from '../bookkeeping.ts';
import type { Session, State } from '../session.ts';
import { rowsOf } from './overview.ts';

const run = promisify(execFile);

/**
 * The declarations and the SQL of one revision.
 * @throws Failure `unknown-revision`
 */
export async function detail(session: Session, id: string): Promise<RevisionDetail> {
  const state = await session.state();
  const { edited } = await bookkeeping(session, state);
  const [row] = rowsOf(state, edited, new Set([id]));
  if (row) return detailOf(session, state, row);
  throw new Failure({
    code: 'unknown-revision',
    message: `There is no revision ${id}.`,
    next: 'See migtui history.',
  });
}

/** The same for a row of a state. */
export async function detailOf(session: Session, state: State, row: RevisionRow): Promise<RevisionDetail> {
  const source = state.byId.get(row.id);
  if (!source) {
    const gone: SqlPreview = { sql: [], complete: false, note: 'its file is missing', transactional: true };
    return { row, source: null, up: gone, down: gone, author: null };
  }
  return {
    row,
    source: source.source,
    up: await sqlOf(session, source, 'up'),
    down: await sqlOf(session, source, 'down'),
    author: source.path ? await authorOf(session.project.root, source.path) : null,
  };
}

/** The SQL of one direction; a file that cannot be loaded is reported in the note, because status must still work. */
export async function sqlOf(
  session: Session,
  source: MigrationSource,
  direction: 'up' | 'down',
): Promise<SqlPreview> {
  try {
    return await session.record(source, direction);
  } catch (error) {
    if (error instanceof Failure && error.code !== 'restart-needed') {
      return { sql: [], complete: false, note: error.message, transactional: true };
    }
    throw error;
  }
}

async function authorOf(root: string, path: string): Promise<RevisionDetail['author']> {
  try {
    const { stdout } = await run('git', ['log', '-1', '--format=%an%x09%aI', '--', path], {
      cwd: root,
      timeout: 2_000,
    });
    const [name, at] = stdout.trim().split('\t');
    return name && at ? { name, at } : null;
  } catch {
    return null;
  }
}
