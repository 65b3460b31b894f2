import type { Health } from '../../database/health.ts';
import { Failure } from '../../foundation/failure.ts';
import type { DoctorCheck } from '../../values/doctor.ts';
import type { Overview } from '../api.ts';

/** Clock differences from this size on are reported, ms. */
const clockTolerance = 5_000;

/**
 * Whether the database can be reached.
 * @param ownClient the config has its own client
 */
export function connection(
  { database }: Overview,
  health: Health | Failure | null,
  ownClient: boolean,
): DoctorCheck {
  if (health === null) {
    const { message = `${database.label} is ${database.state}.`, next } = database.failure ?? {};
    // An embedded database, or one that the first run creates, need not exist yet.
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
  if (ownClient) {
    return {
      id: 'connection',
      status: 'warning',
      message: `${message}, with a client of the config: connectTimeout and answerTimeout do not apply to it`,
      next: 'Use clientUrl, or options of pg in driverOptions, instead of a Kysely client or dialect; or set connectionTimeoutMillis and keepAlive in its pool.',
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

/** Whether the connection is encrypted. */
export function tls({ tls, local }: Health): DoctorCheck {
  if (tls === null) {
    return {
      id: 'tls',
      status: 'skipped',
      message: 'The server does not report whether the connection is encrypted.',
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

/** Whether the clocks of this machine and the server agree. */
export function clock({ clockSkewMs }: Health): DoctorCheck {
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
