import { defaultAnswerTimeout } from '../../project/connections.ts';
import type { Project } from '../../project/project.ts';
import type { RunEvent } from '../../values/run.ts';
import type { Monitor } from '../connect/monitor.ts';
import { type SessionRow, sessionColumns, sessionOf } from '../connect/sessions.ts';
import type { Control } from './control.ts';

type Watch = Extract<RunEvent, { kind: 'watch' }>;

/** Polling interval, and the minimum duration of a statement before it is monitored, ms. */
const every = 300;
/** After this many answer timeouts without an answer to the monitor, the server counts as lost. */
const missedAnswers = 3;

/**
 * While statements run, reports their duration, PostgreSQL's progress, and who blocks them. Also detects a
 * lost answer: the server is done, or gone, and no answer has arrived within the answer timeout.
 * @returns stops it
 */
export function watchRun(
  monitor: Monitor,
  control: Control,
  { network, connections }: Project,
  emit: (event: RunEvent) => void,
): () => void {
  const { answerTimeout = defaultAnswerTimeout } = network;
  const limit = answerTimeout > 0 ? answerTimeout : Number.POSITIVE_INFINITY;
  let asking = false;
  /** Since when the server is done with our statement in flight. */
  let done: { readonly inFlight: object; readonly since: number } | null = null;
  let answered = performance.now();
  const poll = async (): Promise<void> => {
    const { inFlight, pid } = control;
    if (!inFlight || performance.now() - inFlight.since < every) return;
    const working = pid === null || (await isWorking(monitor, pid, inFlight.sql));
    answered = performance.now();
    if (control.inFlight !== inFlight) return;
    if (working) done = null;
    else if (done?.inFlight !== inFlight) done = { inFlight, since: performance.now() };
    else if (pid !== null && performance.now() - done.since >= limit) {
      const ended = monitor.query('select pg_terminate_backend($1)', [pid]).catch(() => {});
      // Before the server can report the end on that connection, which would hide the cause.
      connections.lose(pid, limit);
      await ended;
      return;
    }
    const blockers = pid === null ? [] : await blockersOf(monitor, pid);
    const progress = pid === null ? null : await progressOf(monitor, pid);
    if (control.inFlight !== inFlight) return;
    const elapsedMs = Math.round(performance.now() - inFlight.since);
    emit({ kind: 'watch', statement: inFlight.sql, elapsedMs, blockers, progress });
  };
  const timer = setInterval(() => {
    if (asking) return;
    asking = true;
    if (!control.inFlight) answered = performance.now();
    poll()
      // A failed query does not end the run, unless the server no longer answers at all.
      .catch(() => {
        if (performance.now() - answered >= missedAnswers * limit) control.loseServer();
      })
      .finally(() => {
        asking = false;
      });
  }, every);
  timer.unref();
  return () => clearInterval(timer);
}

/** Sending a longer statement may take longer than an answer, characters. */
const long = 1_000_000;

/**
 * Whether the server is still working on the statement of a process, and does not wait for the rest of it; also true if
 * this role may not see that.
 */
async function isWorking(monitor: Monitor, pid: number, sql: string): Promise<boolean> {
  const [row] = await monitor.query<{ state: string | null; waits: string | null }>(
    'select state, wait_event as waits from pg_stat_activity where pid = $1',
    [pid],
  );
  if (!row || row.state?.startsWith('idle')) return false;
  return row.waits !== 'ClientRead' || sql.length > long;
}

async function blockersOf(monitor: Monitor, pid: number): Promise<Watch['blockers']> {
  const rows = await monitor.query<SessionRow>(
    `select b.pid, ${sessionColumns}
       from (select distinct unnest(pg_blocking_pids($1)) as pid) b left join pg_stat_activity a on a.pid = b.pid
      order by b.pid`,
    [pid],
  );
  return rows.map(row => sessionOf(row));
}

interface ProgressRow {
  readonly command: string;
  readonly phase: string | null;
  readonly done: number | null;
  readonly total: number | null;
}

/** PostgreSQL's progress views, each as command, phase, done, total. */
const views = [
  `select command, phase,
          case when blocks_total > 0 then blocks_done when tuples_total > 0 then tuples_done else lockers_done end as done,
          case when blocks_total > 0 then blocks_total when tuples_total > 0 then tuples_total else lockers_total end as total
     from pg_stat_progress_create_index where pid = $1`,
  'select command, phase, heap_blks_scanned, heap_blks_total from pg_stat_progress_cluster where pid = $1',
  `select 'VACUUM', phase, heap_blks_scanned, heap_blks_total from pg_stat_progress_vacuum where pid = $1`,
];
const copyView = `select command, type, bytes_processed, bytes_total from pg_stat_progress_copy where pid = $1`;

async function progressOf(monitor: Monitor, pid: number): Promise<Watch['progress']> {
  const all = monitor.server.version >= 140_000 ? [...views, copyView] : views;
  const [row] = await monitor.query<ProgressRow>(`${all.join('\nunion all ')} limit 1`, [pid]);
  if (!row) return null;
  return {
    command: row.command,
    phase: row.phase ?? '',
    done: Number(row.done ?? 0),
    total: Number(row.total ?? 0),
  };
}
