import { placeOptions, quote } from '../../drawing/text/place.ts';
import type { MergeRequest, PlanRequest, RebaseRequest, RevisionRequest } from '../../engine/api.ts';
import type { State } from '../state/model.ts';

/*
 * The commands that do the same without the screen. They are logged for every action, to be copied into a script.
 */

/** The command as it is to be typed to reach the context and the schema that are on the screen. */
export const here = ({ look }: State, command: string): string =>
  look ? `${command}${placeOptions(look.project)}` : command;

const words = (...parts: readonly (string | false | undefined)[]): string => parts.filter(Boolean).join(' ');

/** @param yes with `--yes`: nobody is asked */
export function commandOf(request: PlanRequest, yes: boolean): string {
  const how = yes ? '--yes' : '--plan';
  if (request.halfWay) return words('migtui settle', ...request.targets.map(quote), '--down', how);
  return words(
    'migtui',
    request.command,
    ...request.targets.map(quote),
    request.purge && '--purge',
    request.transaction && `--transaction ${request.transaction}`,
    how,
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
