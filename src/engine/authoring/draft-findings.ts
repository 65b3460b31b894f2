import { plainStatements } from '../../project/files/plain-statements.ts';
import type { Draft } from '../api.ts';
import { findingsOfDraft } from '../lint.ts';
import type { Session } from '../session.ts';

/**
 * The draft of new revisions with the findings of their statements. Code other than plain addSql('…') is not
 * analysed.
 * @param keepsDrift it contains what this database has already
 */
export async function withFindings(session: Session, draft: Draft, keepsDrift: boolean): Promise<Draft> {
  if (session.dialect.unavailable.some(({ feature }) => feature === 'lint')) return draft;
  const drafted = draft.files.flatMap(({ path, before, after }) => {
    if (before !== null || after === null || !/\.[cm]?[jt]s$/.test(path)) return [];
    const revision = path.replace(/^.*[\\/]/, '').replace(/\.[jt]s$/, '');
    const plain = plainStatements(revision, path, after);
    const up = plain?.up.map(({ sql }) => sql).filter(sql => sql.trim() !== '') ?? [];
    return up.length > 0 ? [{ revision, up, transactional: plain?.saysTransactional !== true }] : [];
  });
  if (drafted.length === 0) return draft;
  const findings = await findingsOfDraft(session, await session.state(), drafted);
  // It is stamped here, and runs only where these objects do not exist yet.
  return { ...draft, findings: keepsDrift ? findings.filter(({ rule }) => rule !== 'cannot-run') : findings };
}
