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
    .description('show and migrate many schemas, databases or contexts together (docs/fleet.md)')
    .addHelpText(
      'after',
      examples({
        'migtui fleet status': 'how many targets are at each revision',
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
