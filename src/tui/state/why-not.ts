import type { DatabaseInfo, Look } from '../../values/look.ts';
import type { State } from './model.ts';

/** Why it is unknown which revisions are applied. */
export function whyUnknown({ link, look, lookFailure }: State): string | null {
  if (look) return unknownIn(look);
  if (link.is === 'lost') return 'the engine stopped: press r to restart it';
  return lookFailure ? 'cannot open the project' : 'the database has not been read yet';
}

/** Why a look does not know which revisions are applied. A missing database has none. */
export function unknownIn({ database }: Look): string | null {
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
  if (!state.look) return 'the project is not open yet';
  if (state.look.problems.length > 0) return 'the migration files have problems: fix them first';
  const unanswered = whyNoAnswer(state.look.database);
  if (unanswered) return unanswered;
  if (state.run && state.run.endedAt === null) return 'a run is in progress (R shows it)';
  return null;
}

/** Why nothing can be changed here. */
export function whyReadOnly(state: State): string | null {
  if (state.look?.project.readOnly) return 'opened read-only';
  if (state.look?.database.readOnly)
    return 'this database is read-only (a standby, or default_transaction_read_only)';
  return null;
}

/** Why nothing can be run. */
export const whyNoRun = (state: State): string | null => whyNoPlan(state) ?? whyReadOnly(state);
