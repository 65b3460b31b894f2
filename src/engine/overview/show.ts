import { Failure } from '../../foundation/failure.ts';
import type { Finding, RevisionRow, ShownRevisions } from '../api.ts';
import { bookkeeping } from '../bookkeeping.ts';
import { resolved, type Session, type State } from '../session.ts';
import { detailOf } from './detail.ts';
import { rowsOf, standingOf } from './overview.ts';
import { revisionFindings } from './revision-findings.ts';

/** The revisions of a target or a range, with their SQL and findings. */
export async function show(session: Session, target: string): Promise<ShownRevisions> {
  const state = await session.state();
  const standing = standingOf(session, state);
  const shown: ShownRevisions = { ...standing, details: [], findings: [], failure: null };
  if (standing.problems.length > 0 || standing.project.folderFailure) return shown;
  const { edited } = await bookkeeping(session, state);
  let rows: readonly RevisionRow[];
  try {
    rows = rowsIn(state, edited, resolved(state, target));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ...shown, failure: error.info };
  }
  const canLint = !session.dialect.unavailable.some(({ feature }) => feature === 'lint');
  const linted = rows.filter(({ state }) => canLint && state !== 'missing');
  const details = await Promise.all(rows.map(row => detailOf(session, state, row)));
  const findings: Finding[] = [];
  for (const { id } of linted) findings.push(...(await revisionFindings(session, state, id)));
  return { ...shown, details, findings };
}

/** The rows of these ids, in their order. */
function rowsIn(state: State, edited: readonly string[], ids: readonly string[]): RevisionRow[] {
  const rows = new Map(rowsOf(state, edited, new Set(ids)).map(row => [row.id, row]));
  return ids.flatMap(id => rows.get(id) ?? []);
}
