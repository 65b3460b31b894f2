import type {
  MergeRequest,
  PlanRequest,
  RebaseRequest,
  RevisionRequest,
  SquashRequest,
} from '../../engine/api.ts';
import { quoteShell } from '../../foundation/shell.ts';
import { placeOptions } from '../../foundation/suggested-commands.ts';
import type { State } from './model.ts';

/*
 * The equivalent commands without the app. They are logged for every action, to be copied into scripts.
 */

/** The commands that have the same options for a fleet. */
const alsoOfFleet = /^migtui (?=(?:status|upgrade|downgrade|stamp|check|rehearse)\b)/;

/**
 * The command with the options for the current context and schema. A target of the fleet may be in a database that no
 * option names: it is named in the fleet's own command, or in a comment.
 */
export function here({ overview, target }: State, command: string): string {
  if (target !== null) {
    return alsoOfFleet.test(command)
      ? `${command.replace(alsoOfFleet, 'migtui fleet ')} --only ${quoteShell(target)}`
      : `${command} # target ${target} of the fleet`;
  }
  return overview ? `${command}${placeOptions(overview.project)}` : command;
}

const joined = (...parts: readonly (string | false | 0 | undefined)[]): string =>
  parts.filter(Boolean).join(' ');

/** A request at the start of a title. */
export function verbOf({ command, past }: Pick<PlanRequest, 'command' | 'past'>): string {
  if (past) return past.kind === 'undo' ? 'Undo' : 'Redo';
  return { upgrade: 'Upgrade', downgrade: 'Downgrade', stamp: 'Stamp' }[command];
}

type Flag = '--yes' | '--plan' | '--backup' | '--no-backup';

/** @param how `--yes`: no prompt; `--plan`: nothing is run; neither: shows the plan and asks */
export function commandOf(request: PlanRequest, ...how: readonly (Flag | false)[]): string {
  if (request.past)
    return joined(
      `migtui ${request.past.kind}`,
      request.transaction && `--transaction ${request.transaction}`,
      ...how,
    );
  if (request.halfWay) return joined('migtui resolve', ...request.targets.map(quoteShell), '--down', ...how);
  return joined(
    'migtui',
    request.command,
    ...request.targets.map(quoteShell),
    request.purge && '--purge',
    request.transaction && `--transaction ${request.transaction}`,
    ...how,
  );
}

export function revisionCommand(request: RevisionRequest): string {
  return joined(
    'migtui revision',
    request.autogenerate && '--autogenerate',
    request.fromDrift && '--from-drift',
    request.head && `--head ${quoteShell(request.head)}`,
    request.label && `--label ${quoteShell(request.label)}`,
    request.splice && '--splice',
    ...(request.renames ?? []).map(rename => `--rename ${quoteShell(rename)}`),
    (request.notRenames ?? []).length > 0 && '--no-rename',
    request.dependsOn?.length && `--depends-on ${request.dependsOn.map(quoteShell).join(' ')}`,
    `-m ${quoteShell(request.message)}`,
  );
}

export const squashCommand = ({ range, message }: SquashRequest): string =>
  joined('migtui squash', quoteShell(range), message && `-m ${quoteShell(message)}`, '--yes');

/** @param force the rehearsal found a conflict */
export function mergeCommand(request: MergeRequest, force = false): string {
  return joined(
    'migtui merge',
    ...request.heads.map(quoteShell),
    request.message && `-m ${quoteShell(request.message)}`,
    request.reconcile === false && '--no-reconcile',
    force && '--force',
    '--yes',
  );
}

/** @param force the rehearsal found that this order does not run */
export const rebaseCommand = (request: RebaseRequest, force = false): string =>
  joined(
    'migtui merge',
    `--rebase ${quoteShell(request.branch)}`,
    `--onto ${quoteShell(request.onto)}`,
    force && '--force',
    '--yes',
  );
