import { isRefusal } from '../../database/connect/connection.ts';
import { isPooled } from '../../database/connect/monitor.ts';
import { examine, type Health } from '../../database/health.ts';
import { Failure } from '../../foundation/failure.ts';
import { isPostgres } from '../../project/config/kind.ts';
import { isEmbedded } from '../../project/project.ts';
import type { DoctorCheck, DoctorReport } from '../../values/doctor.ts';
import type { Look } from '../api.ts';
import { asFailure } from '../failures.ts';
import { look } from '../looking/look.ts';
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
  const looked = await look(session);
  if (!isPostgres(session.project.kind)) return portableDoctor(session, looked);
  const health = await healthOf(session);
  const checks: DoctorCheck[] = [
    { id: 'node', status: 'ok', message: `Node ${process.versions.node}` },
    mikroOrm(session),
    config(session),
    connection(looked, health),
    ...(health instanceof Failure || health === null ? [] : ofServer(session, looked, health)),
    journal(looked),
    revisions(looked),
    lineage(looked),
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

function ofServer(session: Session, looked: Look, health: Health): DoctorCheck[] {
  if (isEmbedded(session.project.orm)) return [table(session, looked, health)];
  return [tls(health), clock(health), role(session, health), table(session, looked, health), lock(health)];
}
