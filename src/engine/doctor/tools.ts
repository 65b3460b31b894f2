import { locateBinaries } from '../../database/backup/binaries.ts';
import type { Health } from '../../database/health.ts';
import { openShadow } from '../../database/shadow/open.ts';
import { loadPGlite } from '../../database/shadow/packages.ts';
import { Failure } from '../../foundation/failure.ts';
import { isEmbedded } from '../../project/project.ts';
import type { DoctorCheck } from '../../values/doctor.ts';
import { asFailure } from '../failures.ts';
import type { Session } from '../session.ts';

/** The server for rehearsals. */
export async function shadow(session: Session, health: Health | Failure | null): Promise<DoctorCheck> {
  const id = 'shadow';
  const url = session.options.shadow;
  try {
    if (url !== undefined) {
      const opened = await openShadow(session.project, { url, sources: [] });
      await opened.close();
      return { id, status: 'ok', message: 'The shadow server answers.' };
    }
    const pglite = await loadPGlite(session.project);
    const installed = health === null || health instanceof Failure ? [] : health.extensions;
    const missing: string[] = [];
    for (const name of installed) if (!(await pglite.extension(name))) missing.push(name);
    if (missing.length === 0) return { id, status: 'ok', message: `PGlite ${pglite.version}` };
    return {
      id,
      status: 'warning',
      message: `PGlite ${pglite.version}, which has no extension ${missing.join(', ')}: revisions that need it cannot be rehearsed.`,
      next: 'Rehearse on a server: --shadow postgres://…, or "shadow" in the settings.',
    };
  } catch (error) {
    const { message, next } = asFailure(error, session.project);
    return { id, status: 'error', message, next };
  }
}

/** The program for backups. */
export async function backups(
  { project }: Session,
  health: Health | Failure | null,
  asked: string | undefined,
): Promise<DoctorCheck> {
  const id = 'pg-dump';
  if (isEmbedded(project.orm)) {
    return { id, status: 'ok', message: 'Not needed: PGlite backs up by itself.' };
  }
  const major = health === null || health instanceof Failure ? 0 : health.major;
  const found = await locateBinaries(asked, major);
  if ('why' in found)
    return { id, status: 'warning', message: `No backups (--backup): ${found.why}`, next: found.next };
  return { id, status: 'ok', message: `pg_dump ${found.major} (${found.pgDump})` };
}
