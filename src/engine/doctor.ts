import { findBinaries } from '../database/backup/binaries.ts';
import { isRefusal } from '../database/connection.ts';
import { examine, type Health } from '../database/health.ts';
import { describeSession } from '../database/sessions.ts';
import { openShadow } from '../database/shadow/open.ts';
import { loadPGlite } from '../database/shadow/packages.ts';
import { isPooled } from '../database/side.ts';
import { Failure } from '../foundation/failure.ts';
import { isPostgres } from '../project/kind.ts';
import { isEmbedded } from '../project/project.ts';
import type { DoctorCheck, DoctorReport } from '../values/doctor.ts';
import type { Look } from './api.ts';
import { config, lineage, mikroOrm, revisions } from './doctor-checks.ts';
import { portableDoctor } from './doctor-portable.ts';
import { asFailure } from './failures.ts';
import { look } from './look.ts';
import type { Session } from './session.ts';

/** A difference of clocks that is worth a word, ms. */
const clockTolerance = 5_000;

/**
 * Examines everything that migtui depends on. Writes nothing.
 * @param pgDump path of pg_dump, where the settings name one
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

/** Null: there is no connection, and the look says why. */
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

function connection({ database }: Look, health: Health | Failure | null): DoctorCheck {
  if (health === null) {
    const { message = `${database.label} is ${database.state}.`, next } = database.failure ?? {};
    // an embedded database, or one that the first run makes, need not be there yet
    const status = database.state === 'missing' ? (database.kind === 'pglite' ? 'ok' : 'warning') : 'error';
    return { id: 'connection', status, message, next };
  }
  if (health instanceof Failure) {
    return { id: 'connection', status: 'error', message: health.message, next: health.next };
  }
  const server = database.kind === 'pglite' ? 'PGlite, PostgreSQL' : 'PostgreSQL';
  const message = `${database.label}, ${server} ${health.version}`;
  if (health.readOnly) {
    return {
      id: 'connection',
      status: 'warning',
      message: `${message}, read-only: no run is possible`,
      next: 'Connect to the primary server, or turn default_transaction_read_only off for this role.',
    };
  }
  if (!health.pooled) return { id: 'connection', status: 'ok', message };
  return {
    id: 'connection',
    status: 'warning',
    message: `${message}, through a connection pooler: revisions without a transaction run without timeouts`,
    next: 'For migrations, connect to the server directly.',
  };
}

function ofServer(session: Session, looked: Look, health: Health): DoctorCheck[] {
  if (isEmbedded(session.project.orm)) return [table(session, looked, health)];
  return [tls(health), clock(health), role(session, health), table(session, looked, health), lock(health)];
}

function tls({ tls, local }: Health): DoctorCheck {
  if (tls === null) {
    return {
      id: 'tls',
      status: 'skipped',
      message: 'The server does not say whether the connection is encrypted.',
    };
  }
  if (tls) return { id: 'tls', status: 'ok', message: 'The connection is encrypted.' };
  if (local) return { id: 'tls', status: 'ok', message: 'Not encrypted; the server is on this machine.' };
  return {
    id: 'tls',
    status: 'warning',
    message: 'The connection is not encrypted.',
    next: 'Set driverOptions: { ssl: true } in the MikroORM config, if the server supports it.',
  };
}

function clock({ clockSkewMs }: Health): DoctorCheck {
  const seconds = Math.round(Math.abs(clockSkewMs) / 1000);
  if (Math.abs(clockSkewMs) <= clockTolerance) {
    return { id: 'clock', status: 'ok', message: 'The clocks of this machine and the server agree.' };
  }
  return {
    id: 'clock',
    status: 'warning',
    message: `The server's clock is ${seconds} s ${clockSkewMs > 0 ? 'ahead of' : 'behind'} this machine's.`,
    next: 'Synchronise both (NTP): revisions are named by this clock and logged by the other.',
  };
}

function role({ table }: Session, { role }: Health): DoctorCheck {
  const { name, superuser, createsInSchema, createsSchemas, writesTable, ownsTable } = role;
  const lacking = [
    ...(writesTable === false ? [`insert and delete on ${table.sql}`] : []),
    ...(createsInSchema === false ? [`create on schema ${table.schema}`] : []),
    ...(createsInSchema === null && !createsSchemas
      ? ['create on the database, for the missing schema']
      : []),
  ];
  if (lacking.length > 0) {
    return {
      id: 'role',
      status: 'warning',
      message: `${name} can look, but not run revisions: it lacks ${lacking.join('; ')}.`,
      next: 'Grant it, or use a role that has it for runs.',
    };
  }
  if (ownsTable === false && !superuser) {
    return {
      id: 'role',
      status: 'warning',
      message: `${name} can run revisions, but does not own ${table.sql}: an interrupted revision without a transaction is then remembered by the journal alone.`,
      next: `Make it the owner: alter table ${table.sql} owner to "${name}".`,
    };
  }
  return {
    id: 'role',
    status: 'ok',
    message: `${name}${superuser ? ', a superuser' : ''}, can run revisions`,
  };
}

function table({ table }: Session, { database, applied }: Look, { duplicates }: Health): DoctorCheck {
  const id = 'migrations-table';
  const place = `${table.schema}.${table.name}`;
  const others = database.schemas.filter(schema => schema !== table.schema);
  if (database.table === 'forbidden') {
    return {
      id,
      status: 'error',
      message: `The rolecannot read ${place}.`,
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
      next: 'If that is the one, name its schema: --schema, or migrations.schema in the MikroORM config.',
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

function lock({ lockHolder }: Health): DoctorCheck {
  if (!lockHolder) return { id: 'lock', status: 'ok', message: 'No run is in progress.' };
  return {
    id: 'lock',
    status: 'warning',
    message: `A run is in progress: ${describeSession(lockHolder)}.`,
    next: `Wait for it, or end it: select pg_terminate_backend(${lockHolder.pid}).`,
  };
}

function journal({ journal }: Look): DoctorCheck {
  const { state, hint } = journal;
  if (state === 'on')
    return { id: 'journal', status: 'ok', message: 'Runs are journalled in migtui.journal.' };
  if (state === 'ready') {
    return { id: 'journal', status: 'ok', message: 'The first run creates the journal, migtui.journal.' };
  }
  if (state === 'off') {
    return { id: 'journal', status: 'warning', message: 'Runs are not journalled.', next: hint ?? undefined };
  }
  return { id: 'journal', status: 'skipped', message: hint ?? 'Not known without a connection.' };
}

async function shadow(session: Session, health: Health | Failure | null): Promise<DoctorCheck> {
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
    const lacking: string[] = [];
    for (const name of installed) if (!(await pglite.extension(name))) lacking.push(name);
    if (lacking.length === 0) return { id, status: 'ok', message: `PGlite ${pglite.version}` };
    return {
      id,
      status: 'warning',
      message: `PGlite ${pglite.version}, which has no extension ${lacking.join(', ')}: revisions that need it cannot be rehearsed.`,
      next: 'Name a server to rehearse on: --shadow postgres://…, or "shadow" in the settings.',
    };
  } catch (error) {
    const { message, next } = asFailure(error, session.project);
    return { id, status: 'error', message, next };
  }
}

async function backups(
  { project }: Session,
  health: Health | Failure | null,
  asked: string | undefined,
): Promise<DoctorCheck> {
  const id = 'pg-dump';
  if (isEmbedded(project.orm)) {
    return { id, status: 'ok', message: 'Not needed: PGlite backs up by itself.' };
  }
  try {
    const major = health === null || health instanceof Failure ? 0 : health.major;
    const found = await findBinaries(asked, major);
    return { id, status: 'ok', message: `pg_dump ${found.major} (${found.pgDump})` };
  } catch (error) {
    const { next } = asFailure(error, project);
    return {
      id,
      status: 'warning',
      message: 'There is no pg_dump for backups (--backup) of this server.',
      next,
    };
  }
}
