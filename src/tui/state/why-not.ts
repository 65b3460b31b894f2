import type { State } from './model.ts';

/** Why nothing can be planned at all. */
export function whyNoPlan(state: State): string | null {
  if (state.link.is === 'lost') return 'the engine has ended: r starts it again';
  if (!state.look) return 'the project is not open yet';
  if (state.look.problems.length > 0)
    return 'the revisions on disk have problems: nothing runs before they are solved';
  const { database } = state.look;
  // one that is missing is made by the first run, and the plan says so
  if (database.state !== 'connected' && database.state !== 'missing')
    return `the database is ${database.state}`;
  if (state.run && state.run.endedAt === null) return 'a run is under way (R shows it)';
  return null;
}

/** Why nothing may be changed here. */
export function whyReadOnly(state: State): string | null {
  if (state.look?.project.readOnly) return 'opened read-only: nothing is changed';
  if (state.look?.database.readOnly)
    return 'this database only reads (a standby, or default_transaction_read_only)';
  return null;
}

/** Why nothing can be run. */
export const whyNoRun = (state: State): string | null => whyNoPlan(state) ?? whyReadOnly(state);
