import { describeSession } from '../../database/connect/sessions.ts';
import type { Health } from '../../database/health.ts';
import type { DoctorCheck } from '../../values/doctor.ts';
import type { Overview } from '../api.ts';
import type { Session } from '../session.ts';

/** The privileges of the role. */
export function role({ table }: Session, { role }: Health): DoctorCheck {
  const { name, superuser, createsInSchema, createsSchemas, writesTable, ownsTable } = role;
  const missing = [
    ...(writesTable === false ? [`insert and delete on ${table.sql}`] : []),
    ...(createsInSchema === false ? [`create on schema ${table.schema}`] : []),
    ...(createsInSchema === null && !createsSchemas
      ? ['create on the database, for the missing schema']
      : []),
  ];
  if (missing.length > 0) {
    return {
      id: 'role',
      status: 'warning',
      message: `${name} can read the status, but cannot run revisions. Missing: ${missing.join('; ')}.`,
      next: 'Grant it, or use a role that has it for runs.',
    };
  }
  if (ownsTable === false && !superuser) {
    return {
      id: 'role',
      status: 'warning',
      message: `${name} can run revisions, but does not own ${table.sql}: only the journal records an interrupted revision without a transaction.`,
      next: `Make it the owner: alter table ${table.sql} owner to "${name}".`,
    };
  }
  return {
    id: 'role',
    status: 'ok',
    message: `${name}${superuser ? ', a superuser' : ''}, can run revisions`,
  };
}

/** The migrations table. */
export function table(
  { table }: Session,
  { database, applied }: Overview,
  { duplicates }: Health,
): DoctorCheck {
  const id = 'migrations-table';
  const place = `${table.schema}.${table.name}`;
  const others = database.schemas.filter(schema => schema !== table.schema);
  if (database.table === 'forbidden') {
    return {
      id,
      status: 'error',
      message: `The role cannot read ${place}.`,
      next: `grant select on ${table.sql} to the role that the MikroORM config uses.`,
    };
  }
  if (database.table === 'absent') {
    if (others.length === 0) {
      return { id, status: 'ok', message: `${place} does not exist yet; the first run creates it.` };
    }
    return {
      id,
      status: 'warning',
      message: `${place} does not exist, but there is a table of this name in ${others.join(', ')}.`,
      next: 'If that is the right one, specify its schema: --schema, or migrations.schema in the MikroORM config.',
    };
  }
  if (duplicates.length > 0) {
    return {
      id,
      status: 'warning',
      message: `${place} has more than one row for ${duplicates.join(', ')}.`,
      next: 'Delete the extra rows.',
    };
  }
  const also = others.length > 0 ? `; tables of this name also in ${others.join(', ')}` : '';
  return { id, status: 'ok', message: `${place}, ${applied} applied${also}` };
}

/** Whether a run is in progress. */
export function lock({ lockHolder }: Health): DoctorCheck {
  if (!lockHolder) return { id: 'lock', status: 'ok', message: 'No run is in progress.' };
  return {
    id: 'lock',
    status: 'warning',
    message: `A run is in progress: ${describeSession(lockHolder)}.`,
    next: `Wait for it, or end it: select pg_terminate_backend(${lockHolder.pid}).`,
  };
}

/** Whether runs are recorded in the journal. */
export function journal({ journal }: Overview): DoctorCheck {
  const { state, hint } = journal;
  if (state === 'on') return { id: 'journal', status: 'ok', message: 'Runs are recorded in migtui.journal.' };
  if (state === 'ready') {
    return { id: 'journal', status: 'ok', message: 'The first run creates the journal, migtui.journal.' };
  }
  if (state === 'off') {
    return { id: 'journal', status: 'warning', message: 'Runs are not recorded.', next: hint ?? undefined };
  }
  return { id: 'journal', status: 'skipped', message: hint ?? 'Not known without a connection.' };
}
