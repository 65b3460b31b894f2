import type { MergeRequest, PlanRequest, RebaseRequest, RevisionRequest } from '../../engine/api.ts';

/*
 * The commands that do the same without the screen. They are logged for every action, to be copied into a script.
 */

/** A word as a POSIX shell wants it. */
export const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

const words = (...parts: readonly (string | false | undefined)[]): string => parts.filter(Boolean).join(' ');

/** @param yes with `--yes`: nobody is asked */
export function commandOf(request: PlanRequest, yes: boolean): string {
  return words(
    'migtui',
    request.command,
    ...request.targets.map(quote),
    request.purge && '--purge',
    request.transaction && `--transaction ${request.transaction}`,
    yes ? '--yes' : '--plan',
  );
}

export function revisionCommand(request: RevisionRequest): string {
  return words(
    'migtui revision',
    request.autogenerate && '--autogenerate',
    request.head && `--head ${quote(request.head)}`,
    request.label && `--label ${quote(request.label)}`,
    request.splice && '--splice',
    `-m ${quote(request.message)}`,
  );
}

export function mergeCommand(request: MergeRequest): string {
  return words(
    'migtui merge',
    ...request.heads.map(quote),
    request.message && `-m ${quote(request.message)}`,
    '--yes',
  );
}

export const rebaseCommand = (request: RebaseRequest): string =>
  words('migtui merge', `--rebase ${quote(request.branch)}`, `--onto ${quote(request.onto)}`, '--yes');
