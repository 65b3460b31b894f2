import { addressOf, isOwnClient } from '../../database/connect/address.ts';
import { isRefusal } from '../../database/connect/connection.ts';
import { isPooled } from '../../database/connect/monitor.ts';
import { examine, type Health } from '../../database/health.ts';
import { Failure } from '../../foundation/failure.ts';
import { isPostgres } from '../../project/config/kind.ts';
import { isEmbedded } from '../../project/project.ts';
import type { DoctorCheck, DoctorReport } from '../../values/doctor.ts';
import type { Overview } from '../api.ts';
import { asFailure } from '../failures.ts';
import { readOverview } from '../overview/overview.ts';
import type { Session } from '../session.ts';
import { clock, connection, tls } from './connection.ts';
import { journal, lock, role, table } from './database.ts';
import { portableDoctor } from './portable.ts';
import { config, lineage, mikroOrm, revisions } from './project.ts';
import { backups, shadow } from './tools.ts';

/**
 * Checks everything that migtui depends on. Writes nothing.
 * @param pgDump path of pg_dump, if the settings contain one
 */
export async function doctor(session: Session, pgDump?: string): Promise<DoctorReport> {
  const overview = await readOverview(session);
  if (!isPostgres(session.project.kind)) return portableDoctor(session, overview);
  const health = await healthOf(session);
  const checks: DoctorCheck[] = [
    { id: 'node', status: 'ok', message: `Node ${process.versions.node}` },
    mikroOrm(session),
    config(session),
    connection(overview, health, isOwnClient(addressOf(session.project))),
    ...(health instanceof Failure || health === null ? [] : ofServer(session, overview, health)),
    journal(overview),
    revisions(overview),
    lineage(overview),
    await shadow(session, health),
    await backups(session, health, pgDump),
  ];
  return { checks, ok: checks.every(({ status }) => status !== 'error') };
}

/** Null: there is no connection; the status has the reason. */
async function healthOf(session: Session): Promise<Health | Failure | null> {
  const database = await session.connection();
  if (isRefusal(database)) return null;
  try {
    const pooled = !isEmbedded(session.project.orm) && (await isPooled(session.project.orm));
    return await examine(database, session.table, pooled);
  } catch (error) {
    return asFailure(error, session.project);
  }
}

function ofServer(session: Session, overview: Overview, health: Health): DoctorCheck[] {
  if (isEmbedded(session.project.orm)) return [table(session, overview, health)];
  return [tls(health), clock(health), role(session, health), table(session, overview, health), lock(health)];
}
