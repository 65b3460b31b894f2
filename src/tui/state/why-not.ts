import type { DatabaseInfo, Overview } from '../../values/overview.ts';
import type { State } from './model.ts';

/** Why it is unknown which revisions are applied. */
export function whyUnknown({ link, overview, overviewFailure }: State): string | null {
  if (overview) return unknownIn(overview);
  if (link.is === 'lost') return 'the engine stopped: press r to restart it';
  return overviewFailure ? 'cannot open the project' : 'the database has not been read yet';
}

/** Why it is unknown which revisions are applied. A missing database has none. */
export function unknownIn({ database }: Overview): string | null {
  return (
    whyNoAnswer(database) ??
    (database.table === 'forbidden' ? 'no permission to read the migrations table' : null)
  );
}

/** The first run creates a missing database, and the plan says so. */
const whyNoAnswer = ({ state }: DatabaseInfo): string | null =>
  state === 'connected' || state === 'missing' ? null : `the database is ${state}`;

/** Why nothing can be planned. */
export function whyNoPlan(state: State): string | null {
  if (state.link.is === 'lost') return 'the engine stopped: press r to restart it';
  if (!state.overview) return 'the project is not open yet';
  if (state.overview.problems.length > 0) return 'the migration files have problems: fix them first';
  const unanswered = whyNoAnswer(state.overview.database);
  if (unanswered) return unanswered;
  if (state.run && state.run.endedAt === null) return 'a run is in progress (R shows it)';
  return null;
}

/** Why nothing can be changed here. */
export function whyReadOnly(state: State): string | null {
  if (state.overview?.project.readOnly) return 'opened read-only';
  if (state.overview?.database.readOnly)
    return 'this database is read-only (a standby, or default_transaction_read_only)';
  return null;
}

/** Why nothing can be run. */
export const whyNoRun = (state: State): string | null => whyNoPlan(state) ?? whyReadOnly(state);
