import { createHash } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { Failure } from '../foundation/failure.ts';
import type { Session } from '../values/run.ts';
import type { Monitor, MonitorTransaction } from './connect/monitor.ts';
import { describeSession, type SessionRow, sessionColumns, sessionOf } from './connect/sessions.ts';
import type { LedgerTable } from './ledger.ts';
import { quoteLiteral } from './quote.ts';

/*
 * Ensures one writer. PostgreSQL's advisory locks belong to a database; the keys below also include the
 * migrations table.
 *
 * - `run` is held from before the state is read until the run ends, by a transaction on a separate connection
 * that
 *   does nothing else. A session lock would remain on a pooler's connection (PgBouncer in transaction mode).
 *   A transaction lock does not, and it is released when the connection closes. The transaction is READ COMMITTED and
 *   idle, so it holds no snapshot. Others do not wait inside a statement but poll (`pg_try_…`): a waiting statement
 *   holds a snapshot, and `create index concurrently` of the active run would wait for it. For the same reason its
 *   statements have no parameters: in the extended protocol a finished statement keeps its snapshot until the next one.
 * - `batch` is held by each batch's own transaction. After a run was killed, its server process may continue
 * for a
 *   while: the next run, which already has `run`, waits until `batch` is free.
 */

/** Keys of the advisory locks, as decimal bigints. */
export interface LockKeys {
  readonly run: string;
  readonly batch: string;
}

export function lockKeys(table: LedgerTable): LockKeys {
  const key = (name: string): string => {
    const hash = createHash('sha256').update(`migtui\0${name}\0${table.schema}\0${table.name}`).digest();
    return hash.readBigInt64BE().toString();
  };
  return { run: key('run'), batch: key('batch') };
}

/** The run lock, while it is held. */
export interface Guard {
  /** @throws Failure `lock-lost` */
  check(): Promise<void>;
  release(): Promise<void>;
}

export interface GuardOptions {
  readonly run: string;
  readonly keys: LockKeys;
  /** How long to wait for others, ms. */
  readonly wait: number;
  readonly signal: AbortSignal;
  onWaiting(holder: Session | null, waitedMs: number): void;
  /** Called once when the lock is lost because its connection closed. */
  onLost(failure: Failure): void;
}

/** The name of a run's connection in pg_stat_activity, at most 63 bytes. */
export function applicationName(run: string): string {
  return `migtui ${run.slice(0, 8)} ${userName()}@${hostname()}`.slice(0, 63);
}

let user: string | undefined;

export function userName(): string {
  user ??= systemUser();
  return user;
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run with a user id that has no name.
    return String(process.getuid?.() ?? 'unknown');
  }
}

const pollFirst = 50;
const pollMost = 500;
const reportInterval = 500;
const heartbeat = 2_000;

/**
 * Takes the run lock and waits for others, up to the given time.
 * @throws Failure `run-in-progress` after that time; the signal's reason if it is aborted
 */
export async function acquireGuard(monitor: Monitor, options: GuardOptions): Promise<Guard> {
  const { keys, run } = options;
  const { query: ask, rollback } = await monitor.begin();
  const enter = (): Promise<unknown> =>
    ask(
      `select set_config('application_name', ${quoteLiteral(applicationName(run))}, true),
              set_config('statement_timeout', '0', true),
              set_config('idle_in_transaction_session_timeout', '0', true)
              ${monitor.server.version >= 170_000 ? ", set_config('transaction_timeout', '0', true)" : ''}`,
    );
  // While we wait, each query has its own transaction: `create index concurrently` waits for the end of every
  // transaction with a snapshot.
  const pauseOutside = async (ms: number): Promise<void> => {
    await ask('rollback');
    await sleep(ms, options.signal);
    await ask('start transaction isolation level read committed');
    await enter();
  };
  try {
    await enter();
    const tryRun = async (): Promise<boolean> => {
      const [row] = await ask<{ mine: boolean }>(`select pg_try_advisory_xact_lock(${keys.run}) as mine`);
      return row?.mine === true;
    };
    await waitUntil(tryRun, keys.run, ask, pauseOutside, options);
    await waitUntil(
      async () => (await holderOf(ask, keys.batch)) === null,
      keys.batch,
      ask,
      ms => sleep(ms, options.signal),
      options,
    );
  } catch (error) {
    await rollback();
    throw error;
  }

  let lost: Failure | null = null;
  let asking: Promise<unknown> | null = null;
  const check = async (): Promise<void> => {
    if (!lost) {
      // A query would need a snapshot, for which a concurrent index build would wait.
      asking ??= ask('show server_version_num').finally(() => {
        asking = null;
      });
      await asking.catch(error => {
        if (lost) return;
        lost = new Failure(
          {
            code: 'lock-lost',
            message: `The connection that holds the lock of this run was lost: ${(error as Error).message}`,
            next: 'Run it again: another run may have started, so this one stopped.',
          },
          { cause: error },
        );
        options.onLost(lost);
      });
    }
    if (lost) throw lost;
  };
  const timer = setInterval(() => void check().catch(() => clearInterval(timer)), heartbeat);
  timer.unref();
  return {
    check,
    async release() {
      clearInterval(timer);
      await asking?.catch(() => {});
      await rollback();
    },
  };
}

/**
 * The current holder of a key.
 * @param ask on any connection: a waiting run has only its lock connection, so many runs can wait at once
 */
export async function holderOf(ask: MonitorTransaction['query'], key: string): Promise<Session | null> {
  const unsigned = BigInt.asUintN(64, BigInt(key));
  const held = `l.locktype = 'advisory' and l.granted and l.objsubid = 1
        and l.database = (select oid from pg_database where datname = current_database())
        and l.classid = ${unsigned >> 32n}::oid and l.objid = ${unsigned & 0xffffffffn}::oid`;
  // The holder is queried only if there is one.
  const [pid] = await ask<{ pid: number }>(`select l.pid from pg_locks l where ${held} limit 1`);
  if (!pid) return null;
  // Inside a transaction, PostgreSQL would report the sessions as of the first query.
  await ask('select pg_stat_clear_snapshot()');
  const rows = await ask<SessionRow>(
    `select l.pid, ${sessionColumns}
       from pg_locks l left join pg_stat_activity a on a.pid = l.pid
      where ${held} limit 1`,
  );
  // The session that holds the key does nothing else, so its last query says nothing about the run.
  return rows[0] ? { ...sessionOf(rows[0]), query: null } : null;
}

async function waitUntil(
  free: () => Promise<boolean>,
  key: string,
  ask: MonitorTransaction['query'],
  pauseFor: (ms: number) => Promise<void>,
  { wait, signal, onWaiting }: GuardOptions,
): Promise<void> {
  const started = performance.now();
  let reportedAt = Number.NEGATIVE_INFINITY;
  for (let pause = pollFirst; ; pause = Math.min(pause * 1.5, pollMost)) {
    signal.throwIfAborted();
    if (await free()) return;
    const waited = performance.now() - started;
    if (waited - reportedAt >= reportInterval || waited >= wait) {
      const holder = await holderOf(ask, key);
      if (waited >= wait) throw inProgress(holder, wait);
      onWaiting(holder, Math.round(waited));
      reportedAt = waited;
    }
    await pauseFor(Math.min(pause * (0.75 + Math.random() / 2), wait - waited));
  }
}

function inProgress(holder: Session | null, wait: number): Failure {
  const who = holder ? describeSession(holder) : 'another session';
  const since = holder ? `, for ${Math.round(holder.ageMs / 1_000)} s` : '';
  const waited = wait > 0 ? ` Waited ${wait / 1000} s.` : '';
  return new Failure({
    code: 'run-in-progress',
    message: `Another run is in progress: ${who} holds the lock${since}.${waited} Nothing was run.`,
    next: holder
      ? `Wait for it to finish, wait longer (--lock-wait), or end it: select pg_terminate_backend(${holder.pid}).`
      : 'Try again.',
  });
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
