import type {
  Arrival,
  Author,
  Effect,
  JournalEntry,
  LintReport,
  Overview,
  RevisionDetail,
  RunResult,
} from '../../engine/api.ts';
import { productNames } from '../../values/database-kind.ts';
import { andThen, type Change, only } from './effect.ts';
import { cursorId, keepOn } from './filtering.ts';
import { fleetEnded } from './fleet-end.ts';
import { reconnectAfter } from './link.ts';
import { refreshOverview, remember, sameRevisions, wantDetail } from './loading.ts';
import { logged } from './log.ts';
import { type Answer, loadedOf } from './message.ts';
import type { Loaded, State } from './model.ts';
import { clampAll } from './moving.ts';
import { abandon, finish, isRunning } from './run.ts';
import { shownHistory } from './shown.ts';
import { notify } from './stack.ts';

/** A result from the engine for the panes or the run. Results without a pending request are stale. */
export function answered(state: State, answer: Answer): Change {
  switch (answer.call.call) {
    case 'overview':
      return state.overviewTicket === answer.ticket ? overviewAnswered(state, answer) : only(state);
    case 'revision':
      return detailed(state, answer.call.args[0], answer);
    case 'effect':
      return effected(state, answer.call.args[0], answer);
    case 'lint':
      return linted(state, answer.call.args[0].range ?? '', answer);
    case 'journal':
      return journalled(state, answer);
    case 'authors':
      return only({ ...state, authors: loadedOf<Readonly<Record<string, Author>>>(answer.outcome) });
    case 'sizes':
      return only({ ...state, sizes: loadedOf<Readonly<Record<string, number>>>(answer.outcome) });
    case 'arrivals':
      return only(arrived(state, loadedOf<readonly Arrival[]>(answer.outcome)));
    case 'run':
      return ran(state, answer);
    case 'fleetRun':
      // The board was closed meanwhile.
      return refreshOverview(fleetEnded(state, answer));
    case 'resolveRevision':
      return resolved(state, answer);
    case 'endSession':
      return answer.outcome.ok
        ? only(state)
        : only(
            logged(
              notify(state, answer.outcome.failure.message, 'error'),
              'error',
              answer.outcome.failure.message,
            ),
          );
    case 'cancel':
      if (!answer.outcome.ok) return only(notify(state, answer.outcome.failure.message, 'error'));
      return only(state.run ? { ...state, run: { ...state.run, cancelAccepted: true } } : state);
    default:
      return only(state);
  }
}

function overviewAnswered(state: State, { outcome }: Answer): Change {
  const idle: State = { ...state, overviewTicket: null };
  if (!outcome.ok) {
    return only(logged({ ...idle, overviewFailure: outcome.failure }, 'error', outcome.failure.message));
  }
  const overview = outcome.value as Overview;
  const before = state.overview;
  const fresh = before === null || !sameRevisions(before, overview);
  const next = clampAll({
    ...idle,
    overview,
    known: overview,
    overviewFailure: null,
    details: fresh ? new Map() : withoutFailed(state.details),
    effects: before === null ? new Map() : withoutFailed(state.effects),
    lints: fresh ? new Map() : withoutFailed(state.lints),
    journal: fresh || state.journal?.is === 'failed' ? null : state.journal,
    authors: fresh ? null : state.authors,
    sizes: fresh ? null : state.sizes,
    arrivals: fresh ? null : state.arrivals,
    findings: fresh ? null : state.findings,
    // Data of the last session may no longer be valid.
    goTo: before === null && !overview.revisions.some(({ id }) => id === state.goTo) ? null : state.goTo,
  });
  const placed = keepCursor(next, state);
  const afterLog =
    before === null || before.database.state !== overview.database.state
      ? limits(logged(placed, ...connectionLine(overview)), overview)
      : placed;
  if (overview.database.state !== 'unreachable') return wantDetail({ ...afterLog, reconnects: 0 });
  const tries = state.reconnects + 1;
  return andThen(wantDetail({ ...afterLog, reconnects: tries }), waiting => [
    waiting,
    [{ type: 'later', ms: reconnectAfter(tries - 1), topic: 'reconnect', token: tries }],
  ]);
}

/** Failed requests are repeated after every status: the connection may have been the cause. */
function withoutFailed<T>(known: ReadonlyMap<string, Loaded<T>>): ReadonlyMap<string, Loaded<T>> {
  const good = [...known].filter(([, one]) => one.is !== 'failed');
  return good.length === known.size ? known : new Map(good);
}

/**
 * The history's cursor moves to its requested revision, or stays on its current one, wherever that is now.
 */
function keepCursor(state: State, before: State): State {
  const { goTo } = state;
  if (goTo !== null && shownHistory(state).index.has(goTo)) {
    return keepOn(before, { ...state, goTo: null }, goTo);
  }
  const id = cursorId(before);
  return id !== null && shownHistory(state).index.has(id) ? keepOn(before, state, id) : state;
}

/** Unsupported features of this kind of database are mentioned once, at the start. */
function limits(state: State, { database }: Overview): State {
  if (!database.unavailable?.length) return state;
  const what = database.unavailable.map(one => one.what.split(' (')[0]).join('; ');
  return logged(state, 'info', `not on ${productNames[database.kind]}: ${what} (see migtui doctor)`);
}

function connectionLine({ database, applied }: Overview): readonly ['info' | 'error', string] {
  // The first run creates it, so this is not an error.
  if (database.state === 'missing' && database.failure)
    return ['info', [database.failure.message, database.failure.next].filter(Boolean).join(' ')];
  if (database.state !== 'connected')
    return ['error', database.failure?.message ?? `the database is ${database.state}`];
  const product = productNames[database.kind];
  const known = database.table === 'forbidden' ? 'not allowed to read what is applied' : `${applied} applied`;
  return ['info', `connected · ${product} ${database.version ?? ''} · ${known}`];
}

function detailed(state: State, id: string, answer: Answer): Change {
  const known = state.details.get(id);
  if (known?.is !== 'loading' || known.ticket !== answer.ticket) return only(state);
  return only({ ...state, details: remember(state.details, id, loadedOf<RevisionDetail>(answer.outcome)) });
}

function effected(state: State, id: string, answer: Answer): Change {
  const known = state.effects.get(id);
  if (known?.is !== 'loading' || known.ticket !== answer.ticket) return only(state);
  return only({
    ...state,
    task: null,
    effects: remember(state.effects, id, loadedOf<readonly Effect[]>(answer.outcome)),
  });
}

function linted(state: State, id: string, answer: Answer): Change {
  const known = state.lints.get(id);
  if (known?.is !== 'loading' || known.ticket !== answer.ticket) return only(state);
  return only({ ...state, lints: remember(state.lints, id, loadedOf<LintReport>(answer.outcome)) });
}

const journalled = (state: State, answer: Answer): Change =>
  only({ ...state, journal: loadedOf<readonly JournalEntry[]>(answer.outcome) });

/** A column has no space to explain why it is empty. */
function arrived(state: State, arrivals: State['arrivals']): State {
  const lines =
    arrivals?.is === 'failed'
      ? [arrivals.failure.message]
      : arrivals?.is === 'ready'
        ? arrivals.value.flatMap(({ context, failure }) =>
            failure ? [`${context}: ${failure.message}`] : [],
          )
        : [];
  return lines.reduce((next, text) => logged(next, 'warning', text), { ...state, arrivals });
}

function ran(state: State, { ticket, outcome }: Answer): Change {
  const { run } = state;
  if (run?.ticket !== ticket) return only(state);
  const next = isRunning(run)
    ? outcome.ok
      ? finish(run, outcome.value as RunResult, state.now)
      : abandon(run, outcome.failure, state.now)
    : outcome.ok
      ? run
      : { ...run, failure: run.failure ?? outcome.failure };
  const tooLate =
    run.cancel === 'rollback' && outcome.ok && !(outcome.value as RunResult).cancelled && !next.failure;
  const text = next.failure
    ? `failed: ${next.failure.message}`
    : next.result?.cancelled
      ? 'cancelled'
      : 'done';
  const afterLog = logged(
    { ...state, run: next, journal: null, overviewTicket: null, findings: null },
    next.failure ? 'error' : 'info',
    text,
  );
  return refreshOverview(
    tooLate ? notify(afterLog, 'Too late to cancel: the run had finished', 'warning') : afterLog,
  );
}

function resolved(state: State, { outcome }: Answer): Change {
  if (!outcome.ok)
    return only(logged(notify(state, outcome.failure.message, 'error'), 'error', outcome.failure.message));
  return refreshOverview(notify({ ...state, journal: null, overviewTicket: null }, 'resolved'));
}
