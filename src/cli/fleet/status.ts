import { drawFleetStatus } from '../draw/fleet-status.ts';
import type { Call } from '../shell/call.ts';
import { type Definition, examples } from '../shell/command.ts';
import { verbose } from '../shell/options.ts';
import { type ChoiceOptions, choiceOf, choiceOptions, withTargets } from './choice.ts';

interface StatusOptions extends ChoiceOptions {
  readonly verbose?: boolean;
}

/** `migtui fleet status`: the number of targets at each revision, and the targets with problems first. */
export const fleetStatus: Definition = (program, act) => {
  const command = program
    .command('status', { isDefault: true })
    .description('show how many targets are at each revision, targets with problems first');
  for (const option of choiceOptions()) command.addOption(option);
  return command
    .addOption(verbose('list every target'))
    .addHelpText(
      'after',
      examples({
        'migtui fleet status': 'a summary',
        'migtui fleet status --tag eu -v': 'every target with a tag',
        'migtui fleet status --json': 'for scripts',
      }),
    )
    .action(act(showFleet));
};

/** Exit code 1 if a target cannot be reached or read. */
async function showFleet(call: Call, options: StatusOptions): Promise<number> {
  const engine = await call.engine();
  const status = await withTargets(engine.fleetStatus(choiceOf(options)));
  call.output.answer(
    status,
    status => status,
    (status, paint) => drawFleetStatus(status, paint, options.verbose === true),
  );
  return status.states.unreachable > 0 ? 1 : 0;
}
