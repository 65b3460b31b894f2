import type { Command } from 'commander';
import { type Definition, examples } from '../shell/command.ts';
import { fleetCheck } from './check.ts';
import { fleetDowngrade, fleetStamp, fleetUpgrade } from './moves.ts';
import { fleetRehearse } from './rehearse.ts';
import { fleetStages } from './stages.ts';
import { fleetStatus } from './status.ts';

/** `migtui fleet`: many schemas, databases or contexts at once. */
export const fleet: Definition = (program, act) => {
  const group = program
    .command('fleet')
    .description(
      'show and migrate many schemas, databases or contexts together (see node_modules/migtui/docs/fleet.md)',
    )
    .hook('preSubcommand', refuseUnknown)
    .addHelpText(
      'after',
      examples({
        'migtui fleet': 'how many targets are at each revision (fleet status)',
        'migtui fleet upgrade head --canary 5': 'all of them, five first',
        "migtui fleet status --only 'tenant_1*' --json": 'some of them, for scripts',
      }),
    );
  for (const define of [
    fleetStatus,
    fleetStages,
    fleetUpgrade,
    fleetDowngrade,
    fleetStamp,
    fleetCheck,
    fleetRehearse,
  ])
    define(group, act);
  return group;
};

/** `fleet` alone is `fleet status`, but a word that is no command is not an argument of it. */
function refuseUnknown(group: Command, chosen: Command): void {
  const [word] = group.args;
  if (!word || word.startsWith('-') || word === chosen.name() || chosen.aliases().includes(word)) return;
  // With the suggestion of a similar name; not in the published types.
  (group as Command & { unknownCommand(): never }).unknownCommand();
}
