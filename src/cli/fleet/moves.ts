import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import { choiceOptions } from './choice.ts';
import { type FleetGoOptions, goFleet, rolloutOptions } from './run-plan.ts';

type Command = ReturnType<Definition>;

/** Options of a command that migrates a fleet. */
function moving(command: Command): Command {
  for (const option of [...choiceOptions(), ...rolloutOptions()]) command.addOption(option);
  return command;
}

/** `migtui fleet upgrade`: runs revisions on every target. */
export const fleetUpgrade: Definition = (program, act) =>
  moving(
    program
      .command('upgrade')
      .description('run revisions up to a target, on every schema, database or context of the fleet')
      .argument('<target...>', 'what to upgrade to, such as head'),
  )
    .addHelpText(
      'after',
      examples({
        'migtui fleet upgrade head --plan': 'the groups and their SQL',
        'migtui fleet upgrade head --canary 5 --pause-after canary': 'five first, then ask',
        'migtui fleet upgrade head --yes --on-error continue --max-failures 2': 'in a job',
      }),
    )
    .action(
      act((call: Call, targets: readonly string[], options: FleetGoOptions) =>
        goFleet(call, { command: 'upgrade', targets }, options),
      ),
    );

/** `migtui fleet downgrade`: reverts revisions on every target. */
export const fleetDowngrade: Definition = (program, act) =>
  moving(
    program
      .command('downgrade')
      .description('undo revisions down to a target, on every schema, database or context of the fleet')
      .argument('<target>', 'what to downgrade to, such as -1'),
  )
    .addHelpText(
      'after',
      examples({ 'migtui fleet downgrade -1 --only tenant_7': 'the last revision of one' }),
    )
    .action(
      act((call: Call, target: string, options: FleetGoOptions) =>
        goFleet(call, { command: 'downgrade', targets: [target] }, options),
      ),
    );

/** `migtui fleet stamp`: marks revisions as applied without running them. */
export const fleetStamp: Definition = (program, act) =>
  moving(
    program
      .command('stamp')
      .description('mark revisions as applied on every target, without running them')
      .argument('<target...>', 'what is applied, such as head')
      .option('--purge', 'delete all other rows of the migrations table first'),
  )
    .addHelpText(
      'after',
      examples({ 'migtui fleet stamp head --tag new': 'schemas that were created from a dump' }),
    )
    .action(
      act((call: Call, targets: readonly string[], options: FleetGoOptions & { readonly purge?: boolean }) =>
        goFleet(call, { command: 'stamp', targets, purge: options.purge === true }, options),
      ),
    );
