import { duration } from '../../../drawing/text/time.ts';
import type { Session, SessionEnding } from '../../../engine/api.ts';
import { ask, type Change, only } from '../../state/effect.ts';
import { logged } from '../../state/log.ts';
import type { State } from '../../state/model.ts';
import { isRunning } from '../../state/run.ts';
import { open } from '../../state/stack.ts';
import { whyReadOnly } from '../../state/why-not.ts';
import { menu } from '../menu.ts';

/** The session that currently blocks the run. */
const blockerOf = ({ run }: State): Session | null =>
  isRunning(run) ? (run.watch?.blockers[0] ?? null) : null;

/** Why the blocker cannot be ended here; null if it can. */
export function whyNotEnded(state: State): string | null {
  const blocker = blockerOf(state);
  if (!blocker) {
    return isRunning(state.run) && state.run.waiting
      ? 'another run holds the lock: cancel it where it runs'
      : 'nobody blocks this run';
  }
  if (state.overview?.project.protected) return 'this database is protected: ask whoever holds the lock';
  if (blocker.pid <= 0) return 'a prepared transaction blocks it: it has no session to end';
  return whyReadOnly(state);
}

/** Shows the session and asks: first its statement is cancelled, then its session is ended. */
export function askToEnd(state: State, openedBy: string): Change {
  const blocker = blockerOf(state);
  const { run } = state;
  if (!blocker || !isRunning(run)) return only(state);
  const { pid, user, application, host, query, ageMs } = blocker;
  const who = [user ?? 'someone', application, host].filter(Boolean).join(' · ');
  const tried = run.cancelledBlockers.includes(pid);
  const what = query ? ` Its statement: ${query.replace(/\s+/g, ' ').slice(0, 200)}` : '';
  return only(
    open(
      state,
      menu({
        title: 'End the blocker?',
        tone: 'danger',
        openedBy,
        text: `${who}, pid ${pid}, for ${duration(ageMs)}, blocks this run.${what}`,
        // The blocker is not known between two tries.
        validWhile: next => isRunning(next.run),
        cursor: 0,
        items: [
          { key: 'k', label: 'Keep waiting', choose: only },
          {
            key: 'c',
            label: 'Cancel its statement',
            about: 'pg_cancel_backend: it stays connected',
            danger: true,
            choose: next => end(next, pid, 'cancel'),
          },
          {
            key: 't',
            label: 'End its session',
            about: 'pg_terminate_backend: its transaction is rolled back',
            danger: true,
            disabled: tried ? null : 'cancel its statement first',
            choose: next => end(next, pid, 'terminate'),
          },
        ],
      }),
    ),
  );
}

function end(state: State, pid: number, how: SessionEnding): Change {
  if (!isRunning(state.run)) return only(state);
  const [asked, , effect] = ask(state, { call: 'endSession', args: [pid, how] });
  const { run } = state;
  const message =
    how === 'cancel' ? `cancelling the statement of pid ${pid}` : `ending the session of pid ${pid}`;
  const cancelledBlockers = [...run.cancelledBlockers, pid];
  return [logged({ ...asked, run: { ...run, cancelledBlockers } }, 'warning', message), [effect]];
}
