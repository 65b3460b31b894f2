import { productNames } from '../../values/database-kind.ts';
import type { DoctorCheck, DoctorReport } from '../../values/doctor.ts';
import type { Overview } from '../api.ts';
import { commitsImmediately, notOn } from '../available.ts';
import type { Session } from '../session.ts';
import { config, lineage, mikroOrm, revisions } from './project.ts';

/** Checks a project on a database other than PostgreSQL, and lists unsupported features. */
export function portableDoctor(session: Session, overview: Overview): DoctorReport {
  const { project, dialect } = session;
  const product = productNames[project.kind];
  const checks: DoctorCheck[] = [
    { id: 'node', status: 'ok', message: `Node ${process.versions.node}` },
    mikroOrm(session),
    config(session),
    connection(overview, product),
    ...(overview.database.state === 'connected' ? [table(session, overview)] : []),
    ...(dialect.rollsBackSchema
      ? []
      : [
          {
            id: 'transactions',
            status: 'warning',
            message: commitsImmediately(project.kind),
            next: 'Make one schema change per revision.',
          } as const,
        ]),
    revisions(overview),
    lineage(overview),
    ...dialect.unavailable.map(
      (one): DoctorCheck => ({ id: one.feature, status: 'skipped', message: notOn(project.kind, one) }),
    ),
  ];
  return { checks, ok: checks.every(({ status }) => status !== 'error') };
}

function connection({ database }: Overview, product: string): DoctorCheck {
  const { state, label, version, failure } = database;
  if (state === 'connected') {
    return { id: 'connection', status: 'ok', message: `${label}, ${product} ${version ?? ''}`.trim() };
  }
  return {
    id: 'connection',
    status: state === 'missing' ? 'warning' : 'error',
    message: failure?.message ?? `${label} is ${state}.`,
    next: failure?.next,
  };
}

function table({ table }: Session, { database, applied }: Overview): DoctorCheck {
  const id = 'migrations-table';
  return database.table === 'absent'
    ? { id, status: 'ok', message: `${table.name} does not exist yet; the first run creates it.` }
    : { id, status: 'ok', message: `${table.name}, ${applied} applied` };
}
