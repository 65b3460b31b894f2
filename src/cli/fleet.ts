import { fleetStatus } from './fleet-status.ts';
import { type Definition, examples } from './shell/command.ts';

/** `migtui fleet`: many schemas, databases or contexts at once. */
export const fleet: Definition = (program, act) => {
  const group = program
    .command('fleet')
    .description('see and move many schemas, databases or contexts together (docs/fleet.md)')
    .addHelpText(
      'after',
      examples({
        'migtui fleet status': 'how many targets stand at which revision',
        "migtui fleet status --only 'tenant_1*' --json": 'some of them, for scripts',
      }),
    );
  for (const define of [fleetStatus]) define(group, act);
  return group;
};
